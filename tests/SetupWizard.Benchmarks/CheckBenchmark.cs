using Npgsql;
using SetupWizard.Core.Connecting;
using SetupWizard.Core.Model;
using SetupWizard.Core.Providers;
using SetupWizard.Core.Reading;
using SetupWizard.Core.Requirements;

namespace SetupWizard.Benchmarks;

/// <summary>
/// The readiness check against the bare query and the statement-per-table pattern. Each run opens a session of its own, because a check does,
/// and the opening is not timed; so the server's caches of the session are cold for all three alike.
/// </summary>
internal sealed class CheckBenchmark(BenchmarkSource source, Report report, bool quick)
{
    /// <summary>More tables than this are not visited one by one; more than this many from a distance would take minutes.</summary>
    private const int PatternSample = 1000;

    private const int FarSample = 100;

    private const int RoundTripPromise = 2;

    public async Task RunAsync(int tables, CancellationToken cancellationToken)
    {
        var runs = quick ? 5 : 7;
        var near = await MeasureAsync(source.Near, tables, runs, tables <= PatternSample ? tables : PatternSample, runs: tables > PatternSample ? 3 : runs, counted: null, cancellationToken);
        var farSample = quick ? FarSample / 2 : FarSample;
        var farPart = tables <= farSample || (tables <= PatternSample && !quick) ? tables : farSample;
        var trips = new Samples();
        var far = await MeasureAsync(source.Far, tables, quick ? 5 : 3, farPart, runs: farPart > FarSample ? 1 : quick ? 2 : 3, trips, cancellationToken);
        var whole = new Samples();
        for (var run = 0; run < runs; run++)
        {
            await whole.TimeAsync(async () => Require(await source.Runner.InspectAsync(source.Near, source.Goal, cancellationToken), tables));
        }

        var toBare = Report.Ratio(near.Check, near.Bare);
        report.Promise(tables, "check, round trips after log-in", trips, "", RoundTripPromise);
        report.Time(tables, "check", near.Check, Report.Times(toBare, "bare query"), tables == 50_000 ? Report.Limit(toBare <= 1.5, "≤ 1.5 ×") : "");
        report.Time(tables, "check, its reading alone", near.Reading, Report.Times(Report.Ratio(near.Reading, near.Bare), "bare query"));
        report.Time(tables, "check, with opening the connection", whole);
        report.Time(tables, "bare catalog query", near.Bare);
        report.Time(tables, "statement per table", near.Pattern, Report.Times(Report.Ratio(near.Pattern, near.Check), "check"));
        var apart = Report.Ratio(far.Pattern, far.Check);
        report.Time(tables, "20 ms away: check", far.Check, Report.Times(Report.Ratio(far.Check, far.Bare), "bare query"));
        report.Time(tables, "20 ms away: bare catalog query", far.Bare);
        report.Time(tables, "20 ms away: statement per table", far.Pattern, Report.Times(apart, "check"), tables == 1000 ? Report.Limit(apart >= 100, "≥ 100 ×") : "");
    }

    /// <summary>What a round trip through the relay really takes.</summary>
    public async Task<Samples> RoundTripAsync(CancellationToken cancellationToken)
    {
        await using var opened = await BenchmarkSource.OpenAsync(source.Far, cancellationToken);
        var samples = new Samples();
        for (var run = 0; run < 10; run++)
        {
            await samples.TimeAsync(async () =>
            {
                await using var command = new NpgsqlCommand("SELECT 1", opened.Connection);
                await command.ExecuteScalarAsync(cancellationToken);
            });
        }

        return samples;
    }

    private async Task<(Samples Check, Samples Reading, Samples Bare, Samples Pattern)> MeasureAsync(
        SetupTarget target, int tables, int checks, int part, int runs, Samples? counted, CancellationToken cancellationToken)
    {
        var check = new Samples();
        var reading = new Samples();
        var bare = new Samples();
        var pattern = new Samples { Scale = (double)tables / part };

        // The first round is thrown away: code is compiled in it, and the server reads its catalog from disk.
        for (var run = -1; run < checks; run++)
        {
            await using (var opened = await BenchmarkSource.OpenAsync(target, cancellationToken))
            {
                var before = source.Relay.RoundTrips;
                await Keep(run, check).TimeAsync(() => CheckAsync(opened, target, tables, Keep(run, reading), cancellationToken));
                Keep(run, counted).Add(source.Relay.RoundTrips - before);
            }

            await using (var opened = await BenchmarkSource.OpenAsync(target, cancellationToken))
            {
                await Keep(run, bare).TimeAsync(async () =>
                {
                    if (await BareQuery.RunAsync(opened.Connection, source.Goal, cancellationToken) < tables)
                    {
                        throw new InvalidOperationException("The bare query did not see every table.");
                    }
                });
            }
        }

        for (var run = 0; run < runs; run++)
        {
            await using var opened = await BenchmarkSource.OpenAsync(target, cancellationToken);
            await pattern.TimeAsync(() => PerTablePattern.RunAsync(opened.Connection, part, cancellationToken));
        }

        return (check, reading, bare, pattern);
    }

    /// <summary>What <see cref="Core.Engine.SetupRunner.InspectAsync(SetupTarget, SetupGoal, CancellationToken)"/> does once its connection is open: read and judge.</summary>
    private async Task CheckAsync(OpenedSource opened, SetupTarget target, int tables, Samples alone, CancellationToken cancellationToken)
    {
        SourceReading reading = null!;
        await alone.TimeAsync(async () => reading = await SnapshotReader.ReadAsync(opened, source.Goal, cancellationToken));
        var unjudged = new Inspection
        {
            Goal = source.Goal,
            Endpoint = target.Endpoint,
            Provider = ProviderCatalog.Default,
            Detection = ProviderDetection.None,
            Snapshot = reading.Snapshot,
            Cost = reading.Cost,
        };
        Require(source.Runner.Reconsider(unjudged, source.Goal), tables);
    }

    private static void Require(Inspection inspection, int tables)
    {
        if (inspection.Tables.Chosen.Count != tables)
        {
            throw new InvalidOperationException($"The check saw {inspection.Tables.Chosen.Count} tables of {tables}.");
        }
    }

    private static Samples Keep(int run, Samples? samples) => run < 0 || samples is null ? new Samples() : samples;
}
