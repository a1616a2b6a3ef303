using System.Diagnostics.CodeAnalysis;

namespace SetupWizard.Sessions;

/// <summary>Wipes idle sessions every half minute: their secrets, their sandboxes.</summary>
public sealed class SessionSweeper : BackgroundService
{
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(30);

    private readonly WizardSessionStore _store;
    private readonly TimeProvider _time;
    private readonly ILogger<SessionSweeper> _log;

    public SessionSweeper(WizardSessionStore store, TimeProvider time, ILogger<SessionSweeper> log)
    {
        _store = store;
        _time = time;
        _log = log;
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "One session that cannot be forgotten must not keep the others.")]
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(s_pause, _time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await _store.SweepAsync();
            }
            catch (Exception exception)
            {
                Log.BackgroundWorkFailed(_log, "sweep", exception);
            }
        }
    }
}
