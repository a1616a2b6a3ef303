using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace SetupWizard.Core.Connecting;

/// <summary>
/// Marks that consoles, documentation and programs put where a value goes: <c>[YOUR-PASSWORD]</c>, <c>{your_password}</c>, <c>${DB_PASSWORD}</c>, stars.
/// Only forms that are known: brackets around another word may well be somebody's password.
/// </summary>
internal static partial class Placeholders
{
    private static readonly FrozenSet<string> s_forPassword = new[]
    {
        "password", "passwd", "pass", "pwd", "dbpassword", "databasepassword", "userpassword", "adminpassword", "postgrespassword", "pgpassword",
        "redacted", "hidden", "masked", "sensitive", "sensitivevalue", "removed", "omitted",
    }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenSet<string> s_forNames = new[]
    {
        "user", "username", "login", "role", "dbuser", "dbusername", "databaseuser", "admin", "adminuser",
        "host", "hostname", "server", "servername", "endpoint", "address", "ip", "dbhost", "databasehost", "fqdn",
        "port", "dbport", "database", "databasename", "dbname", "db",
        "projectref", "ref", "project", "projectid", "region", "branch", "branchid", "id", "tenant", "instance",
    }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly string[] s_requests = ["replacewith", "replace", "insert", "enter", "the", "my"];

    /// <summary>Whether it is no password but stands for one, or hides it.</summary>
    public static bool IsPassword(string value) => Whole(value.Trim(), s_forPassword.Contains) || Hidden().IsMatch(value);

    /// <summary>Whether some part of a name is still to be filled in: <c>db.[PROJECT-REF].supabase.co</c>.</summary>
    public static bool IsIn(string value) =>
        Whole(value.Trim(), s_forNames.Contains) || Within().Matches(value).Any(static m => !m.Groups["word"].Success || IsWord(m.Groups["word"].Value, s_forNames.Contains));

    /// <summary>What can be shown of one: a mark as it is where it is nothing but a mark; never what a default holds, a command's arguments, or code.</summary>
    public static string Show(string value)
    {
        var text = value.Trim();
        return Variable().Match(text) is { Success: true } variable ? "${" + variable.Groups["name"].Value + "}"
            : Bracketed().IsMatch(text) || PlainVariable().IsMatch(text) || ToFillIn().IsMatch(text) || Hidden().IsMatch(text) ? text.Length <= 40 ? text : text[..20]
            : Command().IsMatch(text) ? "$()"
            : Template().IsMatch(text) ? "{{ }}"
            : "env()";
    }

    private static bool Whole(string text, Func<string, bool> known) =>
        (Bracketed().Match(text) is { Success: true } bracketed && IsWord(bracketed.Groups["word"].Value, known))
        || Variable().IsMatch(text)
        || Command().IsMatch(text)
        || PlainVariable().IsMatch(text)
        || Template().IsMatch(text)
        || Expression().IsMatch(text)
        || ToFillIn().IsMatch(text);

    /// <summary><c>your_password</c>, <c>PASSWORD</c>, <c>enter the password</c>; not <c>yourself</c> or <c>enterprise</c>.</summary>
    private static bool IsWord(string text, Func<string, bool> known)
    {
        if (Yours().IsMatch(text))
        {
            return true;
        }

        var word = new string([.. text.Where(char.IsLetterOrDigit).Select(char.ToLowerInvariant)]);
        foreach (var request in s_requests)
        {
            if (word.StartsWith(request, StringComparison.Ordinal) && !known(word))
            {
                word = word[request.Length..];
            }
        }

        return known(word) || (word.StartsWith("your", StringComparison.Ordinal) && known(word[4..]));
    }

    [GeneratedRegex(@"^(?:\[(?<word>[\w .-]+)\]|\{(?<word>[\w .-]+)\}|<(?<word>[\w .-]+)>|@@(?<word>\w+)@@)$", RegexOptions.CultureInvariant)]
    private static partial Regex Bracketed();

    [GeneratedRegex(@"\byour[ _-]", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Yours();

    /// <summary>Variables in braces, of shells and Spring.</summary>
    [GeneratedRegex(@"^\$\{(?<name>[A-Za-z_][\w.-]*)(?:[:?=+-].*)?\}$", RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex Variable();

    /// <summary>A command whose output is the value; a variable of Kubernetes.</summary>
    [GeneratedRegex(@"^(?:\$\((?:[A-Z_][A-Z0-9_]*|\S+\s.+)\)|`\S+\s.+`)$", RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex Command();

    /// <summary>A variable without braces, when its name says that it holds what is left out.</summary>
    [GeneratedRegex(@"^(?:\$(?:env:)?|%)[A-Z0-9_]*(?:PASSWORD|PASSWD|PASS|PWD|SECRET|TOKEN|USER|USERNAME|HOST|HOSTNAME|PORT|DATABASE|DBNAME|DB)%?$", RegexOptions.CultureInvariant)]
    private static partial Regex PlainVariable();

    [GeneratedRegex(@"^(?:\$?\{\{.+\}\}|<%.+%>|#\{.+\})$", RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex Template();

    /// <summary>Code that fetches the value.</summary>
    [GeneratedRegex(@"^(?:process\.env\b|os\.environ\b|os\.getenv\(|System\.getenv\(|ENV[\[.]|env\(|getenv\(|import\.meta\.env\b|\$_ENV\b|Deno\.env\b)", RegexOptions.CultureInvariant)]
    private static partial Regex Expression();

    [GeneratedRegex(@"^(?:YOUR[-_ ][A-Z_ -]+|REVEAL_PASSWORD|CLICK_TO)$", RegexOptions.CultureInvariant)]
    private static partial Regex ToFillIn();

    /// <summary>Stars and dots; what Go's url.Redacted writes.</summary>
    [GeneratedRegex(@"^(?:\*{3,}|[\u2022\u25CF\u00B7]{3,}|xxxxx)$", RegexOptions.CultureInvariant)]
    private static partial Regex Hidden();

    [GeneratedRegex(@"\[(?<word>[\w .-]+)\]|\{(?<word>[\w .-]+)\}|<(?<word>[\w .-]+)>|\$\{[^{}]+\}|\{\{.+?\}\}|\$\([^()]+\)", RegexOptions.CultureInvariant)]
    private static partial Regex Within();
}
