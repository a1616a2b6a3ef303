namespace SetupWizard.Core.Model;

/// <summary>Who may connect from where.</summary>
/// <param name="Rules">The lines in their order: the first that fits decides.</param>
/// <param name="UserRoles">The ClickPipes user and every role it is a member of, directly or not: what <c>+role</c> in a line asks for. Empty while the user does not exist.</param>
public sealed record AccessFacts(IReadOnlyList<AccessRuleFact> Rules, IReadOnlyList<string> UserRoles);

/// <summary>
/// A line of <c>pg_hba.conf</c> as the file stands, loaded or not.
/// See <see href="https://www.postgresql.org/docs/current/view-pg-hba-file-rules.html"/>.
/// </summary>
public sealed record AccessRuleFact
{
    /// <summary>The line's number in its file.</summary>
    public required int Line { get; init; }

    /// <summary><c>local</c>, <c>host</c>, <c>hostssl</c>, <c>hostnossl</c>, <c>hostgssenc</c>, <c>hostnogssenc</c>; null when the line cannot be read.</summary>
    public string? Type { get; init; }

    /// <summary>Names of databases, and words such as <c>all</c>.</summary>
    public IReadOnlyList<string> Databases { get; init; } = [];

    /// <summary>Names of users, <c>+role</c>, and <c>all</c>.</summary>
    public IReadOnlyList<string> Users { get; init; } = [];

    /// <summary>An address, a host name, or a word such as <c>all</c>; null for <c>local</c>.</summary>
    public string? Address { get; init; }

    /// <summary>The mask of an address; null when there is none.</summary>
    public string? Netmask { get; init; }

    /// <summary>How the user proves who it is: <c>scram-sha-256</c>, <c>reject</c>.</summary>
    public string? Method { get; init; }

    /// <summary>Options of the method: <c>clientcert=verify-full</c>.</summary>
    public IReadOnlyList<string> Options { get; init; } = [];

    /// <summary>What is wrong with the line; null when nothing is.</summary>
    public string? Error { get; init; }

    /// <summary>The line, written again.</summary>
    public string Text => string.Join(
        ' ',
        new[] { Type, string.Join(',', Databases), string.Join(',', Users), Address, Netmask, Method, string.Join(' ', Options) }.Where(static p => !string.IsNullOrEmpty(p)));
}
