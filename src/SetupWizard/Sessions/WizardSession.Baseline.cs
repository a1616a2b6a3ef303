using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;
using SetupWizard.Core.Watching;

namespace SetupWizard.Sessions;

/// <content>
/// The day after: what a finished set-up looked like. It is finished when a proof passes while the last reading finds nothing in the way, or, for
/// whoever cannot prove it from here, when Finish is opened on such a reading and no proof has failed. Looking again later does not renew it: a proof does, something
/// applied here and then Finish, or somebody who says so.
/// </content>
public sealed partial class WizardSession
{
    private Compared? _compared;
    private bool _appliedSince;

    /// <summary>What the source looked like when its set-up was finished; null when it never was, or nothing was kept.</summary>
    public SetupBaseline? Baseline { get; private set; }

    /// <summary>What differs from then; null without a reading, or when there is nothing to compare it with.</summary>
    public BaselineComparison? SinceSetup
    {
        get
        {
            if (Baseline is not { } baseline || Inspection is not { Snapshot: not null } reading)
            {
                return null;
            }

            // Tens of thousands of tables are compared once for each reading, not for each time a page is drawn.
            var compared = _compared;
            if (compared is null || !ReferenceEquals(compared.Baseline, baseline) || !ReferenceEquals(compared.Reading, reading))
            {
                _compared = compared = new Compared(baseline, reading, BaselineReview.Compare(baseline, reading));
            }

            return compared.Comparison;
        }
    }

    /// <summary>Whether the present state could be the one to compare with from now on.</summary>
    public bool MayRenewBaseline => LostConnection is null && Inspection is { Ready: true };

    /// <summary>Takes the present state as the one to compare with. Does nothing while something stands in the way.</summary>
    public void RenewBaseline()
    {
        Touch();
        TakeBaseline(Proof?.Passed == true);
    }

    private void TakeBaseline(bool proved)
    {
        if (MayRenewBaseline && SetupBaseline.Of(Inspection!, _time.GetUtcNow(), proved) is { } baseline)
        {
            Baseline = baseline;
            _appliedSince = false;
            KeepDraft();
            Raise();
        }
    }

    /// <summary>Finish was opened: with nothing in the way, that is an end as well.</summary>
    private void ReachFinish()
    {
        if ((Baseline is null || _appliedSince) && Proof?.Failure is null)
        {
            TakeBaseline(Proof?.Passed == true);
        }
    }

    /// <summary>A proof is ending.</summary>
    private void AfterProof(ProofRun proof, SetupGoal goal)
    {
        if (proof.Proved && Proof == proof && goal == Goal)
        {
            TakeBaseline(proved: true);
        }
    }

    /// <summary>Something was applied from here. What was taken back is no finished set-up any more.</summary>
    private void AfterApply(SetupRun run)
    {
        if (!run.DryRun)
        {
            _appliedSince = true;
            if (run.Plan.Undoing && Inspection is { Ready: false })
            {
                Baseline = null;
                KeepDraft();
            }
        }
    }

    /// <summary>One comparison and what it was made of; put in place as a whole, for two pages may look at once.</summary>
    private sealed record Compared(SetupBaseline Baseline, Inspection Reading, BaselineComparison Comparison);
}
