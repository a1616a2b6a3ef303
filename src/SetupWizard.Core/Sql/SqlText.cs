using SetupWizard.Core.Model;

namespace SetupWizard.Core.Sql;

/// <summary>
/// A statement as it is shown and as it is sent. The two differ in one place only: where the ClickPipes user's password stands,
/// the shown text has dots (<see cref="SecretString.Mask"/>) and the sent text has the quoted verifier.
/// </summary>
/// <param name="Template">The statement, without a trailing semicolon; <see cref="PasswordHole"/> marks where the password literal goes.</param>
public sealed record SqlText(string Template)
{
    /// <summary>Where the password literal of the ClickPipes user goes. It has a NUL in it, so no name or literal can imitate it.</summary>
    public const string PasswordHole = "\0password\0";

    /// <summary>Where there is nothing to run.</summary>
    public static SqlText Nothing { get; } = new("");

    /// <summary>Whether the statement needs the ClickPipes user's password.</summary>
    public bool HasSecret => Template.Contains(PasswordHole, StringComparison.Ordinal);

    /// <summary>The statement for people, logs, audit and scripts: never a secret in it.</summary>
    public string Display => Template.Replace(PasswordHole, "'" + SecretString.Mask + "'", StringComparison.Ordinal);

    /// <summary>The statement for the server.</summary>
    /// <param name="password">The password or its SCRAM verifier, used only when <see cref="HasSecret"/>.</param>
    /// <exception cref="InvalidOperationException">The statement needs a password and none was given.</exception>
    public string Execute(SecretString? password)
    {
        if (!HasSecret)
        {
            return Template;
        }

        if (password is null)
        {
            throw new InvalidOperationException("The statement needs the ClickPipes user's password.");
        }

        return Template.Replace(PasswordHole, PgLiteral.Quote(password.Reveal()), StringComparison.Ordinal);
    }

    /// <summary>The shown form.</summary>
    public override string ToString() => Display;
}
