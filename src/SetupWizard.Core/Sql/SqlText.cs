
namespace SetupWizard.Core.Sql;

/// <summary>
/// A statement as it is shown and as it is sent. The two differ in one place only: where the ClickPipes user's password stands,
/// the shown text has dots (<see cref="SecretString.Mask"/>) and the sent text has the quoted verifier.
/// </summary>
public sealed record SqlText
{
    private Func<string>? _write;
    private string? _template;

    /// <summary>A statement.</summary>
    /// <param name="template">The statement, without a trailing semicolon; <see cref="PasswordHole"/> marks where the password literal goes.</param>
    public SqlText(string template) => _template = template;

    private SqlText(Func<string> write) => _write = write;

    /// <summary>Where the password literal of the ClickPipes user goes. It has a NUL in it, so no name or literal can imitate it.</summary>
    public const string PasswordHole = "\0password\0";

    /// <summary>Where there is nothing to run.</summary>
    public static SqlText Nothing { get; } = new("");

    /// <summary>The statement, without a trailing semicolon, with <see cref="PasswordHole"/> in the place of the password literal.</summary>
    public string Template => _template ?? Write();

    /// <summary>A statement that names very many things: it is written when somebody looks at it, and most readings are made to see whether all is well.</summary>
    /// <param name="write">Writes it, always the same.</param>
    public static SqlText Later(Func<string> write) => new(write);

    /// <summary>Two that come at once write the same; what it was written from is let go.</summary>
    private string Write()
    {
        // In this order: whoever finds nothing to write with finds what was written.
        var write = Volatile.Read(ref _write);
        var template = _template ?? write!();
        _template = template;
        Volatile.Write(ref _write, null);
        return template;
    }

    /// <inheritdoc/>
    public bool Equals(SqlText? other) => ReferenceEquals(this, other) || (other is not null && Template == other.Template);

    /// <inheritdoc/>
    public override int GetHashCode() => Template.GetHashCode(StringComparison.Ordinal);

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
