namespace SetupWizard.Sandbox;

/// <summary>What kind of sandbox to start.</summary>
public sealed record SandboxOptions
{
    /// <summary>The provider to imitate.</summary>
    public SandboxProfile Profile { get; init; }

    /// <summary>The TCP port on the loopback addresses; null takes a free one.</summary>
    public int? Port { get; init; }

    /// <summary>The PostgreSQL major version; null takes the newest on the machine that fits the profile.</summary>
    public int? Major { get; init; }

    /// <summary>The admin's password, any characters but NUL; null generates one.</summary>
    public string? AdminPassword { get; init; }

    /// <summary>Whether an imaginary application keeps writing orders and events, about three changes a second.</summary>
    public bool Writer { get; init; } = true;

    /// <summary>Whether the server logs every statement it receives (<c>log_statement = all</c>), except the sandbox's own.</summary>
    public bool LogStatements { get; init; }

    /// <summary>The directory in which the sandbox makes its own; null is the system's directory for temporary files.</summary>
    public string? DirectoryRoot { get; init; }

    /// <summary>Further lines of postgresql.conf, the last word over the sandbox's own ones.</summary>
    public IReadOnlyDictionary<string, string> ExtraSettings { get; init; } = new Dictionary<string, string>();

    /// <summary>The clock for certificates, waits and time limits.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>
    /// The profile on a major that it is not offered on, where something of it is not as on the service. The test that asks for it says what.
    /// </summary>
    internal bool AnyMajor { get; init; }

    /// <summary>
    /// Whether the cluster is copied from one that this process made before, of the same version and profile: making one takes more than a second of a processor, and tests
    /// start hundreds. A copy has the other's system identifier; passwords, certificates and statistics are its own.
    /// </summary>
    internal bool Copied { get; init; }

    /// <summary>The options in words, without the password.</summary>
    public override string ToString() => $"SandboxOptions {{ Profile = {Profile}, Port = {Port}, Major = {Major} }}";
}
