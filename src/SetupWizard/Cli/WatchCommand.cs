using System.Globalization;
using SetupWizard.Core.Export;
using SetupWizard.Core.Model;
using SetupWizard.Core.Text;
using SetupWizard.Core.Watching;
using SetupWizard.Core.Wording;

namespace SetupWizard.Cli;

/// <summary>How <c>watch</c> was called.</summary>
/// <param name="Json">One JSON object per reading.</param>
/// <param name="Count">How many readings; null until it is stopped.</param>
/// <param name="FreeBytes">Free space on the server's disk, in bytes; null when not told.</param>
internal sealed record WatchOptions(bool Json, int? Count, long? FreeBytes);

/// <summary><c>watch</c>: ClickPipes, the slots and the log, reading by reading, until it is stopped. Changes nothing.</summary>
internal static class WatchCommand
{
    public static async Task<int> RunAsync(CliSession session, WatchOptions options, CancellationToken cancellationToken)
    {
        var inspection = await session.InspectAsync(cancellationToken);
        if (inspection.Snapshot is null)
        {
            return session.End(new CliReport(inspection) { ExitCode = ExitCode.Undetermined });
        }

        var watch = new SourceWatch();
        var writer = new TerminalWriter(session.Host.Output, session.Host.Width, session.Host.Colour);
        var readings = 0;
        LivePulse? last = null;
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, session.Host.ReaderGone);
        try
        {
            await foreach (var pulse in session.Runner.WatchAsync(session.Target, session.Goal, enough.Token))
            {
                last = pulse;
                watch.Add(pulse, session.Goal);
                var report = watch.Report(session.Goal, options.FreeBytes);
                if (options.Json)
                {
                    await session.Host.Output.WriteLineAsync(WatchJson.Write(pulse, report));
                }
                else
                {
                    Show(writer, pulse, report, session);
                }

                if (++readings == options.Count)
                {
                    break;
                }
            }
        }
        catch (OperationCanceledException) when (enough.IsCancellationRequested)
        {
            // Whoever watched has seen enough, or has gone.
        }

        return CodeOf(last, watch.Report(session.Goal, options.FreeBytes));
    }

    /// <summary>Exit code 1 when ClickPipes has stopped reading, or when one of its slots has lost WAL or is about to.</summary>
    private static int CodeOf(LivePulse? last, WatchReport? report) => report switch
    {
        null => ExitCode.Undetermined,
        _ when last is { Reachable: false } => ExitCode.Undetermined,
        { Pipe.State: PipeState.Gone or PipeState.Lagging } => ExitCode.Blocked,
        _ when report.Slots.Any(s => s.OfPipe && s.Forecast.Kind is WalForecastKind.Lost or WalForecastKind.Endangered) => ExitCode.Blocked,
        _ => ExitCode.Ready,
    };

    private static void Show(TerminalWriter writer, LivePulse pulse, WatchReport? report, CliSession session)
    {
        var culture = session.Culture;
        var at = pulse.At.UtcDateTime.ToString("HH:mm:ss'Z' ", CultureInfo.InvariantCulture);
        if (!pulse.Reachable || report is null)
        {
            writer.Text(Messages.Get("Watch.Cli.Away", culture), 10, at, TextStyle.Yellow, TextStyle.Faint);
            return;
        }

        var rate = report.Rate.BytesPerSecond is { } bytes
            ? Messages.Get("Watch.Cli.Rate", culture, ("rate", WatchText.Rate(bytes, culture)))
            : "";
        var style = report.Pipe.State switch
        {
            PipeState.Connected or PipeState.Copying => TextStyle.Green,
            PipeState.NotSeen => TextStyle.Plain,
            _ => TextStyle.Yellow,
        };
        writer.Text(string.Join(' ', new[] { WatchText.Pipe(report, session.Goal.User, culture), rate }.Where(s => s.Length > 0)), 10, at, style, TextStyle.Faint);
        if (WatchText.Origin(report.Pipe, session.Goal, culture) is { Length: > 0 } origin)
        {
            writer.Text(origin, 10, style: report.Pipe.Origin == AddressOrigin.NotListed ? TextStyle.Yellow : TextStyle.Faint);
        }

        SlotLines.Write(writer, report.Slots, pulse.SlotLimitBytes, report.Rate.Measured, culture);
    }
}
