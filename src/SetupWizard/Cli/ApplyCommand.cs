using SetupWizard.Core.Engine;
using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;

namespace SetupWizard.Cli;

/// <summary>What <c>apply</c> was asked for.</summary>
/// <param name="Yes">Do not ask.</param>
/// <param name="Undo">What to take back; null to apply.</param>
/// <param name="DryRun">Execute and roll back.</param>
internal sealed record ApplyOptions(bool Yes, UndoRequest? Undo, bool DryRun);

/// <summary><c>apply</c>: applies, reads again, reports.</summary>
internal static class ApplyCommand
{
    public static async Task<int> RunAsync(CliSession session, ApplyOptions options, CancellationToken cancellationToken)
    {
        var inspection = await session.InspectAsync(cancellationToken);
        if (inspection.Snapshot is null)
        {
            return session.End(new CliReport(inspection) { ExitCode = ExitCode.Undetermined });
        }

        var plan = await session.PlanAsync(inspection, options.Undo, cancellationToken);
        if (plan.Obstacles is [var obstacle, ..])
        {
            return session.End(new CliReport(inspection) { Plan = plan, Refusal = obstacle, ExitCode = ExitCode.Blocked });
        }

        if (plan is { Applyable: false, Unrecorded: { } unrecorded })
        {
            return session.End(new CliReport(inspection) { Plan = plan, Refusal = unrecorded, ExitCode = ExitCode.Undetermined });
        }

        if (!plan.Applyable)
        {
            return session.End(new CliReport(inspection) { Plan = plan, NothingToDo = true, ExitCode = plan.Undoing ? ExitCode.Ready : ExitCode.Of(inspection) });
        }

        if (!options.DryRun && await session.Runner.RecordTroubleAsync(cancellationToken) is { } trouble)
        {
            return session.End(new CliReport(inspection) { Plan = plan, Refusal = trouble, ExitCode = ExitCode.Blocked });
        }

        if (session.DiffersFromFile(inspection, plan) is { } differs)
        {
            return session.End(new CliReport(inspection) { Plan = plan, Refusal = differs, ExitCode = ExitCode.Blocked });
        }

        session = await session.WithPasswordForAsync(plan, cancellationToken);
        if (!options.Yes && !options.DryRun && !await ConfirmAsync(session, plan, cancellationToken))
        {
            session.Host.Error.WriteLine(session.Say("Cli.NotApplied"));
            return ExitCode.Blocked;
        }

        return await ExecuteAsync(session, inspection, plan, options.DryRun, cancellationToken);
    }

    /// <summary>Executes a plan and reports. Cancelling lets the engine finish what it must: roll back, read again, say so.</summary>
    public static async Task<int> ExecuteAsync(CliSession session, Inspection before, SetupPlan plan, bool dryRun, CancellationToken cancellationToken)
    {
        var record = new ApplyRecord(plan);
        session.Underway.Run = record;
        var events = dryRun
            ? session.Runner.DryRunAsync(session.Target, plan, cancellationToken)
            : session.Runner.ApplyAsync(session.Target, plan, cancellationToken);
        await foreach (var happened in events)
        {
            record.Hear(happened);
            session.View.Hear(happened, plan);
        }

        var after = record.Finished?.After ?? before;
        return session.End(new CliReport(after) { Plan = plan, Run = record, ExitCode = CodeOf(record, after, plan) });
    }

    private static int CodeOf(ApplyRecord record, Inspection after, SetupPlan plan) => record.Outcome switch
    {
        ApplyOutcome.RolledBack => ExitCode.Ready,
        ApplyOutcome.Completed or ApplyOutcome.RestartPending or ApplyOutcome.NothingToDo => plan.Undoing ? ExitCode.Ready : ExitCode.Of(after),
        _ => ExitCode.Blocked,
    };

    private static async Task<bool> ConfirmAsync(CliSession session, SetupPlan plan, CancellationToken cancellationToken)
    {
        session.Host.Error.Write(session.Say("Cli.Confirm", ("count", plan.Changes.Count), ("database", session.Target.Endpoint.Database), ("host", session.Target.Endpoint.Host)) + " ");
        var answer = (await Task.Run(session.Host.Input.ReadLine, CancellationToken.None).WaitAsync(cancellationToken))?.Trim();
        return string.Equals(answer, "yes", StringComparison.OrdinalIgnoreCase) || string.Equals(answer, "y", StringComparison.OrdinalIgnoreCase) || answer == "예";
    }
}
