using Npgsql;
using SetupWizard.Core.Audit;
using SetupWizard.Core.Connecting;
using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;

namespace SetupWizard.Core.Engine;

/// <summary>Makes undo plans for a source as it is, over a session of its own or of a run.</summary>
internal sealed class UndoReader(SourceInspector inspector, IAuditLog audit, TimeProvider time)
{
    /// <summary>The undo plan for the source of now, with what it would hurt.</summary>
    public async Task<SetupPlan> PlanAsync(SetupTarget target, SetupGoal goal, UndoRequest request, CancellationToken cancellationToken)
    {
        var inspection = await inspector.InspectAsync(target, goal, cancellationToken).ConfigureAwait(false);
        var opened = await inspector.TryOpenAsync(target, "undo", cancellationToken).ConfigureAwait(false);
        await using (opened.ConfigureAwait(false))
        {
            if (opened.Source is { } source)
            {
                try
                {
                    var plan = await UndoPlanner.PlanAsync(audit, inspection, request, source.Connection, cancellationToken).ConfigureAwait(false);
                    return plan with { Obstacles = [.. plan.Obstacles, .. await UndoObstacles.FindAsync(source.Connection, plan, time, cancellationToken).ConfigureAwait(false)] };
                }
                catch (Exception e) when (ConnectionErrors.IsExpected(e))
                {
                    // Everything is looked for again before anything runs.
                }
            }

            return await UndoPlanner.PlanAsync(audit, inspection, request, connection: null, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The undo plan for a reading, looked at over this session, or over one of its own where this one is gone.</summary>
    public async Task<SetupPlan> PlanAsync(SetupTarget target, Inspection inspection, UndoRequest request, NpgsqlConnection connection, CancellationToken cancellationToken) =>
        connection.FullState == System.Data.ConnectionState.Open
            ? await UndoPlanner.PlanAsync(audit, inspection, request, connection, cancellationToken).ConfigureAwait(false)
            : await PlanAsync(target, inspection, request, cancellationToken).ConfigureAwait(false);

    /// <summary>The undo plan for a reading, looked at over a session of its own; by the record and the reading alone where there is none to be had.</summary>
    public async Task<SetupPlan> PlanAsync(SetupTarget target, Inspection inspection, UndoRequest request, CancellationToken cancellationToken)
    {
        var opened = await inspector.TryOpenAsync(target, "undo", cancellationToken).ConfigureAwait(false);
        await using (opened.ConfigureAwait(false))
        {
            try
            {
                return await UndoPlanner.PlanAsync(audit, inspection, request, opened.Source?.Connection, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (opened.Source is not null && (ApplyProblems.IsConnectionLost(e) || e is PostgresException or InvalidOperationException))
            {
                return await UndoPlanner.PlanAsync(audit, inspection, request, connection: null, cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
