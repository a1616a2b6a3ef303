using System.Globalization;
using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;
using SetupWizard.Core.Text;
using SetupWizard.Core.Wording;

namespace SetupWizard.Cli;

/// <summary>Passwords from the environment, from standard input, or typed at the terminal; never from an argument of their own.</summary>
internal sealed class Secrets(CliHost host, CultureInfo culture)
{
    public const string AdminVariable = "SETUPWIZARD_ADMIN_PASSWORD";
    public const string ClickPipesVariable = "SETUPWIZARD_CLICKPIPES_PASSWORD";

    /// <summary>Says something beside the output.</summary>
    public void Say(string sentence) => host.Error.WriteLine(sentence);

    /// <summary>The administrator's password; null when there is none to be had, which some servers accept.</summary>
    /// <param name="user">The administrator.</param>
    /// <param name="inUrl">The one in the URL.</param>
    /// <param name="leftOut">Whether the URL only has a mark where it goes: then it is said where it comes from.</param>
    public SecretString? Admin(string user, SecretString? inUrl, bool leftOut)
    {
        if (inUrl is not null)
        {
            host.Error.WriteLine(Messages.Get("Cli.PasswordInUrl", culture, ("variable", AdminVariable)));
            return inUrl;
        }

        var inVariable = SecretString.From(host.Variable(AdminVariable));
        if (inVariable is not null && leftOut)
        {
            Say(Messages.Get("Cli.PasswordOfVariable", culture, ("variable", AdminVariable)));
        }

        return inVariable ?? Ask("Cli.AdminPassword", user, AdminVariable);
    }

    /// <summary>The ClickPipes user's password, which cannot be done without.</summary>
    /// <param name="user">The user.</param>
    /// <param name="isNew">Whether the password is being chosen now: then it is typed twice.</param>
    /// <param name="cancellationToken">Stops waiting for an answer.</param>
    /// <exception cref="UsageException">There is none, or not every program would send the one that was chosen in the same way.</exception>
    public async Task<SecretString> ClickPipesAsync(string user, bool isNew, CancellationToken cancellationToken)
    {
        // Reading at a terminal cannot be cancelled: it is left behind when Ctrl+C comes first.
        var password = SecretString.From(host.Variable(ClickPipesVariable))
            ?? await Task.Run(() => Choose(user, isNew), CancellationToken.None).WaitAsync(cancellationToken);
        return isNew && PasswordRules.Problem(password) is { } wrong
            ? throw new UsageException(ConnectText.For(new Core.Connecting.FieldProblem("password", wrong), culture))
            : password;
    }

    /// <summary>The verifier of the ClickPipes user's password, where the environment has that, to stand in a script; it is said. Null where psql has to ask.</summary>
    /// <exception cref="UsageException">Not every program would send that password in the same way.</exception>
    public SecretString? Verifier(SetupGoal goal)
    {
        if (goal.SendPasswordAsText || SecretString.From(host.Variable(ClickPipesVariable)) is not { } password)
        {
            return null;
        }

        if (PasswordRules.Problem(password) is { } wrong)
        {
            throw new UsageException(ConnectText.For(new Core.Connecting.FieldProblem("password", wrong), culture));
        }

        Say(Messages.Get("Cli.VerifierInScript", culture, ("variable", ClickPipesVariable)));
        return ScramVerifier.Create(password);
    }

    /// <summary>A secret that opens a bastion: from the environment, or typed at the terminal when it is asked for.</summary>
    /// <param name="variable">The environment variable.</param>
    /// <param name="question">The question's words; null when nobody is to be asked.</param>
    /// <param name="subject">What it is the secret of.</param>
    public SecretString? Ssh(string variable, string? question, string subject)
    {
        // Standard input belongs to the passwords of the database.
        return SecretString.From(host.Variable(variable))
            ?? (question is not null && host.Interactive ? SecretString.From(host.AskSecret(Messages.Get(question, culture, ("subject", subject)))) : null);
    }

    /// <summary>A token for the ClickPipes user; null when there is none, and the log-in is then not tried.</summary>
    public async Task<SecretString?> TokenAsync(string user, CancellationToken cancellationToken) =>
        SecretString.From(host.Variable(ClickPipesVariable)?.Trim())
        ?? await Task.Run(() => Ask("Cli.ClickPipesToken", user, ClickPipesVariable), CancellationToken.None).WaitAsync(cancellationToken);

    private SecretString Choose(string user, bool isNew)
    {
        var first = Ask("Cli.ClickPipesPassword", user, ClickPipesVariable)
            ?? throw new UsageException(Messages.Get("Cli.ClickPipesPasswordNeeded", culture, ("user", user), ("variable", ClickPipesVariable)));
        if (host.Interactive && isNew && host.AskSecret(Messages.Get("Cli.PasswordAgain", culture)) != first.Reveal())
        {
            throw new UsageException(Messages.Get("Cli.PasswordsDiffer", culture));
        }

        return first;
    }

    private SecretString? Ask(string key, string user, string variable)
    {
        var prompt = Messages.Get(key, culture, ("user", user));
        if (host.Interactive)
        {
            return SecretString.From(host.AskSecret(prompt));
        }

        // Said before reading: a pipe that nobody closes would otherwise look like a hang.
        host.Error.WriteLine(Messages.Get("Cli.ReadingSecret", culture, ("prompt", prompt), ("variable", variable)));
        return SecretString.From(host.Input.ReadLine());
    }
}
