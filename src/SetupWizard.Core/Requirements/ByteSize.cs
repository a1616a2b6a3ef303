using System.Globalization;

namespace SetupWizard.Core.Requirements;

/// <summary>Amounts of bytes for people, in the units PostgreSQL writes.</summary>
internal static class ByteSize
{
    private static readonly string[] s_units = ["bytes", "kB", "MB", "GB", "TB"];

    /// <summary>For example <c>1.5 GB</c>, the same in every language.</summary>
    public static string Show(long bytes)
    {
        var value = (double)bytes;
        var unit = 0;
        while (value >= 1024 && unit < s_units.Length - 1)
        {
            value /= 1024;
            unit++;
        }

        return value.ToString(unit == 0 || value >= 10 ? "F0" : "0.#", CultureInfo.InvariantCulture) + " " + s_units[unit];
    }
}
