using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using SetupWizard.Configuration;
using SetupWizard.Core.Engine;
using SetupWizard.Sessions.Monitors;
using SetupWizard.Sessions.Sandboxes;
using SetupWizard.Sessions.Saved;

namespace SetupWizard.Sessions;

/// <summary>All sessions of this process, by the id in the visitor's cookie.</summary>
public sealed class WizardSessionStore : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, WizardSession> _sessions = new(StringComparer.Ordinal);
    private readonly ISetupRunner _runner;
    private readonly ISandboxLauncher _sandboxes;
    private readonly IOptions<WizardOptions> _options;
    private readonly TimeProvider _time;
    private readonly ILoggerFactory _logs;
    private readonly SavedSetupStore? _drafts;
    private readonly SourceMonitors _monitors;

    public WizardSessionStore(ISetupRunner runner, ISandboxLauncher sandboxes, IOptions<WizardOptions> options, TimeProvider time, ILoggerFactory logs, SavedSetupStore? drafts = null)
    {
        _runner = runner;
        _sandboxes = sandboxes;
        _options = options;
        _time = time;
        _logs = logs;
        _drafts = drafts;
        _monitors = new SourceMonitors(runner);
    }

    /// <summary>How many there are.</summary>
    public int Count => _sessions.Count;

    /// <summary>A new id, impossible to guess.</summary>
    public static string NewId() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    /// <summary>The session of an id, made when there is none.</summary>
    public WizardSession Get(string id)
    {
        var session = _sessions.GetOrAdd(id, key => new WizardSession(key, _runner, _sandboxes, _time, _logs.CreateLogger<WizardSession>(), _drafts, _monitors));
        session.Touch();
        return session;
    }

    /// <summary>The session of an id; null when there is none.</summary>
    public WizardSession? Find(string? id) => id is not null && _sessions.TryGetValue(id, out var session) ? session : null;

    /// <summary>Ends a session for good: pages that still show it are sent away, and whoever has its id gets another one.</summary>
    public async Task CloseAsync(string id)
    {
        if (_sessions.TryRemove(id, out var session))
        {
            await session.SignOutAsync();
        }
    }

    /// <summary>Wipes what nobody used for too long. A session with work under way is left alone; one that a page still looks at stays, empty.</summary>
    /// <returns>How many were forgotten.</returns>
    public async Task<int> SweepAsync()
    {
        var limit = _time.GetUtcNow() - _options.Value.IdleExpiry;
        var forgotten = 0;
        foreach (var session in _sessions.Values.Where(s => s.LastUsed < limit && s is { Busy: false, Watched: false }))
        {
            if (session.Target is not null || session.Sandbox is not null)
            {
                await session.ForgetAsync(SessionNotice.Expired);
                forgotten++;
            }
            else if (session.Live.Lookers == 0)
            {
                _sessions.TryRemove(session.Id, out _);
            }
        }

        return forgotten;
    }

    public async ValueTask DisposeAsync()
    {
        // Together: whoever ends the wizard waits for the slowest sandbox, not for all of them.
        await Task.WhenAll(_sessions.Values.Select(static s => s.DisposeAsync().AsTask()));
        _sessions.Clear();
    }
}
