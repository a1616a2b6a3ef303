using SetupWizard.Core.Engine;
using SetupWizard.Core.Export;
using SetupWizard.Core.Model;

namespace SetupWizard.Cli;

/// <summary>Where each change of a run stands, from its events.</summary>
internal sealed class ApplyRecord(SetupPlan plan)
{
    private readonly ChangeState[] _states = [.. plan.Changes.Select(_ => ChangeState.Planned)];
    private Problem? _firstProblem;

    /// <summary>How it ended; null while it runs, or when it was cut off.</summary>
    public ApplyOutcome? Outcome { get; private set; }

    /// <summary>What stopped it.</summary>
    public Problem? Problem => Finished?.Problem ?? _firstProblem;

    /// <summary>The last event.</summary>
    public ApplyFinished? Finished { get; private set; }

    /// <summary>Every change and where it stands, those for other roles, and what waits for them, after those of this login.</summary>
    public IReadOnlyList<ChangeReport> Changes =>
    [
        .. plan.Changes.Select((change, i) => new ChangeReport(change, _states[i])),
        .. ChangeReport.LeftBy(plan),
    ];

    /// <summary>Takes note of an event.</summary>
    public void Hear(ApplyEvent happened)
    {
        switch (happened)
        {
            case PhaseCommitted committed:
                Set(committed.Indexes, ChangeState.InEffect);
                break;
            case PhaseRolledBack rolledBack:
                Set(rolledBack.Indexes.Where(i => _states[i] != ChangeState.Failed), ChangeState.RolledBack);
                break;
            case ChangeFailed failed:
                _states[failed.Index] = ChangeState.Failed;
                _firstProblem ??= failed.Problem;
                break;
            case CommitRefused refused:
                _firstProblem ??= refused.Problem;
                break;
            case OutcomeUnknown unknown:
                Set(unknown.Indexes, ChangeState.Unknown);
                _firstProblem ??= unknown.Problem;
                break;
            case ChangesSkipped skipped:
                Set(skipped.Indexes, ChangeState.Skipped);
                break;
            case ApplyFinished finished:
                Finish(finished);
                break;
        }
    }

    private void Finish(ApplyFinished finished)
    {
        Finished = finished;
        Outcome = finished.Outcome;
        Set(finished.InEffect, ChangeState.InEffect);
        Set(finished.Waiting, ChangeState.AwaitsRestart);
        // Reading again has the last word about what was committed or unknown; a failed or skipped change keeps its reason.
        Set(finished.NotInEffect.Where(i => _states[i] is ChangeState.InEffect or ChangeState.Unknown), ChangeState.NotInEffect);
        for (var i = 0; i < _states.Length; i++)
        {
            _states[i] = _states[i] == ChangeState.Planned ? ChangeState.Skipped : _states[i];
        }
    }

    private void Set(IEnumerable<int> indexes, ChangeState state)
    {
        foreach (var index in indexes)
        {
            _states[index] = state;
        }
    }
}
