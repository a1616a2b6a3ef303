using System.Globalization;

namespace SetupWizard.Benchmarks.Web;

/// <summary>What was measured, what it should be, and whether it is. A goal that is missed is a fact like any other.</summary>
internal sealed class WebReport
{
    private static readonly CultureInfo s_culture = CultureInfo.InvariantCulture;

    private readonly MarkdownTable _table = new("What", "Measured", "Goal", "Held");

    /// <summary>Whether something could not be measured.</summary>
    public bool Incomplete { get; private set; }

    /// <summary>A row that others are compared with, or that explains one.</summary>
    public void Value(string what, string measured) => _table.Row(what, measured, "", "");

    /// <summary>A row with a goal.</summary>
    public void Goal(string what, string measured, string goal, bool held) => _table.Row(what, measured, goal, held ? "yes" : "no");

    /// <summary>A number that should not be above another.</summary>
    public void Most(string what, int measured, int most) => Goal(what, measured.ToString("#,0", s_culture), string.Create(s_culture, $"≤ {most}"), measured <= most);

    /// <summary>Something that could not be measured, and why.</summary>
    public void Failed(string what, Exception problem)
    {
        Incomplete = true;
        _table.Row(what, "not measured: " + problem.Message.Split('\n')[0].Trim(), "", "");
    }

    /// <summary>Bytes for people.</summary>
    public static string Size(long bytes) => string.Create(s_culture, $"{bytes / 1000.0:#,0.0} kB");

    /// <summary>The median and the least of several times.</summary>
    public static string Times(Samples samples) => string.Create(s_culture, $"{samples.Median:#,0} ms (least {samples.Least:#,0})");

    public override string ToString() => _table.ToString();
}
