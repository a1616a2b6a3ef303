using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using SetupWizard.Core.Connecting;
using SetupWizard.Core.Model;
using SetupWizard.Core.Wording;
using SetupWizard.Localization;

namespace SetupWizard.Sessions.Forms;

/// <summary>What was typed on the Connect page. Lives in the session, so that leaving the page loses nothing; forgotten with it.</summary>
public sealed class ConnectInput
{
    private string _host = "";
    private string? _acceptedBy;

    /// <summary>The server. Another one than that which took the password does not get it.</summary>
    public string Host
    {
        get => _host;
        set
        {
            if (_acceptedBy is { } accepted && accepted != value.Trim())
            {
                Password = "";
                _acceptedBy = null;
            }

            _host = value;
        }
    }

    public string Port { get; set; } = "5432";

    public string Database { get; set; } = "";

    public string User { get; set; } = "";

    public string Password { get; set; } = "";

    public TlsMode Tls { get; set; } = TlsMode.VerifyFull;

    public string? CaName { get; set; }

    public string? CaPem { get; set; }

    public string? ConsoleHost { get; set; }

    /// <summary>Weak ways of logging in that a pasted text agreed to, and the host it named: they are agreed to for no other.</summary>
    private (string Host, WeakAuth Auth) _agreed = ("", WeakAuth.None);

    /// <summary>The bastion in front of it, if any.</summary>
    public SshInput Ssh { get; } = new();

    /// <summary>Whether something typed here is a secret.</summary>
    public bool HoldsSecret => Password.Length > 0 || Ssh.HoldsSecret;

    /// <summary>What the text pasted last said, part by part; of a password only that there was one.</summary>
    public IReadOnlyList<(string Part, string? Value)> PasteTaken { get; private set; } = [];

    /// <summary>What could not be used of the text pasted last.</summary>
    public IReadOnlyList<FieldProblem> PasteProblems { get; private set; } = [];

    /// <summary>What was not used of it, or was understood in a way somebody should know of.</summary>
    public IReadOnlyList<ConnectionRemark> PasteRemarks { get; private set; } = [];

    /// <summary>
    /// Fills in what a pasted string says. With a host in it, it is about a server: what it does not say is as ever, and nothing of another server's stays. Without one it adds to
    /// what is there.
    /// </summary>
    /// <returns>Whether a host was in it.</returns>
    public bool Fill(string pasted)
    {
        var parsed = ConnectionStringParser.Parse(pasted);
        if (parsed.Host is { } named && !parsed.Problems.Any(static p => p.Field == "host"))
        {
            if (Host.Length > 0 && Host.Trim() != named)
            {
                ConsoleHost = null;
            }

            // A file that was chosen while nobody was let in yet may be this server's; once one was, it is that one's.
            if (_acceptedBy is { } accepted && accepted != named)
            {
                (CaName, CaPem) = (null, null);
            }

            (Port, Database, User, Password, Tls) = ("5432", "", "", "", TlsMode.VerifyFull);
            Host = named;
        }

        Port = parsed.Port?.ToString(CultureInfo.InvariantCulture) ?? Port;
        Database = parsed.Database ?? Database;
        User = parsed.User ?? User;
        Password = parsed.Password?.Reveal() ?? Password;
        Tls = parsed.Tls ?? Tls;
        _agreed = (Host, parsed.AgreedAuth);
        PasteTaken = Taken(parsed);
        PasteProblems = parsed.Problems;
        PasteRemarks = parsed.CaFile is { } file ? [.. parsed.Remarks, new ConnectionRemark("ca-file", file)] : parsed.Remarks;
        return parsed.Host is not null && !parsed.Problems.Any(static p => p.Field == "host");
    }

    /// <summary>Empties the form: what comes next is about another database.</summary>
    public void StartOver()
    {
        (Host, Port, Database, User, Password, Tls) = ("", "5432", "", "", "", TlsMode.VerifyFull);
        (CaName, CaPem, ConsoleHost, _agreed) = (null, null, null, ("", WeakAuth.None));
        Ssh.StartOver();
        ForgetPaste();
    }

