using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;

namespace SetupWizard.Cli;

/// <summary><c>verify</c>: the proof, as the ClickPipes user, and with <c>--watch</c> the changes that arrive after it.</summary>
internal static class VerifyCommand
{
    public static async Task<int> RunAsync(CliSession session, TimeSpan? watch, CancellationToken cancellationToken)
    {
        var inspection = await session.InspectAsync(cancellationToken);
        if (inspection.Snapshot is null)
        {
            return session.End(new CliReport(inspection) { ExitCode = ExitCode.Undetermined });
        }

        session = session.Goal.Authentication == LoginMethod.Iam
            ? await session.WithTokenAsync(cancellationToken)
            : await session.WithPasswordAsync(isNew: false, cancellationToken);
        var stages = new SortedDictionary<RequirementId, ProofEvent>();
        session.Underway.Proof = stages.Values;
        await foreach (var happened in session.Runner.VerifyAsync(session.Target, session.Goal, cancellationToken))
        {
            stages[happened.Id] = happened;
            session.View.Hear(happened);
        }

        IReadOnlyList<ProofEvent> proof = [.. stages.Values];
        var code = CodeOf(proof, inspection);
        if (watch is { } time && proof.All(p => p.State is ProofState.Passed or ProofState.Skipped) && proof.Any(p => p.State == ProofState.Passed)
            && !await WatchAsync(session, time, cancellationToken))
        {
            code = ExitCode.Blocked;
        }

        return session.End(new CliReport(inspection) { Proof = proof, ExitCode = code });
    }

    /// <summary>Shows changes as they arrive; false when that broke off.</summary>
    private static async Task<bool> WatchAsync(CliSession session, TimeSpan time, CancellationToken cancellationToken)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, session.Host.ReaderGone);
        var told = 0L;
        FeedPulse? last = null;
        await foreach (var pulse in session.Runner.FeedAsync(session.Target, session.Goal, enough.Token))
        {
            session.View.Hear(pulse, told);
            (told, last) = (pulse.Changes, pulse);
            if (pulse.Elapsed >= time && pulse.End is null)
            {
                await enough.CancelAsync();
            }
        }

        return last is { End: not FeedEnd.Failed };
    }

    private static int CodeOf(IReadOnlyList<ProofEvent> proof, Inspection inspection)
    {
        if (proof.Any(p => p.State is ProofState.Failed or ProofState.Running or ProofState.Waiting) || inspection.Blocked)
        {
            return ExitCode.Blocked;
        }

        return proof.Any(p => p.State == ProofState.Passed) ? ExitCode.Ready : ExitCode.Undetermined;
    }
}
