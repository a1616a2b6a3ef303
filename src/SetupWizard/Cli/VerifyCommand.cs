using SetupWizard.Core.Model;

namespace SetupWizard.Cli;

/// <summary><c>verify</c>: the proof, as the ClickPipes user.</summary>
internal static class VerifyCommand
{
    public static async Task<int> RunAsync(CliSession session, CancellationToken cancellationToken)
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
        await foreach (var happened in session.Runner.VerifyAsync(session.Target, session.Goal, cancellationToken))
        {
            stages[happened.Id] = happened;
            session.View.Hear(happened);
        }

        IReadOnlyList<ProofEvent> proof = [.. stages.Values];
        return session.End(new CliReport(inspection) { Proof = proof, ExitCode = CodeOf(proof, inspection) });
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
