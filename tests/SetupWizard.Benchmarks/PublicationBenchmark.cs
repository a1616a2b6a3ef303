using SetupWizard.Core.Engine;
using SetupWizard.Core.Model;

namespace SetupWizard.Benchmarks;

/// <summary>
/// A publication of all tables: planned, applied and undone by the engine, and the very same statements run and taken back by psql.
/// The time of all of it has everything in it that makes it the engine: opening, the advisory lock, the reading before and the one after, the audit.
/// </summary>
internal sealed class PublicationBenchmark(BenchmarkSource source, Report report)
{
    private static readonly HashSet<RequirementId> s_publication = [RequirementId.Publication, RequirementId.PublicationTables];

    public async Task RunAsync(int tables, int runs, CancellationToken cancellationToken)
    {
        var judge = new Samples();
        var planning = new Samples();
        var apply = new Samples();
        var statements = new Samples();
        var before = new Samples();
        var chunks = new Samples();
        var after = new Samples();
        var undoChunks = new Samples();
        var undo = new Samples();
        var psql = new Samples();
        var psqlUndo = new Samples();
        var count = 0;
        for (var run = 0; run < runs; run++)
        {
            var inspection = await source.Runner.InspectAsync(source.Near, source.Goal, cancellationToken);
            await judge.TimeAsync(() => Task.FromResult(source.Runner.Reconsider(inspection, source.Goal)));
            SetupPlan plan = null!;
            await planning.TimeAsync(() => Task.FromResult(plan = source.Runner.Plan(inspection, s_publication)));
            count = plan.Changes.Count;
            var forward = Psql.Script(Path.Combine(source.Directory, "forward.sql"), plan);
            Applied applied = null!;
            await apply.TimeAsync(async () => applied = await ApplyAsync(plan, cancellationToken));
            statements.Add(applied.Statements);
            before.Add(applied.Before);
            chunks.Add(applied.Chunks);
            after.Add(applied.After);

            var undoPlan = await source.Runner.UndoPlanAsync(source.Near, source.Goal, UndoRequest.OfGoal, cancellationToken);
            var back = Psql.Script(Path.Combine(source.Directory, "back.sql"), undoPlan);
            await undo.TimeAsync(async () => applied = await ApplyAsync(undoPlan, cancellationToken));
            undoChunks.Add(applied.Chunks);
            await source.TidyAsync(cancellationToken);

            await psql.TimeAsync(() => Psql.RunAsync(source.Sandbox, forward, cancellationToken));
            await psqlUndo.TimeAsync(() => Psql.RunAsync(source.Sandbox, back, cancellationToken));
            await source.TidyAsync(cancellationToken);
        }

        var toPsql = Report.Ratio(chunks, psql);
        report.Time(tables, "publication: judge", judge);
        report.Time(tables, $"publication: plan (statements: {count})", planning);
        report.Time(tables, "publication: apply, first statement to last commit", chunks, Report.Times(toPsql, "psql"), tables == 50_000 ? Report.Limit(toPsql <= 1.5, "≤ 1.5 ×") : "");
        report.Time(tables, "publication: apply, statements alone", statements, Report.Times(Report.Ratio(statements, psql), "psql"));
        report.Time(tables, "publication: the same statements by psql", psql);
        report.Time(tables, "publication: apply, all of it", apply, Report.Times(Report.Ratio(apply, psql), "psql"));
        report.Time(tables, "publication: apply, opening and reading before", before);
        report.Time(tables, "publication: apply, reading after", after);
        report.Time(tables, "publication: undo, first statement to last commit", undoChunks, Report.Times(Report.Ratio(undoChunks, psqlUndo), "psql"));
        report.Time(tables, "publication: undo, all of it", undo, Report.Times(Report.Ratio(undo, psqlUndo), "psql"));
        report.Time(tables, "publication: the same undo by psql", psqlUndo);
    }

    /// <summary>Applies a plan to its end and gives what took how long, in milliseconds.</summary>
    private async Task<Applied> ApplyAsync(SetupPlan plan, CancellationToken cancellationToken)
    {
        var alone = 0.0;
        DateTimeOffset began = default, first = default, committed = default;
        ApplyFinished? finished = null;
        await foreach (var happened in source.Runner.ApplyAsync(source.Near, plan, cancellationToken))
        {
            switch (happened)
            {
                case ApplyStarted:
                    began = happened.At;
                    break;
                case ChangeStarted { Index: 0 }:
                    first = happened.At;
                    break;
                case ChangeExecuted executed:
                    alone += executed.Elapsed.TotalMilliseconds;
                    break;
                case PhaseCommitted:
                    committed = happened.At;
                    break;
                case ApplyFinished:
                    finished = (ApplyFinished)happened;
                    break;
            }
        }

        return finished?.Outcome == ApplyOutcome.Completed
            ? new Applied(alone, (first - began).TotalMilliseconds, (committed - first).TotalMilliseconds, (finished.At - committed).TotalMilliseconds)
            : throw new InvalidOperationException($"The apply ended as {finished?.Outcome}: {finished?.Problem?.Key} {finished?.Problem?.Server?.Text}");
    }

    /// <param name="Statements">The statements alone.</param>
    /// <param name="Before">From the start to the first statement: opening, the advisory lock, reading and judging.</param>
    /// <param name="Chunks">From the first statement to the last commit, the audit included.</param>
    /// <param name="After">From the last commit to the end: reading and judging again.</param>
    private sealed record Applied(double Statements, double Before, double Chunks, double After);
}
