using System.Globalization;
using System.Text;

namespace SetupWizard.Core.Sql;

/// <summary>
/// Brings a password into the form PostgreSQL hashes (RFC 4013). Where the profile forbids a character, PostgreSQL takes the bytes as they are, and so does this.
/// </summary>
internal static class SaslPrep
{
    public static string Prepare(string password)
    {
        if (password.All(c => c is >= ' ' and <= '~'))
        {
            return password;
        }

        var mapped = new StringBuilder(password.Length);
        foreach (var rune in password.EnumerateRunes())
        {
            if (IsMappedToNothing(rune.Value))
            {
                continue;
            }

            mapped.Append(IsSpace(rune.Value) ? " " : rune.ToString());
        }

        var normalized = mapped.ToString().Normalize(NormalizationForm.FormKC);
        return normalized.Length == 0 || normalized.EnumerateRunes().Any(IsProhibited) ? password : normalized;
    }

    /// <summary>RFC 3454, table B.1.</summary>
    private static bool IsMappedToNothing(int c) => c is 0x00AD or 0x034F or 0x1806 or (>= 0x180B and <= 0x180D)
        or (>= 0x200B and <= 0x200D) or 0x2060 or (>= 0xFE00 and <= 0xFE0F) or 0xFEFF;

    /// <summary>RFC 3454, table C.1.2.</summary>
    private static bool IsSpace(int c) => c is 0x00A0 or 0x1680 or (>= 0x2000 and <= 0x200A) or 0x202F or 0x205F or 0x3000;

    /// <summary>RFC 3454, tables C.2 to C.9.</summary>
    private static bool IsProhibited(Rune rune)
    {
        var c = rune.Value;
        return Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.PrivateUse or UnicodeCategory.Surrogate or UnicodeCategory.OtherNotAssigned
            || c is 0x0340 or 0x0341 or 0x06DD or 0x070F or 0x180E or (>= 0x200E and <= 0x200F) or (>= 0x2028 and <= 0x202E) or (>= 0x2061 and <= 0x2063)
                or (>= 0x206A and <= 0x206F) or (>= 0x2FF0 and <= 0x2FFB) or (>= 0xFFF9 and <= 0xFFFD) or (>= 0x1D173 and <= 0x1D17A) or 0xE0001 or (>= 0xE0020 and <= 0xE007F);
    }
}
