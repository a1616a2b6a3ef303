using SetupWizard.Core.Engine;
using SetupWizard.Core.Model;
using SetupWizard.Sessions.Steps;

namespace SetupWizard.Sessions.Runs;

/// <summary>Where one change of a run stands.</summary>
public enum RunRowState
{
    NotStarted,
    Running,
    Executed,
    Committed,
    InEffect,
    AwaitsRestart,
    NotInEffect,
    RolledBack,
    Failed,
    Unknown,
    Skipped,
}

/// <summary>One change of a run, as views show it.</summary>
/// <param name="Index">Its place, from 0.</param>
/// <param name="Change">The change.</param>
public sealed record RunRow(int Index, SqlChange Change)
{
    public RunRowState State { get; init; }

    public TimeSpan? Elapsed { get; init; }

    public IReadOnlyList<ServerMessage> Notices { get; init; } = [];

    public Problem? Problem { get; init; }
}

/// <summary>An event of a run with its place, so that a late reader can ask for what it missed.</summary>
/// <param name="Sequence">From 0, without gaps.</param>
/// <param name="Event">What happened.</param>
public sealed record RunEvent(long Sequence, ApplyEvent Event);

/// <summary>
/// One execution of a plan. It belongs to the session, not to a page: it goes on when the browser is closed, and whoever comes back
/// finds every event.
/// </summary>
public sealed class SetupRun : BackgroundRun<ApplyEvent>
{
    private readonly List<RunEvent> _events = [];
    private readonly RunRow[] _rows;

    public SetupRun(SetupPlan plan, WizardStep step, bool dryRun)
    {
        ArgumentNullException.ThrowIfNull(plan);
        Plan = plan;
        Step = step;
        DryRun = dryRun;
        _rows = [.. plan.Changes.Select((change, index) => new RunRow(index, change))];
    }

    public SetupPlan Plan { get; }

    /// <summary>The step it was started from.</summary>
    public WizardStep Step { get; }

    public bool DryRun { get; }

    /// <summary>How it ended; null while it runs.</summary>
    public ApplyFinished? Finished { get; private set; }

    /// <summary>Set when the facts had changed and nothing was executed.</summary>
    public PlanStale? Stale { get; private set; }

    public IReadOnlyList<RunRow> Rows
    {
        get
        {
            lock (Gate)
            {
                return [.. _rows];
            }
        }
    }

    /// <summary>Whether it ended without a reading of its own although the source is not what it was thought to be.</summary>
    public bool NeedsReading => (Crashed || Stale is not null) && (DryRun || Finished?.After is null);

    /// <summary>Whether it tried a plan out and all of it would work: what comes next is to apply it.</summary>
    public bool Tried => DryRun && Finished?.Outcome == ApplyOutcome.RolledBack;

    /// <summary>How many changes have been executed so far.</summary>
    public int Executed => Rows.Count(r => r.State is RunRowState.Executed or RunRowState.Committed or RunRowState.InEffect);

    /// <summary>The events from a place on.</summary>
    public IReadOnlyList<RunEvent> EventsFrom(long sequence)
    {
        lock (Gate)
        {
            return [.. _events.Skip((int)Math.Min(sequence, _events.Count))];
        }
    }

    /// <summary>The engine reports a stop by an event; without one, what is in effect has to be read again.</summary>
    protected override bool MustSayHowItEnded => Finished is null;

    /// <inheritdoc/>
    protected override void Take(ApplyEvent happened)
    {
        lock (Gate)
        {
            _events.Add(new RunEvent(_events.Count, happened));
            switch (happened)
            {
                case ChangeStarted e:
                    Update([e.Index], r => r with { State = RunRowState.Running });
                    break;
                case ChangeNotice e:
                    Update([e.Index], r => r with { Notices = [.. r.Notices, e.Message] });
                    break;
                case ChangeExecuted e:
                    Update([e.Index], r => r with { State = RunRowState.Executed, Elapsed = e.Elapsed });
                    break;
                case PhaseCommitted e:
                    Update(e.Indexes, r => r with { State = RunRowState.Committed });
                    break;
                case PhaseRolledBack e:
                    Update(e.Indexes, r => r.State == RunRowState.Failed ? r : r with { State = RunRowState.RolledBack });
                    break;
                case ChangeFailed e:
                    Update([e.Index], r => r with { State = RunRowState.Failed, Problem = e.Problem });
                    break;
                case CommitRefused e:
                    Update([e.Indexes[^1]], r => r with { Problem = e.Problem });
                    break;
                case OutcomeUnknown e:
                    Update(e.Indexes, r => r with { State = RunRowState.Unknown, Problem = e.Problem });
                    break;
                case ChangesSkipped e:
                    Update(e.Indexes, r => r with { State = RunRowState.Skipped });
                    break;
                case PlanStale e:
                    Stale = e;
                    break;
                case ApplyFinished e:
                    Finished = e;
                    if (!DryRun)
                    {
                        Update(e.InEffect, r => r with { State = RunRowState.InEffect });
                        Update(e.Waiting, r => r with { State = RunRowState.AwaitsRestart });
                        Update(e.NotInEffect, r => r.State is RunRowState.Failed or RunRowState.Skipped or RunRowState.RolledBack or RunRowState.NotStarted
                            ? r
                            : r with { State = RunRowState.NotInEffect });
                    }

                    break;
                default:
                    break;
            }
        }
    }

    private void Update(IEnumerable<int> indexes, Func<RunRow, RunRow> change)
    {
        foreach (var index in indexes.Where(i => i >= 0 && i < _rows.Length))
        {
            _rows[index] = change(_rows[index]);
        }
    }
}
