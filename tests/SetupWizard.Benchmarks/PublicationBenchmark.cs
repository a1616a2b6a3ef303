using SetupWizard.Core.Model;

namespace SetupWizard.Benchmarks;

/// <summary>
/// A publication of all tables: planned, applied and undone by the engine, and the very same statements run and taken back by psql.
/// The engine's time has everything in it that makes it the engine: opening, the advisory lock, the reading before and the one after, the audit.
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
            await apply.TimeAsync(async () => statements.Add(await ApplyAsync(plan, cancellationToken)));

            var undoPlan = await source.Runner.UndoPlanAsync(source.Near, source.Goal, cancellationToken);
            var back = Psql.Script(Path.Combine(source.Directory, "back.sql"), undoPlan);
            await undo.TimeAsync(() => ApplyAsync(undoPlan, cancellationToken));
            await source.TidyAsync(cancellationToken);

            await psql.TimeAsync(() => Psql.RunAsync(source.Sandbox, forward, cancellationToken));
            await psqlUndo.TimeAsync(() => Psql.RunAsync(source.Sandbox, back, cancellationToken));
            await source.TidyAsync(cancellationToken);
        }

        var toPsql = Report.Ratio(apply, psql);
        report.Time(tables, "publication: judge", judge);
        report.Time(tables, $"publication: plan (statements: {count})", planning);
        report.Time(tables, "publication: apply, reading before and after included", apply, Report.Times(toPsql, "psql"), tables == 50_000 ? Report.Limit(toPsql <= 1.5, "≤ 1.5 ×") : "");
        report.Time(tables, "publication: apply, statements alone", statements, Report.Times(Report.Ratio(statements, psql), "psql"));
        report.Time(tables, "publication: the same statements by psql", psql);
        report.Time(tables, "publication: undo", undo, Report.Times(Report.Ratio(undo, psqlUndo), "psql"));
        report.Time(tables, "publication: the same undo by psql", psqlUndo);
    }

    /// <summary>Applies a plan to its end and gives what the statements alone took, in milliseconds.</summary>
    private async Task<double> ApplyAsync(SetupPlan plan, CancellationToken cancellationToken)
    {
        var alone = 0.0;
        ApplyFinished? finished = null;
        await foreach (var happened in source.Runner.ApplyAsync(source.Near, plan, cancellationToken))
        {
            alone += happened is ChangeExecuted executed ? executed.Elapsed.TotalMilliseconds : 0;
            finished = happened as ApplyFinished ?? finished;
            if (Environment.GetEnvironmentVariable("BT") is not null && happened is not ChangeNotice) { Console.Error.WriteLine($"   {happened.At:ss.fff} {happened.GetType().Name} {(happened as ChangeExecuted)?.Elapsed.TotalMilliseconds}"); }
        }

        return finished?.Outcome == ApplyOutcome.Completed
            ? alone
            : throw new InvalidOperationException($"The apply ended as {finished?.Outcome}: {finished?.Problem?.Key} {finished?.Problem?.Server?.Text}");
    }
}
