using System.Diagnostics.CodeAnalysis;

namespace SetupWizard.Sessions.Runs;

/// <summary>
/// Work that outlives a page: it belongs to the session, goes on when the browser is closed, and ends in a state that can be shown, whatever broke.
/// </summary>
/// <typeparam name="TEvent">What it says of itself while it runs.</typeparam>
public abstract class BackgroundRun<TEvent> : IDisposable
{
    private readonly CancellationTokenSource _stop = new();

    /// <summary>Raised after each event and at the end, on any thread.</summary>
    public event Action? Changed;

    public bool IsRunning { get; private protected set; }

    public bool StopRequested => _stop.IsCancellationRequested;

    /// <summary>Set when the engine itself broke.</summary>
    public bool Crashed { get; private set; }

    /// <summary>What is remembered of the events is changed and read under it.</summary>
    protected Lock Gate { get; } = new();

    /// <summary>Asks it to stop as soon as it can.</summary>
    public virtual void Stop()
    {
        _stop.Cancel();
        Raise();
    }

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>It counts as running from here on, before anybody sees it.</summary>
    internal void Begin() => IsRunning = true;

    /// <summary>Runs to the end, whoever watches. Begins before it returns for the first time.</summary>
    /// <param name="start">Begins it.</param>
    /// <param name="ended">Takes over what it led to. Whoever hears that it is over finds that in place.</param>
    /// <param name="failed">The logger of what broke.</param>
    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "It must end in a state that can be shown, whatever broke.")]
    public async Task RunAsync(Func<CancellationToken, IAsyncEnumerable<TEvent>> start, Action ended, Action<Exception> failed)
    {
        IsRunning = true;
        Raise();
        try
        {
            await foreach (var happened in start(_stop.Token).ConfigureAwait(false))
            {
                Take(happened);
                Raise();
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Most say by an event that they were stopped.
            Crashed = MustSayHowItEnded;
        }
        catch (Exception exception)
        {
            Crashed = true;
            failed(exception);
        }

        try
        {
            Ending();
            ended();
        }
        catch (Exception exception)
        {
            failed(exception);
        }
        finally
        {
            IsRunning = false;
            Raise();
        }
    }

    /// <summary>Remembers an event.</summary>
    protected abstract void Take(TEvent happened);

    /// <summary>Whether nobody knows how it ended, because its last event is missing.</summary>
    protected virtual bool MustSayHowItEnded => false;

    /// <summary>There are no further events.</summary>
    protected virtual void Ending()
    {
    }

    protected void Raise() => Changed?.Invoke();

    protected virtual void Dispose(bool disposing) => _stop.Dispose();
}