    /// <summary>Forgets what was said of a pasted text: what it left open is settled by now.</summary>
    public void ForgetPaste() => (PasteTaken, PasteProblems, PasteRemarks) = ([], [], []);

    /// <summary>This server took the password.</summary>
    public void AcceptedBy(string host) => _acceptedBy = host;

    /// <summary>Takes over an endpoint that works or is proposed.</summary>
    public void Take(SourceEndpoint endpoint)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        Host = endpoint.Host;
        Port = endpoint.Port.ToString(CultureInfo.InvariantCulture);
        Database = endpoint.Database;
        Tls = endpoint.Tls;
        CaPem = endpoint.CaCertificatePem;
        ConsoleHost = endpoint.ConsoleHost;
        _agreed = (endpoint.Host, endpoint.AgreedAuth);
        Ssh.Take(endpoint.Ssh);
    }

    /// <summary>Takes over a sandbox.</summary>
    public void Take(SourceEndpoint endpoint, SourceCredentials admin)
    {
        ArgumentNullException.ThrowIfNull(admin);
        Take(endpoint);
        User = admin.AdminUser;
        Password = admin.AdminPassword?.Reveal() ?? "";
    }

    /// <summary>What is wrong, as sentences by the field's id.</summary>
    public IReadOnlyDictionary<string, string> Problems()
    {
        var problems = new Dictionary<string, string>(StringComparer.Ordinal);
        if (EndpointRules.HostProblem(Host.Trim()) is { } host)
        {
            problems["connect-host"] = Say(new FieldProblem("host", host));
        }

        if (EndpointRules.PortProblem(Port, out _) is { } port)
        {
            problems["connect-port"] = Say(new FieldProblem("port", port));
        }

        if (string.IsNullOrWhiteSpace(Database))
        {
            problems["connect-database"] = Ui.T("Connect.DatabaseMissing");
        }
        else if (EndpointRules.NameProblem(Database) is { } database)
        {
            problems["connect-database"] = Say(new FieldProblem("database", database));
        }

        if (string.IsNullOrWhiteSpace(User))
        {
            problems["connect-user"] = Ui.T("Connect.UserMissing");
        }
        else if (EndpointRules.NameProblem(User) is { } user)
        {
            problems["connect-user"] = Say(new FieldProblem("user", user));
        }

        Ssh.AddProblems(problems);

        return problems;
    }

    /// <summary>The endpoint as typed; only after <see cref="Problems"/> found none.</summary>
    public SourceEndpoint ToEndpoint()
    {
        EndpointRules.PortProblem(Port, out var port);
        var host = Host.Trim();
        return new SourceEndpoint { Host = host, Port = port, Database = Database, Tls = Tls, CaCertificatePem = CaPem, ConsoleHost = ConsoleHost, AgreedAuth = _agreed.Host == host ? _agreed.Auth : WeakAuth.None, Ssh = Ssh.ToEndpoint() };
    }

    /// <summary>Takes certificates from a PEM file.</summary>
    /// <returns>Whether there is at least one certificate in it.</returns>
    public bool TakeCertificates(string name, string pem)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(pem);
        }
        catch (CryptographicException)
        {
            return false;
        }

        if (certificates.Count == 0)
        {
            return false;
        }

        CaName = name;
        CaPem = pem;
        return true;
    }

    private static List<(string Part, string? Value)> Taken(ParsedConnection parsed)
    {
        (string Part, string? Value)[] parts =
        [
            ("host", parsed.Host), ("port", parsed.Port?.ToString(CultureInfo.InvariantCulture)), ("database", parsed.Database), ("user", parsed.User),
            ("password", parsed.Password is null ? null : ""), ("tls", parsed.Tls is { } tls ? Ui.T("Tls." + tls) : null),
        ];
        return [.. parts.Where(p => p.Value is not null && !parsed.Problems.Any(problem => problem.Field == p.Part))];
    }

    private static string Say(FieldProblem problem) => ConnectText.For(problem, CultureInfo.CurrentUICulture);
}
