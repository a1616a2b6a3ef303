using System.Globalization;
using SetupWizard.Core.Model;
using SetupWizard.Core.Text;
using SetupWizard.Core.Watching;

namespace SetupWizard.Core.Wording;

/// <summary>Turns what watching found into sentences.</summary>
public static class WatchText
{
    /// <summary>Where ClickPipes stands.</summary>
    /// <param name="report">What was found.</param>
    /// <param name="user">The ClickPipes user.</param>
    /// <param name="culture">The language.</param>
    public static string Pipe(WatchReport report, string user, CultureInfo culture)
    {
        ArgumentNullException.ThrowIfNull(report);
        var pipe = report.Pipe;
        var key = pipe switch
        {
            { State: PipeState.Connected, Since: null } => "ConnectedNow",
            { State: PipeState.Gone, Since: null } => "GoneUnknown",
            { State: var state } => state.ToString(),
        };
        return Messages.Get(
            "Watch.Pipe." + key,
            culture,
            ("user", user),
            ("count", report.Pulse.UserSessions.Total),
            ("size", new ByteSize(pipe.Slot?.BehindBytes ?? 0)),
            ("time", pipe.Since is { } since ? Duration(report.Pulse.At - since, culture) : ""));
    }

    /// <summary>Whether the address it connects from is as it should be; empty when there is none to check.</summary>
    public static string Origin(PipeStatus pipe, SetupGoal goal, CultureInfo culture)
    {
        ArgumentNullException.ThrowIfNull(pipe);
        ArgumentNullException.ThrowIfNull(goal);
        return pipe.Origin == AddressOrigin.None
            ? ""
            : Messages.Get("Watch.Origin." + pipe.Origin, culture, ("address", pipe.Address), ("region", goal.Region is { Length: > 0 } region ? new Providers.RegionNames(region) : null), ("user", goal.User));
    }

    /// <summary>What is ahead of a slot.</summary>
    /// <param name="forecast">The forecast.</param>
    /// <param name="limit">How much a slot may hold back, in bytes; null without a limit.</param>
    /// <param name="measured">How long was measured.</param>
    /// <param name="culture">The language.</param>
    public static string Forecast(WalForecast forecast, long? limit, TimeSpan measured, CultureInfo culture)
    {
        ArgumentNullException.ThrowIfNull(forecast);
        return Messages.Get(
            "Watch.Outlook." + forecast.Kind,
            culture,
            ("time", forecast.Until is { } until ? Duration(until, culture) : ""),
            ("limit", new ByteSize(limit ?? 0)),
            ("measured", (int)measured.TotalSeconds),
            ("needed", (int)WalRate.Enough.TotalSeconds));
    }

    /// <summary>Bytes per second.</summary>
    public static string Rate(double bytesPerSecond, CultureInfo culture) => Messages.Get("Watch.Rate", culture, ("rate", new ByteSize((long)bytesPerSecond)));

    /// <summary>A length of time in words, about: minutes up to two hours, hours up to two days, days up to two months, months up to two years.</summary>
    public static string Duration(TimeSpan time, CultureInfo culture)
    {
        var (key, count) = time switch
        {
            { TotalMinutes: < 1 } => ("Moment", 0d),
            { TotalMinutes: < 120 } => ("Minutes", time.TotalMinutes),
            { TotalHours: < 48 } => ("Hours", time.TotalHours),
            { TotalDays: < 61 } => ("Days", time.TotalDays),
            { TotalDays: < 731 } => ("Months", time.TotalDays / 30.44),
            _ => ("Years", 0d),
        };
        return Messages.Get("Watch.Time." + key, culture, ("count", (int)Math.Round(count)));
    }
}
