using System.Globalization;

namespace SetupWizard.Benchmarks;

/// <summary>The table, and whether every promise was kept.</summary>
internal sealed class Report
{
    private static readonly CultureInfo s_culture = CultureInfo.InvariantCulture;

    private readonly MarkdownTable _table = new("Tables", "Measured", "Runs", "Median", "Least – most", "Ratio", "Limit");

    /// <summary>Whether a promise that does not depend on the machine was broken.</summary>
    public bool Broken { get; private set; }

    /// <summary>A row of milliseconds.</summary>
    /// <param name="tables">How many tables.</param>
    /// <param name="what">What was measured.</param>
    /// <param name="samples">How long it took.</param>
    /// <param name="ratio">How it compares, in words; empty when it is what others are compared with.</param>
    /// <param name="limit">What it should stay within, and whether it did.</param>
    public void Time(int tables, string what, Samples samples, string ratio = "", string limit = "")
    {
        var about = samples.Extrapolated ? "≈ " : "";
        var note = samples.Extrapolated ? string.Create(s_culture, $" (from 1/{samples.Scale:0.#} of the tables)") : "";
        Row(tables, what + note, samples.Count, about + Duration(samples.Median), $"{about}{Duration(samples.Least)} – {Duration(samples.Most)}", ratio, limit);
    }

    /// <summary>A row of another unit, with a promise that holds on every machine: breaking it fails the run.</summary>
    public void Promise(int tables, string what, Samples samples, string unit, double? most)
    {
        var kept = most is null || samples.Most <= most;
        Broken |= !kept;
        var limit = most is null ? "" : string.Create(s_culture, $"≤ {most:0.##}{unit}: {(kept ? "kept" : "BROKEN")}");
        Row(tables, what, samples.Count, Number(samples.Median) + unit, $"{Number(samples.Least)} – {Number(samples.Most)}{unit}", "", limit);
    }

    /// <summary>A row without a number: something that is so, or the run fails.</summary>
    public void Fact(int tables, string what, bool kept)
    {
        Broken |= !kept;
        _table.Row(tables.ToString("#,0", s_culture), what, "1", "", "", "", kept ? "kept" : "BROKEN");
    }

    /// <summary>One time as a multiple of another.</summary>
    public static double Ratio(Samples a, Samples b) => a.Median / b.Median;

    /// <summary>A multiple in words.</summary>
    public static string Times(double ratio, string of) => string.Create(s_culture, $"{(ratio < 10 ? ratio.ToString("0.00", s_culture) : ratio.ToString("#,0", s_culture))} × {of}");

    /// <summary>A limit of time: shown, never fatal, because a busy machine breaks it for no fault of the program.</summary>
    public static string Limit(bool kept, string limit) => $"{limit}: {(kept ? "kept" : "MISSED")}";

    public override string ToString() => _table.ToString();

    /// <summary>Milliseconds for people.</summary>
    public static string Duration(double milliseconds) => milliseconds switch
    {
        < 10 => milliseconds.ToString("0.0 ms", s_culture),
        < 10_000 => milliseconds.ToString("#,0 ms", s_culture),
        < 600_000 => (milliseconds / 1000).ToString("0.0 s", s_culture),
        _ => (milliseconds / 60_000).ToString("0.0 min", s_culture),
    };

    private static string Number(double value) => value.ToString("#,0.##", s_culture);

    private void Row(int tables, string what, int runs, string median, string range, string ratio, string limit) =>
        _table.Row(tables.ToString("#,0", s_culture), what, runs.ToString(s_culture), median, range, ratio, limit);
}
