using SetupWizard.Core.Model;

namespace SetupWizard.Cli;

/// <summary>What <c>plan</c> was asked for.</summary>
/// <param name="Undo">What to take back; null to apply.</param>
/// <param name="DryRun">Execute and roll back.</param>
internal sealed record PlanOptions(UndoRequest? Undo, bool DryRun);

/// <summary><c>plan</c>: shows the changes.</summary>
internal static class PlanCommand
{
    public static async Task<int> RunAsync(CliSession session, PlanOptions options, CancellationToken cancellationToken)
    {
        var inspection = await session.InspectAsync(cancellationToken);
        if (inspection.Snapshot is null)
        {
            return session.End(new CliReport(inspection) { ExitCode = ExitCode.Undetermined });
        }

        var plan = await session.PlanAsync(inspection, options.Undo, cancellationToken);
        if (options.DryRun && plan is { Applyable: true, Obstacles.Count: 0 })
        {
            return await ApplyCommand.ExecuteAsync(await session.WithPasswordForAsync(plan, cancellationToken), inspection, plan, dryRun: true, cancellationToken);
        }

        // An undo plan is delivered, whatever the source is like; a plan says what the source is like.
        if (plan.Applyable && await session.Runner.RecordTroubleAsync(cancellationToken) is { } trouble)
        {
            session.Host.Error.WriteLine(Core.Wording.FindingText.For(trouble, session.Culture).Title);
        }

        var unrecorded = plan is { Applyable: false, Obstacles.Count: 0 } ? plan.Unrecorded : null;
        var code = !plan.Undoing ? ExitCode.Of(inspection) : plan.Obstacles.Count > 0 ? ExitCode.Blocked : unrecorded is null ? ExitCode.Ready : ExitCode.Undetermined;
        return session.End(new CliReport(inspection) { Plan = plan, Refusal = unrecorded, ExitCode = code });
    }
}
