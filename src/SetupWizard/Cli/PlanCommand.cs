namespace SetupWizard.Cli;

/// <summary>What <c>plan</c> was asked for.</summary>
/// <param name="Undo">What takes back what was applied.</param>
/// <param name="DryRun">Execute and roll back.</param>
internal sealed record PlanOptions(bool Undo, bool DryRun);

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
        var code = options.Undo ? (plan.Obstacles.Count > 0 ? ExitCode.Blocked : ExitCode.Ready) : ExitCode.Of(inspection);
        return session.End(new CliReport(inspection) { Plan = plan, ExitCode = code });
    }
}
