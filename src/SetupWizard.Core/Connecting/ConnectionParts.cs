using System.Globalization;
using System.Text.RegularExpressions;
using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;

namespace SetupWizard.Core.Connecting;

/// <summary>What a reader found: names and values in the order of the text, not yet judged.</summary>
internal sealed partial class ConnectionParts
{
    private readonly List<(ConnectionPart Part, string Name, string Value)> _all = [];
    private readonly List<ConnectionRemark> _remarks = [];

    /// <summary>What is wrong with the text as a whole, as the key of its sentence.</summary>
    public string? Problem { get; set; }

    /// <summary>What to say when no host is named.</summary>
    public string WithoutHost { get; set; } = "missing";

    /// <summary>Whether the machine itself is meant when no host is named, as JDBC has it.</summary>
    public bool LocalByDefault { get; set; }

    /// <summary>How many of the parts say where a database is or who logs in.</summary>
    public int Known => _all.Count(static p => p.Part is not (ConnectionPart.Unknown or ConnectionPart.Unused or ConnectionPart.Name or ConnectionPart.Url));

    /// <summary>The parts in order.</summary>
    public IEnumerable<(ConnectionPart Part, string Name, string Value)> All => _all;

    /// <summary>A text that cannot be used.</summary>
    public static ConnectionParts Failed(string problem) => new() { Problem = problem };

    public ConnectionParts Add(string name, string value) => Add(ConnectionKeys.PartOf(name), name, value);

    public ConnectionParts Add(ConnectionPart part, string name, string value)
    {
        _all.Add((part, name, value));
        return this;
    }

    public ConnectionParts Remark(string key, string value = "")
    {
        _remarks.Add(new ConnectionRemark(key, value));
        return this;
    }

    /// <summary>The last value of a part, as libpq takes it; null when there is none.</summary>
    public string? Last(ConnectionPart part) => _all.LastOrDefault(p => p.Part == part && p.Value.Length > 0) is { Name: not null } found ? found.Value : null;

    /// <summary>Takes over another text's parts instead of the own ones of the same kind.</summary>
    public ConnectionParts Override(ConnectionParts others)
    {
        foreach (var part in others._all.Select(static p => p.Part).Distinct().Where(static p => p is not (ConnectionPart.Unknown or ConnectionPart.Unused)).ToList())
        {
            _all.RemoveAll(p => p.Part == part);
        }

        return Join(others);
    }

    /// <summary>Takes over what is missing from another text's parts.</summary>
    public ConnectionParts Complete(ConnectionParts others)
    {
        var have = _all.Where(static p => p.Value.Length > 0).Select(static p => p.Part).ToHashSet();
        _all.AddRange(others._all.Where(p => !have.Contains(p.Part)));
        return Facts(others);
    }

    /// <summary>The same without some parts.</summary>
    public ConnectionParts Without(params ConnectionPart[] parts)
    {
        _all.RemoveAll(p => parts.Contains(p.Part));
        return this;
    }

    private ConnectionParts Join(ConnectionParts others)
    {
        _all.AddRange(others._all);
        return Facts(others);
    }

    private ConnectionParts Facts(ConnectionParts others)
    {
        _remarks.AddRange(others._remarks);
        Problem ??= others.Problem;
        LocalByDefault |= others.LocalByDefault;
        WithoutHost = others.WithoutHost == "missing" ? WithoutHost : others.WithoutHost;
        return this;
    }

    /// <summary>Judges them.</summary>
    public ParsedConnection ToConnection()
    {
        var problems = new List<FieldProblem>();
        if (Problem is not null)
        {
            problems.Add(new FieldProblem("text", Problem));
        }

        if (_all.Exists(static p => p.Value.Contains('\0', StringComparison.Ordinal)))
        {
            problems.Add(new FieldProblem("text", "control"));
        }

        if (Last(ConnectionPart.Engine) is { } engine && OtherEngine().IsMatch(engine) && !PostgresEngine().IsMatch(engine))
        {
            problems.Add(new FieldProblem("text", "scheme"));
        }

        var password = One(ConnectionPart.Password);
        if (password is not null && Placeholders.IsPassword(password))
        {
            Remark("placeholder-password", Placeholders.Show(password));
            password = null;
        }

        var (host, port) = Address(problems);
        var tls = TlsWords.Read(this, problems, out var caFile);
        Leftovers();
        return new ParsedConnection
        {
            Host = host,
            Port = port,
            Database = Name(ConnectionPart.Database, "database", problems) ?? (Last(ConnectionPart.Engine) is null ? null : Name(ConnectionPart.Name, "database", problems)),
            User = Name(ConnectionPart.User, "user", problems),
            Password = SecretString.From(password),
            Tls = tls,
            AgreedAuth = AgreedAuth(),
            CaFile = caFile,
            Problems = problems,
            Remarks = _remarks,
        };
    }

