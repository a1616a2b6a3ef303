using SetupWizard.Core.Model;

namespace SetupWizard.Sessions;

/// <summary>Starts throw-away servers.</summary>
public interface ISandboxLauncher
{
    /// <summary>Starts one in a provider's clothes.</summary>
    /// <param name="provider">The provider's id.</param>
    /// <param name="progress">Hears what is going on.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="SandboxUnavailableException">It cannot be started here; the message says why.</exception>
    Task<ISandbox> StartAsync(string provider, IProgress<string> progress, CancellationToken cancellationToken);
}

/// <summary>A throw-away server that belongs to one session.</summary>
public interface ISandbox : IAsyncDisposable
{
    /// <summary>The provider it imitates.</summary>
    string Provider { get; }

    /// <summary>The PostgreSQL major version.</summary>
    int Major { get; }

    /// <summary>Where it is.</summary>
    SourceEndpoint Endpoint { get; }

    /// <summary>Its administrator.</summary>
    SourceCredentials Admin { get; }

    /// <summary>Parameters that were edited and are taken at the next restart.</summary>
    IReadOnlyCollection<string> WaitingForRestart { get; }

    /// <summary>Edits a parameter the way the provider's console would.</summary>
    Task SetParameterAsync(string name, string value, CancellationToken cancellationToken);

    /// <summary>Reboots it the way the provider's console would.</summary>
    Task RebootAsync(CancellationToken cancellationToken);
}

/// <summary>A sandbox cannot be started or driven here.</summary>
public sealed class SandboxUnavailableException : Exception
{
    public SandboxUnavailableException(string message)
        : base(message)
    {
    }

    public SandboxUnavailableException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
