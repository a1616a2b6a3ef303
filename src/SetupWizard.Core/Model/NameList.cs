using System.Globalization;

namespace SetupWizard.Core.Model;

/// <summary>Names as a sentence lists them: the first few, and how many more there are.</summary>
internal static class NameList
{
    /// <summary>The first <paramref name="most"/> names; more are counted: <c>a, b, +3</c>.</summary>
    public static string Of(IEnumerable<string> names, int most, string separator = ", ")
    {
        var all = names.ToList();
        return string.Join(separator, all.Count > most ? all.Take(most).Append("+" + (all.Count - most).ToString(CultureInfo.InvariantCulture)) : all);
    }
}
