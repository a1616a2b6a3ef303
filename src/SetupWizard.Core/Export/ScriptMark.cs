using System.Security.Cryptography;
using System.Text;
using SetupWizard.Core.HandOff;
using SetupWizard.Core.Sql;

namespace SetupWizard.Core.Export;

/// <summary>
/// The comment that a script puts on the user and the publication it makes. By it the script, run again, and the one that takes it back know what they made from what somebody else made
/// under the same name between their writing and their run. See <see href="https://www.postgresql.org/docs/current/sql-comment.html"/>.
/// </summary>
/// <param name="Text">The comment. The same plan for the same database has the same.</param>
/// <param name="User">The user the script makes; null when it makes none.</param>
/// <param name="Publication">The publication the script makes; null when it makes none.</param>
internal sealed record ScriptMark(string Text, string? User, string? Publication)
{
    private const string CreateUser = "create-user";
    private const string CreatePublication = "create-publication";

    /// <summary>The mark of a script of these statements.</summary>
    /// <param name="statements">All of them. What another role makes is made in its own way, and carries no mark.</param>
    /// <param name="database">The database they are for.</param>
    /// <param name="user">The ClickPipes user.</param>
    /// <param name="publication">The publication.</param>
    public static ScriptMark Of(IReadOnlyList<PlanStatement> statements, string database, string user, string publication)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', statements.Select(static s => s.Sql).Prepend(database))));
        return new(
            "Made for ClickPipes by SetupWizard, script " + Convert.ToHexStringLower(hash)[..12],
            statements.Any(static s => s is { Kind: CreateUser, RunBy: null }) ? user : null,
            statements.Any(static s => s is { Kind: CreatePublication, RunBy: null }) ? publication : null);
    }

    /// <summary>The statement that puts it on what a statement has just made; null for one that makes nothing of these.</summary>
    public string? Beside(PlanStatement statement)
    {
        ArgumentNullException.ThrowIfNull(statement);
        return statement switch
        {
            { Kind: CreateUser, RunBy: null } when User is not null => $"COMMENT ON ROLE {PgIdentifier.Quote(User)} IS {PgLiteral.Quote(Text)}",
            { Kind: CreatePublication, RunBy: null } when Publication is not null => $"COMMENT ON PUBLICATION {PgIdentifier.Quote(Publication)} IS {PgLiteral.Quote(Text)}",
            _ => null,
        };
    }

    /// <summary>What there is of it without the mark, as a query that gives descriptions.</summary>
    public string? Somebodys()
    {
        List<string> parts =
        [
            .. User is null ? [] : new[] { $"SELECT pg_catalog.format('user %I', r.rolname) FROM pg_catalog.pg_roles r WHERE r.rolname = {PgLiteral.Quote(User)} AND pg_catalog.shobj_description(r.oid, 'pg_authid') IS DISTINCT FROM {PgLiteral.Quote(Text)}" },
            .. Publication is null ? [] : new[] { $"SELECT pg_catalog.format('publication %I', p.pubname) FROM pg_catalog.pg_publication p WHERE p.pubname = {PgLiteral.Quote(Publication)} AND pg_catalog.obj_description(p.oid, 'pg_publication') IS DISTINCT FROM {PgLiteral.Quote(Text)}" },
        ];
        return parts.Count == 0 ? null : string.Join("\n    UNION ALL ", parts);
    }
}
