using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;

namespace SetupWizard.Core.Requirements.Access;

/// <summary>SW308: the user can do no more than read and replicate.</summary>
public sealed class LeastPrivilege : IRequirement
{
    /// <inheritdoc/>
    public RequirementId Id => RequirementId.LeastPrivilege;

    /// <inheritdoc/>
    public Area Area => Area.Access;

    /// <inheritdoc/>
    public IReadOnlyList<string> Cases { get; } = ["administrator", "attributes", "can-write", "can-write-otherwise", Verdicts.UnreadableCase, Verdicts.NotApplicableCase];

    /// <inheritdoc/>
    public IEnumerable<Finding> Evaluate(RequirementContext context)
    {
        if (this.UnknownIfUnreadable(context, "pg_class", "pg_roles") is { } blind)
        {
            return [blind];
        }

        if (context.Snapshot.Role(context.Goal.User) is not { } user)
        {
            return [this.NotApplicable(("user", context.Goal.User))];
        }

        var powers = new List<string>();
        powers.AddRange(user.Superuser ? ["SUPERUSER"] : []);
        powers.AddRange(user.CreateRole ? ["CREATEROLE"] : []);
        powers.AddRange(user.CreateDb ? ["CREATEDB"] : []);
        (string, object?)[] arguments = [("user", user.Name), ("powers", string.Join(", ", powers))];

        // This very login, or a superuser, is somebody's administrator: taking powers from it would be worse than the finding.
        if (user.Superuser || user.Name == context.Snapshot.Admin.Name)
        {
            return [this.Finding(FindingState.Advice, "administrator", arguments) with { Subjects = [new Subject(SubjectKind.Role, user.Name)] }];
        }

        var findings = new List<Finding>();
        if (powers.Count > 0)
        {
            var clause = string.Join(" ", powers.Select(p => "NO" + p));
            findings.Add(this.Finding(FindingState.Advice, "attributes", arguments) with
            {
                Actual = string.Join(" ", powers),
                Subjects = [new Subject(SubjectKind.Role, user.Name)],
                Fixes = [UserChanges.Alter(context, user, "reduce-user", clause, string.Join(" ", powers), Id, Powers(user.Name, string.Join(" ", powers)))],
            });
        }

        var writable = context.Families.Members(context.Tables.Chosen).Where(t => t.UserCanWrite).ToLookup(t => t.UserWrites != TableWrites.None);
        if (writable[true].ToList() is { Count: > 0 } granted)
        {
            findings.Add(this.Finding(FindingState.Advice, "can-write", arguments) with { Subjects = granted.Subjects(), Fixes = Revoke(context, granted) });
        }

        // What others were granted is not ours to take away.
        if (writable[false].ToList() is { Count: > 0 } otherwise)
        {
            findings.Add(this.Finding(FindingState.Advice, "can-write-otherwise", arguments) with { Subjects = otherwise.Subjects() });
        }

        return findings.Count > 0 ? findings : [this.Satisfied(arguments)];
    }

    private static LeftState Powers(string user, string before) => LeftStates.Attribute(
        user,
        "pg_catalog.concat_ws(' ', CASE WHEN r.rolsuper THEN 'SUPERUSER' END, CASE WHEN r.rolcreaterole THEN 'CREATEROLE' END, CASE WHEN r.rolcreatedb THEN 'CREATEDB' END)",
        before,
        "");

    private static IReadOnlyList<Change> Revoke(RequirementContext context, List<TableFact> tables) =>
    [
        .. OwnerChanges.Memberships(context.Snapshot, tables.Select(t => t.Owner)),
        .. SchemaEntry.For(context.Snapshot, tables.Where(t => AdminPowers.CanBecome(context.Snapshot, t.Owner))),

        // Tables that get the same back, in the same words, share a statement.
        .. tables.GroupBy(t => (RunBy: AdminPowers.CanBecome(context.Snapshot, t.Owner) ? null : t.Owner, t.UserWrites, Columns: Columns(context, t)))
            .SelectMany(g => g.Chunk(SelectGrants.Chunk).Select(chunk => Revoke(context, g.Key.RunBy, g.Key.UserWrites, g.Key.Columns, chunk))),
    ];

    /// <summary>What gives privileges on single columns back, which go along; empty for most.</summary>
    private static string Columns(RequirementContext context, TableFact table) =>
        string.Join(
            "; ",
            SelectGrants.Columns(context.Snapshot.ColumnGrants.Where(g => g.Table == table.Ref && g.Privilege is "INSERT" or "UPDATE" && g.Grantor == table.Owner), context.Goal.User));

    private static SqlChange Revoke(RequirementContext context, string? runBy, TableWrites writes, string columns, TableFact[] tables)
    {
        var user = PgIdentifier.Quote(context.Goal.User);
        var give = string.Join("; ", LeftStates.Written(writes).GroupBy(static w => w.Grantable)
            .Select(g => $"GRANT {string.Join(", ", g.Select(static w => w.Privilege))} ON {LeftState.TablesHole} TO {user}{(g.Key ? " WITH GRANT OPTION" : "")}")
            .Concat(columns.Length > 0 ? [columns] : []));
        var leaves = LeftStates.Writable(context.Goal.User, writes, LeftStates.Tables(tables), give);
        return new SqlChange
        {
            For = RequirementId.LeastPrivilege,
            Kind = "revoke-write",
            Phase = ChangePhase.Grants,
            Statement = new SqlText($"REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON {string.Join(", ", tables.Select(t => t.Ref.Quoted))} FROM {user}"),
            Undo = leaves.UndoFor(tables.Select(static t => t.Ref)),
            Leaves = leaves,
            Needs = SchemaEntry.Needs(context.Snapshot, tables, runBy),
            RunBy = runBy,
            Arguments = Verdicts.Args(("user", context.Goal.User), ("count", tables.Length)),
        };
    }
}
