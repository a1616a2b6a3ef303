using SetupWizard.Core.Connecting;
using SetupWizard.Core.Model;

namespace SetupWizard.Sessions.Sandboxes;

/// <summary>Starts throw-away servers.</summary>
public interface ISandboxLauncher
{
    /// <summary>The providers whose clothes there are, by id.</summary>
    IReadOnlyCollection<string> Providers { get; }

    /// <summary>Starts one in a provider's clothes.</summary>
    /// <param name="provider">One of <see cref="Providers"/>.</param>
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

    /// <summary>Whether it can write a row of its own into a table.</summary>
    bool Writes(TableRef table);

    /// <summary>Puts a row into a table, or changes or removes one that it put in, so that a change can be seen to arrive.</summary>
    /// <param name="table">A table it writes to.</param>
    /// <param name="kind">What is done.</param>
    /// <param name="row">The row, unless a new one is put in.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="SandboxUnavailableException">The server did not take it; the message says why.</exception>
    Task<SandboxWrite> WriteAsync(TableRef table, FeedOperationKind kind, long? row, CancellationToken cancellationToken);
}

/// <summary>What a sandbox wrote.</summary>
/// <param name="Table">Where.</param>
/// <param name="Kind">What was done.</param>
/// <param name="Row">The key of the row.</param>
/// <param name="Statement">The statement that was run.</param>
public sealed record SandboxWrite(TableRef Table, FeedOperationKind Kind, long Row, string Statement);

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
