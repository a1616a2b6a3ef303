using System.Security.Cryptography;

namespace SetupWizard.Core.Sql;

/// <summary>Passwords nobody has to think of: ASCII letters and digits, so that no program, shell or URL spells them differently.</summary>
public static class PasswordGenerator
{
    /// <summary>How many characters: about 190 bits.</summary>
    public const int Length = 32;

    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    /// <summary>A new password, with capitals, small letters and digits in it, as password policies ask.</summary>
    public static SecretString Create()
    {
        while (true)
        {
            var text = RandomNumberGenerator.GetString(Alphabet, Length);
            if (text.Any(char.IsAsciiLetterUpper) && text.Any(char.IsAsciiLetterLower) && text.Any(char.IsAsciiDigit))
            {
                return new SecretString(text);
            }
        }
    }
}
