using System.Text;
using Npgsql;
using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;

namespace SetupWizard.Core.Connecting;

/// <summary>
/// A password in the form the driver has to be given so that the server gets what psql would send. With SCRAM that is the prepared password (SASLprep), or its
/// bytes as they are where it holds what SASLprep does not allow; with every other method it is the password itself. The driver applies NFKC to a SCRAM password
/// and nothing else: a prepared one is left alone by that, most others are not.
/// </summary>
/// <param name="Text">What to give to the driver.</param>
/// <param name="Methods">The methods it is for, as the driver's <c>Require Auth</c> names them; null for all.</param>
internal readonly record struct LogInPassword(string Text, string? Methods)
{
    private const string Scram = "ScramSHA256";

    /// <summary>A server that asks for no password is given none.</summary>
    private const string NoPassword = "None";

    /// <summary>Never the password: what writes itself would carry it into a log or a message.</summary>
    public override string ToString() => Methods ?? "all";

    /// <summary>
    /// The forms to try, in order. There is a second one only where they differ: it is tried when the server asks for another method than the first is for, before
    /// anything of the password was sent.
    /// </summary>
    /// <param name="password">The password.</param>
    /// <param name="weak">The methods besides SCRAM that may be answered; null for all there are.</param>
    public static IReadOnlyList<LogInPassword> FormsOf(SecretString? password, WeakAuth? weak)
    {
        // An empty one keeps the driver from looking for a password in the environment or the home directory of whoever runs the wizard.
        var text = password?.Reveal() ?? "";
        if (!IsText(text))
        {
            return [];
        }

        var prepared = SaslPrep.Prepare(text);
        var others = weak is { } allowed ? NoPassword + Named(allowed) : null;
        return !prepared.IsNormalized(NormalizationForm.FormKC) ? [new(text, others ?? "!" + Scram)]
            : prepared == text ? [new(text, others is null ? null : Scram + "," + others)]
            : [new(prepared, Scram), new(text, others)];
    }

    /// <summary>Logs in with one form after the other, as long as the server asks for a method that the form is not for.</summary>
    /// <param name="password">The password.</param>
    /// <param name="endpoint">Where to: a password goes in a weak way only to a server that is proved to be the one meant, or where somebody agreed.</param>
    /// <param name="logIn">Logs in with a form.</param>
    /// <exception cref="OpeningFailedException">The password cannot be sent in any form, or must not in the one that is asked for.</exception>
    public static async Task<T> TryAsync<T>(SecretString? password, SourceEndpoint endpoint, Func<LogInPassword, Task<T>> logIn)
    {
        Exception? refused = null;
        foreach (var form in FormsOf(password, endpoint.IsProved ? null : endpoint.AgreedAuth))
        {
            try
            {
                return await logIn(form).ConfigureAwait(false);
            }
            catch (NpgsqlException exception) when (form.IsForAnother(exception))
            {
                // The next form, if there is one, is for the method the server asks for.
                refused = exception;
            }
        }

        // The driver says which method it was asked for first.
        throw refused?.Message.StartsWith("\"Password\"", StringComparison.Ordinal) == true ? OpeningFailedException.AsksForClearText(refused)
            : refused?.Message.StartsWith("\"MD5\"", StringComparison.Ordinal) == true ? OpeningFailedException.AsksForMd5(refused)
            : OpeningFailedException.PasswordCharacters(null);
    }

    /// <summary>Whether the server asked for a method that this form is not for.</summary>
    private bool IsForAnother(Exception exception) =>
        Methods is not null && exception is NpgsqlException and not PostgresException && exception.Message.Contains("authentication method is not allowed", StringComparison.Ordinal);

    private static string Named(WeakAuth weak) => (weak.HasFlag(WeakAuth.Md5) ? ",MD5" : "") + (weak.HasFlag(WeakAuth.Password) ? ",Password" : "");

    /// <summary>Not with half of a character, which has no bytes, nor with a line break at its end, which .NET's connection strings lose.</summary>
    private static bool IsText(string text)
    {
        if (text.EndsWith('\n'))
        {
            return false;
        }

        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsSurrogate(text[i]) && !(char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[++i])))
            {
                return false;
            }
        }

        return true;
    }
}
