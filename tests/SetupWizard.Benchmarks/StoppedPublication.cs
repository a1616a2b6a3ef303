using SetupWizard.Core.Audit;
using SetupWizard.Core.Engine;
using SetupWizard.Core.Model;

namespace SetupWizard.Benchmarks;

/// <summary>
/// Not how fast, but whether: a publication larger than the lock table is applied, the server is killed between two chunks, a second apply completes it,
/// and the undo leaves what was there before. What is not so fails the run.
/// </summary>
internal sealed class StoppedPublication(BenchmarkSource source, Report report)
{
    private static readonly HashSet<RequirementId> s_publication = [RequirementId.Publication, RequirementId.PublicationTables];

    public async Task RunAsync(int tables, CancellationToken cancellationToken)
    {
        var hook = new HookedAudit();
        var runner = source.RunnerWith(hook);
        var before = await runner.InspectAsync(source.Near, source.Goal, cancellationToken);
        Keep("one statement for all is refused for want of locks (53200)", await LockTable.RefusalAsync(source.Sandbox, before.Tables.Chosen.Select(t => t.Ref), cancellationToken) == "53200");

        var plan = runner.Plan(before, s_publication);
        var chunks = plan.Changes.Count;
        var rehearsed = await EndOfAsync(runner.DryRunAsync(source.Near, plan, cancellationToken));
        Keep("a dry run of all of them", rehearsed.Outcome == ApplyOutcome.RolledBack);

        var stop = chunks / 2;
        hook.Before(AuditEvent.Started, stop, async () =>
        {
            await source.Sandbox.KillAsync(CancellationToken.None);
            await source.Sandbox.StartAgainAsync(CancellationToken.None);
        });
        var stopped = await EndOfAsync(runner.ApplyAsync(source.Near, plan, cancellationToken));
        Keep(
            $"killed between two of {chunks} chunks, the report says exactly what is in effect",
            stopped.Outcome == ApplyOutcome.ConnectionLost
                && stopped.InEffect.SequenceEqual(Enumerable.Range(0, stop))
                && stopped.NotInEffect.SequenceEqual(Enumerable.Range(stop, chunks - stop))
                && stopped.After?.Snapshot?.Tables.Count(t => t.InPublication) == stop * (tables / chunks));

        var rest = runner.Plan(await runner.InspectAsync(source.Near, source.Goal, cancellationToken), s_publication);
        var completed = await EndOfAsync(runner.ApplyAsync(source.Near, rest, cancellationToken));
        Keep(
            "a second apply completes it",
            rest.Changes.Count == chunks - stop && completed.Outcome == ApplyOutcome.Completed && completed.After?.Snapshot?.Tables.Count(t => t.InPublication) == tables);

        var undo = await runner.UndoPlanAsync(source.Near, source.Goal, UndoRequest.OfGoal, cancellationToken);
        var undone = await EndOfAsync(runner.ApplyAsync(source.Near, undo, cancellationToken));
        var after = await runner.InspectAsync(source.Near, source.Goal, cancellationToken);
        Keep(
            "the undo leaves what was there before",
            undone.Outcome == ApplyOutcome.Completed && LastingFacts.Of(before.Snapshot!) == LastingFacts.Of(after.Snapshot!));
        await source.TidyAsync(cancellationToken);

        void Keep(string what, bool kept) => report.Fact(tables, "publication: " + what, kept);
    }

    private static async Task<ApplyFinished> EndOfAsync(IAsyncEnumerable<ApplyEvent> events)
    {
        ApplyFinished? finished = null;
        await foreach (var happened in events)
        {
            finished = happened as ApplyFinished ?? finished;
        }

        return finished ?? throw new InvalidOperationException("The apply did not say how it ended.");
    }
}
