using System.Globalization;

namespace SetupWizard.Core.Text;

/// <summary>
/// An amount of bytes for people, in the units PostgreSQL writes: <c>1.5 GB</c>, of 1024 MB each. As the argument of a sentence it is written as its language writes numbers.
/// </summary>
/// <param name="Bytes">How many.</param>
public readonly record struct ByteSize(long Bytes) : IFormattable
{
    private static readonly string[] s_units = ["bytes", "kB", "MB", "GB", "TB", "PB"];

    /// <summary>An amount as a culture writes numbers.</summary>
    public static string Show(long bytes, CultureInfo culture) => new ByteSize(bytes).ToString(null, culture);

    /// <summary>The amount as reports for machines have it.</summary>
    public override string ToString() => ToString(null, CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public string ToString(string? format, IFormatProvider? formatProvider)
    {
        var value = (double)Bytes;
        var unit = 0;
        while (value >= 1023.5 && unit < s_units.Length - 1)
        {
            value /= 1024;
            unit++;
        }

        return value.ToString(unit == 0 || value >= 10 ? "F0" : "0.#", formatProvider) + " " + s_units[unit];
    }
}
