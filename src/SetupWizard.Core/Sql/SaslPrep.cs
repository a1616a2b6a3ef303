using System.Globalization;
using System.Text;

namespace SetupWizard.Core.Sql;

/// <summary>
/// SASLprep (RFC 4013) as PostgreSQL applies it to passwords: when the result would be prohibited, the bytes are taken as they are.
/// See <see href="https://www.rfc-editor.org/rfc/rfc4013"/> and the server's src/common/saslprep.c.
/// </summary>
internal static class SaslPrep
{
    /// <summary>The form of a password that its verifier is made of.</summary>
    public static string Prepare(string password)
    {
        if (Ascii.IsValid(password))
        {
            return password;
        }

        var mapped = new StringBuilder(password.Length);
        foreach (var rune in password.EnumerateRunes())
        {
            if (MappedToSpace(rune.Value))
            {
                mapped.Append(' ');
            }
            else if (!MappedToNothing(rune.Value))
            {
                mapped.Append(rune.ToString());
            }
        }

        // The server looks for prohibited characters before it normalises, not after.
        var text = mapped.ToString();
        return text.Length == 0 || text.EnumerateRunes().Any(Prohibited) || MixesDirections(text) ? password : text.Normalize(NormalizationForm.FormKC);
    }

    /// <summary>Table C.1.2, and the zero-width space as the server has it.</summary>
    private static bool MappedToSpace(int c) => c is 0x00A0 or 0x1680 or (>= 0x2000 and <= 0x200B) or 0x202F or 0x205F or 0x3000;

    /// <summary>Table B.1.</summary>
    private static bool MappedToNothing(int c) =>
        c is 0x00AD or 0x034F or 0x1806 or (>= 0x180B and <= 0x180D) or 0x200C or 0x200D or 0x2060 or 0xFEFF or (>= 0xFE00 and <= 0xFE0F);

    /// <summary>Tables C.2 to C.9 and A.1: control characters, private use, what changes the display, and what Unicode 3.2 did not know.</summary>
    private static bool Prohibited(Rune rune) => rune.Value switch
    {
        < 0x20 or (>= 0x7F and <= 0x9F) => true,
        0x06DD or 0x070F or 0x180E or (>= 0x200E and <= 0x200F) or (>= 0x2028 and <= 0x202E) => true,
        (>= 0x2061 and <= 0x2063) or (>= 0x206A and <= 0x206F) or (>= 0x2FF0 and <= 0x2FFB) or 0x0340 or 0x0341 => true,
        (>= 0xE000 and <= 0xF8FF) or (>= 0xFDD0 and <= 0xFDEF) or (>= 0xFFF9 and <= 0xFFFF) => true,
        >= 0x10000 => !Known32Supplementary(rune.Value),
        _ => Rune.GetUnicodeCategory(rune) is UnicodeCategory.OtherNotAssigned,
    };

    /// <summary>The blocks beyond the basic plane that Unicode 3.2 had; emoji came later.</summary>
    private static bool Known32Supplementary(int c) =>
        c is (>= 0x10300 and <= 0x10323) or (>= 0x10330 and <= 0x1034A) or (>= 0x10400 and <= 0x10425) or (>= 0x10428 and <= 0x1044D)
            or (>= 0x1D000 and <= 0x1D0F5) or (>= 0x1D100 and <= 0x1D126) or (>= 0x1D12A and <= 0x1D172) or (>= 0x1D17B and <= 0x1D1DD)
            or (>= 0x1D400 and <= 0x1D7FF) or (>= 0x20000 and <= 0x2A6D6) or (>= 0x2F800 and <= 0x2FA1D);

    /// <summary>RFC 3454, section 6: right-to-left text has no left-to-right letters in it, and begins and ends right-to-left.</summary>
    private static bool MixesDirections(string text)
    {
        var runes = text.EnumerateRunes().ToList();
        return runes.Exists(RightToLeft)
            && (runes.Exists(static r => Rune.IsLetter(r) && !RightToLeft(r)) || !RightToLeft(runes[0]) || !RightToLeft(runes[^1]));
    }

    private static bool RightToLeft(Rune rune) =>
        Rune.IsLetter(rune) && rune.Value is (>= 0x0590 and <= 0x08FF) or (>= 0xFB1D and <= 0xFDFF) or (>= 0xFE70 and <= 0xFEFC);
}