    /// <summary>Those that are named; one that is excluded (<c>!md5</c>) is not agreed to.</summary>
    private WeakAuth AgreedAuth()
    {
        var methods = (Last(ConnectionPart.Auth) ?? "").Split(',', StringSplitOptions.TrimEntries);
        return (methods.Contains("md5", StringComparer.OrdinalIgnoreCase) ? WeakAuth.Md5 : WeakAuth.None)
            | (methods.Contains("password", StringComparer.OrdinalIgnoreCase) ? WeakAuth.Password : WeakAuth.None);
    }

    private (string? Host, int? Port) Address(List<FieldProblem> problems)
    {
        var port = One(ConnectionPart.Port)?.Trim() is { Length: > 0 } given ? given : null;
        var host = Host(ref port);
        if (port == "PORT" || Placeholders.IsIn(port ?? ""))
        {
            problems.Add(new FieldProblem("port", "placeholder"));
            port = null;
        }
        else if (EndpointRules.PortProblem(port, out _) is { } wrong)
        {
            problems.Add(new FieldProblem("port", wrong));
            port = null;
        }

        // Where there is nothing to read at all, that is said already.
        if (Problem is null || host is not null || _all.Count > 0)
        {
            if ((host is null ? WithoutHost : EndpointRules.HostProblem(host)) is { } problem)
            {
                problems.Add(new FieldProblem("host", problem));
            }
        }

        return (host, port is null ? null : int.Parse(port, CultureInfo.InvariantCulture));
    }

    private string? Host(ref string? port)
    {
        var hosts = _all.Where(static p => p.Part == ConnectionPart.Host && p.Value.Trim().Length > 0).Select(static p => p.Value.Trim()).Distinct(StringComparer.Ordinal).ToList();
        var address = Last(ConnectionPart.HostAddress)?.Trim();
        if (hosts.Count == 0 && address is not null)
        {
            return address;
        }

        if (address is not null && address != hosts[0])
        {
            Remark("hostaddr", address);
        }

        if (hosts.Count == 0)
        {
            WithoutHost = Last(ConnectionPart.Connector) is not null ? "connector"
                : Last(ConnectionPart.Socket) is not null ? "socket"
                : Last(ConnectionPart.Service) is not null ? "service"
                : WithoutHost;
            if (LocalByDefault && WithoutHost == "missing")
            {
                Remark("jdbc-localhost");
                return "localhost";
            }

            return null;
        }

        // Several of them are refused as a list, in the same words.
        var host = string.Join(',', hosts);
        if (WithProtocolOrPort().Match(host) is { Success: true } match)
        {
            host = match.Groups["host"].Value;
            port ??= match.Groups["port"].Success ? match.Groups["port"].Value : null;
        }

        return host.StartsWith('[') && host.EndsWith(']') && host.Contains(':', StringComparison.Ordinal) ? host[1..^1] : host;
    }

    private string? Name(ConnectionPart part, string field, List<FieldProblem> problems)
    {
        var value = One(part);
        if (value is null || (EndpointRules.NameProblem(value) ?? (Placeholders.IsIn(value) ? "placeholder" : null)) is not { } problem)
        {
            return value;
        }

        problems.Add(new FieldProblem(field, problem));
        return null;
    }

    /// <summary>The value of a part; another one before it is said to be left out.</summary>
    private string? One(ConnectionPart part)
    {
        var values = _all.Where(p => p.Part == part && p.Value.Length > 0).Select(static p => p.Value).Distinct(StringComparer.Ordinal).ToList();
        if (values.Count > 1)
        {
            Remark("twice-" + part.ToString().ToLowerInvariant());
        }

        return Last(part);
    }

    /// <summary>Names what was not used. Only names that are known are shown: what looks like another one may be a piece of a password.</summary>
    private void Leftovers()
    {
        var unused = _all.Where(static p => p.Part is ConnectionPart.Unused or ConnectionPart.Service && p.Value.Length > 0).Select(static p => p.Name.Trim()).Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        if (unused.Count > 0)
        {
            Remark("unused", string.Join(", ", unused));
        }

        var others = _all.Count(static p => p.Part is ConnectionPart.Unknown && p.Value.Length > 0);
        if (others > 0)
        {
            Remark("unknown-names", others.ToString(CultureInfo.InvariantCulture));
        }
    }

    /// <summary><c>tcp:host,5432</c> and <c>host:5432</c>, where a host is asked for.</summary>
    [GeneratedRegex(@"^(?:tcp:(?<host>[^,:\s]+)(?:[,:](?<port>\d{1,5}))?|(?<host>[^,:\s\[\]/]+)[,:](?<port>\d{1,5})|\[(?<host>[0-9A-Fa-f:.]+(?:%\w+)?)\]:(?<port>\d{1,5}))$", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex WithProtocolOrPort();

    [GeneratedRegex("mysql|maria|oracle|sqlite|sqlserver|mssql|sql server|mongo|redis|db2|redshift|snowflake|cockroach", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex OtherEngine();

    [GeneratedRegex("postg|pgsql|psql", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex PostgresEngine();
}
