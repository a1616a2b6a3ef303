using System.Text;
using SetupWizard.Core.Sql;

namespace SetupWizard.Core.Model;

/// <summary>What a password typed for the ClickPipes user may hold, so that every program that has to send it sends the same bytes.</summary>
public static class PasswordRules
{
    /// <summary>
    /// What is wrong with it; null when nothing is. The sentence is <c>Field.password.{key}</c>: <c>missing</c>, <c>control</c> for
    /// characters nobody can see, <c>ambiguous</c> for characters that clients normalise in different ways (a ligature, a full-width letter).
    /// </summary>
    public static string? Problem(SecretString? password)
    {
        var text = password?.Reveal() ?? "";
        if (text.Length == 0)
        {
            return "missing";
        }

        if (text.EnumerateRunes().Any(static r => Rune.IsControl(r)))
        {
            return "control";
        }

        return SaslPrep.Prepare(text) == text && text.IsNormalized(NormalizationForm.FormKC) ? null : "ambiguous";
    }
}
