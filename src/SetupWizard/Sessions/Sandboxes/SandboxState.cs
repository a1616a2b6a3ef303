
namespace SetupWizard.Sessions.Sandboxes;

/// <summary>A session's sandbox, from the first message to the last.</summary>
public sealed class SandboxState : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly List<string> _messages = [];

    internal SandboxState(string provider, DateTimeOffset startedAt)
    {
        Provider = provider;
        StartedAt = startedAt;
    }

    /// <summary>The provider it imitates.</summary>
    public string Provider { get; }

    public DateTimeOffset StartedAt { get; }

    /// <summary>The running server; null while it starts and when it could not.</summary>
    public ISandbox? Instance { get; private set; }

    /// <summary>Its provider's console; null while there is no server.</summary>
    public SandboxConsole? Console { get; private set; }

    /// <summary>Why it could not be started, in the English words of the sandbox itself; empty when there are none; null while nothing failed.</summary>
    public string? Error { get; private set; }

    public bool Starting => Instance is null && Error is null;

    /// <summary>Whether something is done in the console right now.</summary>
    public bool Acting => Console is { Acting: true };

    /// <summary>What it said while starting.</summary>
    public IReadOnlyList<string> Messages
    {
        get
        {
            lock (_gate)
            {
                return [.. _messages];
            }
        }
    }

    internal CancellationTokenSource Stop { get; } = new();

    public async ValueTask DisposeAsync()
    {
        await Stop.CancelAsync();
        if (Instance is { } instance)
        {
            await instance.DisposeAsync();
        }
    }

    internal void Say(string message)
    {
        lock (_gate)
        {
            _messages.Add(message);
        }
    }

    internal void Started(ISandbox instance, SandboxConsole console)
    {
        Console = console;
        Instance = instance;
    }

    internal void Failed(string message) => Error = message;
}
