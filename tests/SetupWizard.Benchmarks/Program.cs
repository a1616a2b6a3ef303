using System.Diagnostics;
using System.Globalization;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using SetupWizard.Benchmarks.Web;

namespace SetupWizard.Benchmarks;

/// <summary>Measures the engine against one local server, or the wizard in a browser, in one run and prints a Markdown table.</summary>
internal static class Program
{
    private const string Usage = """
        scripts/bench [--quick | --all | --size | --pure | --web [RUNS]]
          (nothing)  checks of 10, 1,000, 10,000 and 50,000 tables, memory, a publication of 10,000 tables
          --quick    10 and 1,000 tables only
          --all      a publication of 50,000 tables, too
          --size     a publication of 50,000 tables alone, stopped half-way and completed, too
          --pure     judging and planning alone, by BenchmarkDotNet; no server
          --web      the wizard in a browser beside the bare Blazor template, words and clicks; 7 runs unless told otherwise
        It ends with 1 when a promise was broken that holds on every machine, or when something could not be measured.
        """;

    private static readonly long s_started = Stopwatch.GetTimestamp();

    public static async Task<int> Main(string[] args)
    {
        var web = WebRuns(args);
        if (web is null && args is not ([] or ["--quick" or "--all" or "--size" or "--pure"]))
        {
            await Console.Error.WriteLineAsync(Usage);
            return args is ["--help"] ? 0 : 2;
        }

        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        using var stop = new CancellationTokenSource();
        Console.CancelKeyPress += (_, e) =>
        {
            e.Cancel = true;
            stop.Cancel();
        };
        try
        {
            return web is { } runs ? await WebAsync(runs, stop.Token)
                : args is ["--pure"] ? Pure()
                : await ServerAsync(args is ["--quick"], args is ["--all"], args is ["--size"], stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return 130;
        }
    }

    private static async Task<int> ServerAsync(bool quick, bool all, bool size, CancellationToken cancellationToken)
    {
        int[] sizes = size ? [50_000] : quick ? [10, 1_000] : [10, 1_000, 10_000, 50_000];
        var report = new Report();
        Say("starting a server");
        await using var source = await BenchmarkSource.StartAsync(cancellationToken);
        var check = new CheckBenchmark(source, report, quick);
        var roundTrip = await check.RoundTripAsync(cancellationToken);
        foreach (var tables in sizes)
        {
            Say($"making {tables:#,0} tables");
            await source.GrowAsync(tables, cancellationToken);
            if (!size)
            {
                Say($"checking {tables:#,0} tables");
                await check.RunAsync(tables, cancellationToken);
            }

            if (tables == sizes[^1] && !size)
            {
                Say($"weighing {tables:#,0} tables");
                await new MemoryBenchmark(source, report).RunAsync(tables, cancellationToken);
            }

            if (tables == (quick ? 1_000 : 10_000) || ((all || size) && tables == 50_000))
            {
                Say($"publishing {tables:#,0} tables");
                await new PublicationBenchmark(source, report).RunAsync(tables, runs: 3, cancellationToken);
            }

            if ((all || size) && tables == 50_000)
            {
                Say($"stopping half-way through publishing {tables:#,0} tables");
                await new StoppedPublication(source, report).RunAsync(tables, cancellationToken);
            }
        }

        Console.WriteLine(
            $"PostgreSQL {source.Sandbox.Major}, {await MachineAsync(cancellationToken)}; a round trip through the relay takes {Report.Duration(roundTrip.Median)}");
        Console.WriteLine();
        Console.WriteLine(report);
        Say("done; removing the server's files");
        return report.Broken ? 1 : 0;
    }

    private static async Task<int> WebAsync(int runs, CancellationToken cancellationToken)
    {
        var before = await MachineAsync(cancellationToken);
        var (report, browser) = await WebBenchmark.RunAsync(runs, Say, cancellationToken);
        Console.WriteLine($"{browser}, {before} at the start");
        Console.WriteLine();
        Console.WriteLine(report);
        return report.Incomplete ? 1 : 0;
    }

    /// <summary>How often each page is opened; null when something else was asked for, or nothing that is known.</summary>
    private static int? WebRuns(string[] args) => args switch
    {
        ["--web"] => 7,
        ["--web", var runs] when int.TryParse(runs, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 => number,
        _ => null,
    };

    private static int Pure()
    {
        var config = ManualConfig.Create(DefaultConfig.Instance)
            .AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance))
            .WithArtifactsPath(Path.Combine(AppContext.BaseDirectory, "results"));
        var summary = BenchmarkRunner.Run<PureBenchmarks>(config);
        return summary.HasCriticalValidationErrors || summary.Reports.Any(r => !r.Success) ? 1 : 0;
    }

    /// <summary>What the figures belong to.</summary>
    private static async Task<string> MachineAsync(CancellationToken cancellationToken)
    {
        var load = OperatingSystem.IsLinux() ? ", load " + (await File.ReadAllTextAsync("/proc/loadavg", cancellationToken)).Split(' ')[0] : "";
        return $".NET {Environment.Version}, {Environment.ProcessorCount} cores{load}";
    }

    /// <summary>Progress goes to standard error: standard output has the table alone.</summary>
    private static void Say(string what) =>
        Console.Error.WriteLine($"{Stopwatch.GetElapsedTime(s_started).TotalSeconds,6:0.0} s  {what}");
}
