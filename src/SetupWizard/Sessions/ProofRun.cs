using System.Diagnostics.CodeAnalysis;
using SetupWizard.Core.Model;

namespace SetupWizard.Sessions;

/// <summary>One proof: the latest word about each stage. Belongs to the session and goes on without a page.</summary>
public sealed class ProofRun : IDisposable
{
    /// <summary>The stages in the order they are tried.</summary>
    public static readonly IReadOnlyList<RequirementId> StageIds =
    [
        RequirementId.ProofLogin, RequirementId.ProofReplication, RequirementId.ProofRead, RequirementId.ProofPublication,
        RequirementId.ProofSlot, RequirementId.ProofChange, RequirementId.ProofClean,
    ];

    private readonly Lock _gate = new();
    private readonly Dictionary<RequirementId, ProofEvent> _latest = [];
    private readonly CancellationTokenSource _stop = new();

    public event Action? Changed;

    public bool IsRunning { get; private set; }

    public bool Stopped => _stop.IsCancellationRequested;

    public bool Crashed { get; private set; }

    public DateTimeOffset? FinishedAt { get; private set; }

    /// <summary>Every stage passed; a stage this server cannot do does not count against it.</summary>
    public bool Passed
    {
        get
        {
            lock (_gate)
            {
                return !IsRunning && Proved;
            }
        }
    }

    /// <summary>Whether the stages so far are those of a proof that passes; the last word once it has ended.</summary>
    internal bool Proved
    {
        get
        {
            lock (_gate)
            {
                return !Crashed && !Stopped && _latest.Count > 0
                    && _latest.Values.All(e => e.State is ProofState.Passed or ProofState.Skipped)
                    && _latest.Values.Any(e => e.State == ProofState.Passed);
            }
        }
    }

    /// <summary>The first stage that failed.</summary>
    public ProofEvent? Failure
    {
        get
        {
            lock (_gate)
            {
                return StageIds.Select(id => _latest.GetValueOrDefault(id)).FirstOrDefault(e => e?.State == ProofState.Failed);
            }
        }
    }

    /// <summary>The latest word about each stage that has begun, in order.</summary>
    public IReadOnlyList<ProofEvent> Latest
    {
        get
        {
            lock (_gate)
            {
                return [.. StageIds.Select(id => _latest.GetValueOrDefault(id)).OfType<ProofEvent>()];
            }
        }
    }

    /// <summary>The latest word about a stage; null when it has not begun.</summary>
    public ProofEvent? Stage(RequirementId id)
    {
        lock (_gate)
        {
            return _latest.GetValueOrDefault(id);
        }
    }

    public void Stop() => _stop.Cancel();

    /// <summary>Runs to the end, whoever watches.</summary>
    /// <param name="start">Begins it.</param>
    /// <param name="ended">Takes over what it led to. Whoever hears that it is over finds that in place.</param>
    /// <param name="time">Tells when it ended.</param>
    /// <param name="failed">Hears what broke.</param>
    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "A proof must end in a state that can be shown, whatever broke.")]
    internal async Task RunAsync(Func<CancellationToken, IAsyncEnumerable<ProofEvent>> start, Action ended, TimeProvider time, Action<Exception> failed)
    {
        IsRunning = true;
        Changed?.Invoke();
        try
        {
            await foreach (var stage in start(_stop.Token).ConfigureAwait(false))
            {
                lock (_gate)
                {
                    _latest[stage.Id] = stage;
                }

                Changed?.Invoke();
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Stopped by the user; the stages say how far it came.
        }
        catch (Exception exception)
        {
            Crashed = true;
            failed(exception);
        }

        try
        {
            FinishedAt = time.GetUtcNow();
            ended();
        }
        catch (Exception exception)
        {
            failed(exception);
        }
        finally
        {
            IsRunning = false;
            Changed?.Invoke();
        }
    }

    public void Dispose() => _stop.Dispose();
}
