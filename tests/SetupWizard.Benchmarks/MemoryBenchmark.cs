using SetupWizard.Core.Model;
using SetupWizard.Core.Reading;
using SetupWizard.Core.Requirements;

namespace SetupWizard.Benchmarks;

/// <summary>Managed memory that a reading keeps alive, after everything else was collected.</summary>
internal sealed class MemoryBenchmark(BenchmarkSource source, Report report)
{
    private const int PromisedTables = 50_000;
    private const double PromisedMegabytes = 60;

    public async Task RunAsync(int tables, CancellationToken cancellationToken)
    {
        // Whatever stays for good (compiled code, pools) is there after the first reading.
        await ReadAsync(cancellationToken);
        await InspectAsync(cancellationToken);
        var snapshot = new Samples();
        var inspection = new Samples();
        for (var run = 0; run < 3; run++)
        {
            snapshot.Add(await RetainedAsync(() => ReadAsync(cancellationToken)));
            inspection.Add(await RetainedAsync(() => InspectAsync(cancellationToken)));
        }

        report.Promise(tables, "snapshot in memory", snapshot, " MB", tables == PromisedTables ? PromisedMegabytes : null);
        report.Promise(tables, "snapshot with verdicts and fixes in memory", inspection, " MB", null);
    }

    private static async Task<double> RetainedAsync<T>(Func<Task<T>> make)
        where T : class
    {
        var before = await CollectedAsync();
        var made = await make();
        var after = await CollectedAsync();
        GC.KeepAlive(made);
        return (after - before) / 1e6;
    }

    private static async Task<long> CollectedAsync()
    {
        // On a stack of its own: the one that was awaited on still holds what the reading before this one made.
        await Task.Yield();
        for (var pass = 0; pass < 3; pass++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }

        return GC.GetTotalMemory(forceFullCollection: true);
    }

    private async Task<SourceSnapshot> ReadAsync(CancellationToken cancellationToken)
    {
        await using var opened = await BenchmarkSource.OpenAsync(source.Near, cancellationToken);
        return (await SnapshotReader.ReadAsync(opened, source.Goal, cancellationToken)).Snapshot;
    }

    private Task<Inspection> InspectAsync(CancellationToken cancellationToken) => source.Runner.InspectAsync(source.Near, source.Goal, cancellationToken);
}
