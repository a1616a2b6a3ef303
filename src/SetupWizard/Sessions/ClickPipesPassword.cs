using System.Security.Cryptography;

namespace SetupWizard.Sessions;

/// <summary>Passwords for the ClickPipes user.</summary>
public static class ClickPipesPassword
{
    /// <summary>No character that a URL, a shell or a form treats specially, and none that people confuse: about 139 bits.</summary>
    private const string Alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";

    public static string Generate() => RandomNumberGenerator.GetString(Alphabet, 24);
}
