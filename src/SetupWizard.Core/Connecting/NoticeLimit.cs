using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace SetupWizard.Core.Connecting;

/// <summary>
/// Ends a session in which the server has too much to say. The driver passes each notice on to its log, and looks at no limit of time and at no token between two of them;
/// an exception from its log is what ends it.
/// </summary>
internal sealed class NoticeLimit : ILoggerFactory, ILogger
{
    /// <summary>Maximum number of notices at log-in; a PostgreSQL server sends a few at most.</summary>
    private const int MostBefore = 1000;

    /// <summary>Maximum number of notices afterwards; a statement over fifty thousand tables may cause one for each.</summary>
    private const int MostAfter = 300_000;

    /// <summary>The driver's name for a notice it received.</summary>
    private const string Received = "ReceivedNotice";

    private int _heard;
    private volatile bool _open;

    /// <summary>The session is open.</summary>
    public void Open() => _open = true;

    public ILogger CreateLogger(string categoryName) => categoryName == "Npgsql.Connection" ? this : NullLogger.Instance;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (eventId.Name == Received && Interlocked.Increment(ref _heard) > (_open ? MostAfter : MostBefore))
        {
            throw _open ? new IOException("The server sends notices without an end.") : OpeningFailedException.Endless(null);
        }
    }

    public void Dispose()
    {
    }
}
