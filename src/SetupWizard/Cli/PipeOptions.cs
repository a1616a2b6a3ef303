using System.CommandLine;
using System.Globalization;
using SetupWizard.Core.Model;
using SetupWizard.Core.Text;

namespace SetupWizard.Cli;

/// <summary>The options that say what the ClickPipe is told when it is created, by the names they have in ClickPipes' own tools.</summary>
internal sealed class PipeOptions
{
    private readonly CultureInfo _culture;
    private readonly Option<bool?> _nullable;
    private readonly Option<string?> _tlsHost;
    private readonly Option<bool> _skipCertificate;
    private readonly Option<bool> _disableTls;
    private readonly Option<bool> _failover;
    private readonly Option<string> _database;
    private readonly Option<string[]> _roles;
    private readonly Option<string?> _interval;

    public PipeOptions(CultureInfo culture)
    {
        _culture = culture;
        _nullable = new("--allow-nullable-columns") { HelpName = "true|false", Arity = ArgumentArity.ZeroOrOne, Description = Say("Help.Nullable") };
        _tlsHost = new("--tls-host") { HelpName = "HOST", Description = Say("Help.TlsHost") };
        _skipCertificate = new("--skip-cert-verification") { Description = Say("Help.SkipCert") };
        _disableTls = new("--disable-tls") { Description = Say("Help.DisableTls") };
        _failover = new("--failover-slots") { Description = Say("Help.Failover") };
        _database = new("--destination-database") { HelpName = "NAME", DefaultValueFactory = static _ => PipeSettings.DefaultDatabase, Description = Say("Help.DestinationDatabase") };
        _roles = new("--destination-role") { HelpName = "NAME", Description = Say("Help.DestinationRole") };
        _interval = new("--sync-interval") { HelpName = "SECONDS", Description = Say("Help.SyncInterval") };
    }

    /// <summary>All of them.</summary>
    public IEnumerable<Option> All => [_nullable, _tlsHost, _skipCertificate, _disableTls, _failover, _database, _roles, _interval];

    /// <summary>What is chosen for the pipe.</summary>
    /// <exception cref="UsageException">A value cannot be one.</exception>
    public PipeSettings Settings(ParseResult parsed) => new()
    {
        // The option alone asks for what it names.
        AllowNullableColumns = parsed.GetResult(_nullable) is { Implicit: false } given ? given.Tokens.Count == 0 || parsed.GetValue(_nullable) == true : null,
        TlsHost = Host(parsed.GetValue(_tlsHost)),
        Tls = (parsed.GetValue(_skipCertificate), parsed.GetValue(_disableTls)) switch
        {
            (true, true) => throw new UsageException(Say("Cli.TlsTwice")),
            (true, false) => PipeTls.SkipVerification,
            (false, true) => PipeTls.Off,
            _ => PipeTls.Verify,
        },
        FailoverSlots = parsed.GetValue(_failover),
        DestinationDatabase = Name("--destination-database", parsed.GetValue(_database)),
        DestinationRoles = [.. (parsed.GetValue(_roles) ?? []).Select(r => Name("--destination-role", r)).Distinct(StringComparer.Ordinal)],
        SyncIntervalSeconds = Interval(parsed.GetValue(_interval)),
    };

    private string? Host(string? host) => host is null || PipeSettings.IsHost(host) ? host : throw new UsageException(Say("Cli.BadHost", ("option", "--tls-host"), ("value", host)));

    private string Name(string option, string? name) => PipeSettings.IsName(name) ? name! : throw new UsageException(Say("Cli.BadDestination", ("option", option), ("value", name)));

    private int? Interval(string? text) =>
        text is null ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && PipeSettings.IsSyncInterval(seconds) ? seconds
        : throw new UsageException(Say("Cli.BadInterval", ("value", text), ("most", PipeSettings.MostSyncIntervalSeconds)));

    private string Say(string key, params (string Name, object? Value)[] arguments) => Messages.Get(key, _culture, arguments);
}
