using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using SetupWizard.Core.Connecting;
using SetupWizard.Core.Providers;
using SetupWizard.Core.Text;
using SetupWizard.Core.Wording;

namespace SetupWizard.Cli;

/// <summary>The options that name the source.</summary>
internal sealed class TargetOptions
{
    private readonly CultureInfo _culture;
    private readonly Option<string> _url;
    private readonly Option<string?> _provider;
    private readonly Option<string?> _caFile;
    private readonly SshOptions _ssh;

    public TargetOptions(CultureInfo culture)
    {
        _culture = culture;
        _url = new("--url") { HelpName = "postgres://admin@host:5432/db?sslmode=verify-full", Description = Say("Help.Url", ("variable", Secrets.AdminVariable)) };
        _provider = new("--provider") { HelpName = string.Join('|', ProviderCatalog.All.Select(p => p.Id)), Description = Say("Help.Provider") };
        _caFile = new("--ca-file") { HelpName = "FILE", Description = Say("Help.CaFile") };
        _ssh = new(culture);
    }

    /// <summary>All of them.</summary>
    public IEnumerable<Option> All => [_url, _provider, _caFile, .. _ssh.All];

    /// <summary>The option about whose server it is, which is part of what is wanted.</summary>
    public Option ProviderOption => _provider;

    /// <summary>Whether the source is named.</summary>
    public bool Given(System.CommandLine.Parsing.CommandResult result) => result.GetResult(_url) is not null;

    /// <param name="command">The verb.</param>
    /// <param name="withoutSource">When the verb does without a source.</param>
    public void AddTo(Command command, Func<System.CommandLine.Parsing.CommandResult, bool>? withoutSource = null)
    {
        command.Validators.Add(result =>
        {
            if (!Given(result) && withoutSource?.Invoke(result) != true)
            {
                result.AddError(Say("Cli.UrlMissing"));
            }
        });
        foreach (var option in All)
        {
            command.Options.Add(option);
        }
    }

    /// <summary>The provider asked for; null to detect it.</summary>
    /// <exception cref="UsageException">There is no such provider.</exception>
    public string? Provider(ParseResult parsed)
    {
        var id = parsed.GetValue(_provider);
        return id is null || ProviderCatalog.Find(id) is not null
            ? id
            : throw new UsageException(Say("Cli.UnknownProvider", ("value", id), ("known", string.Join(", ", ProviderCatalog.All.Select(p => p.Id)))));
    }

    /// <summary>The source, with the administrator's password and what opens the bastion.</summary>
    /// <exception cref="UsageException">The options do not name a source.</exception>
    public SetupTarget Target(ParseResult parsed, Secrets secrets, Func<string, string?> variable)
    {
        var bastion = _ssh.Bastion(parsed, variable);
        var connection = ConnectionStringParser.Parse(parsed.GetRequiredValue(_url));
        foreach (var remark in connection.Remarks)
        {
            secrets.Say(Say("Cli.UrlRemark", ("remark", ConnectText.For(remark, _culture))));
        }

        if (connection.Problems.Count > 0)
        {
            throw new UsageException(Say("Cli.BadUrl", ("problem", string.Join(" ", connection.Problems.Select(p => ConnectText.For(p, _culture))))));
        }

        if (connection.ToEndpoint() is not { } endpoint || connection.User is not { } user)
        {
            throw new UsageException(Say("Cli.UrlNeeds"));
        }

        var caFile = parsed.GetValue(_caFile) ?? connection.CaFile;
        if (caFile is not null)
        {
            endpoint = endpoint with { CaCertificatePem = ReadCertificates(caFile) };
        }

        var ssh = bastion is null ? null : _ssh.Credentials(parsed, bastion, secrets);
        return new SetupTarget(endpoint with { Ssh = bastion }, new SourceCredentials(user, secrets.Admin(user, connection.Password, connection.PasswordLeftOut), Ssh: ssh));
    }

    private string ReadCertificates(string path)
    {
        try
        {
            var pem = File.ReadAllText(path);
            var certificates = new X509Certificate2Collection();
            certificates.ImportFromPem(pem);
            return certificates.Count > 0 ? pem : throw new UsageException(Say("Cli.NoCertificate", ("path", path)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException(Say("Cli.UnreadableFile", ("path", path), ("why", e.Message)));
        }
        catch (CryptographicException)
        {
            throw new UsageException(Say("Cli.NoCertificate", ("path", path)));
        }
    }

    private string Say(string key, params (string Name, object? Value)[] arguments) => Messages.Get(key, _culture, arguments);
}
