using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;

namespace SetupWizard.Core.Requirements.Access;

/// <summary>
/// SW306: tables made later in a chosen schema, or as partitions or heirs of its tables elsewhere, become readable too, whoever makes them. Default privileges belong to the role that makes the table,
/// so there is one statement for each owner.
/// See <see href="https://www.postgresql.org/docs/current/sql-alterdefaultprivileges.html"/>.
/// </summary>
public sealed class DefaultPrivileges : IRequirement
{
    /// <inheritdoc/>
    public RequirementId Id => RequirementId.DefaultPrivileges;

    /// <inheritdoc/>
    public Area Area => Area.Access;

    /// <inheritdoc/>
    public IReadOnlyList<string> Cases { get; } = ["missing", "later-members", Verdicts.UnreadableCase, Verdicts.NotApplicableCase];

    /// <inheritdoc/>
    public IEnumerable<Finding> Evaluate(RequirementContext context)
    {
        if (this.UnknownIfUnreadable(context, "pg_default_acl", "pg_class", "pg_roles") is { } blind)
        {
            yield return blind;
            yield break;
        }

        var snapshot = context.Snapshot;
        var schemas = TableSelector.SchemasOf(context.Goal);

        // Those who chose tables one by one did not ask for more than these: there the new partition or child table is granted by itself.
        var later = LaterMembers.Of(context).Where(l => l.Need == LaterNeed.Select).ToList();
        if (later.Count > 0)
        {
            yield return this.Finding(FindingState.Advice, "later-members", ("user", context.Goal.User), ("statement", later[0].Statement)) with
            {
                Subjects = [.. later.Select(l => l.Table).Distinct().Select(t => Subject.Of(t))],
            };
        }

        if (!context.Goal.FutureTables || schemas.Count == 0)
        {
            if (later.Count == 0)
            {
                yield return this.NotApplicable(("user", context.Goal.User));
            }

            yield break;
        }

        var all = snapshot.Role(context.Goal.User)?.Superuser == true || snapshot.Role(LaterMembers.ReadsEverything)?.UserIsMember == true;
        var missing = all ? [] : snapshot.Tables
            .Where(t => schemas.Contains(t.Ref.Schema) && TableKinds.IsTable(t) && t.Persistence != 't' && t.Extension is null)
            .Select(t => (t.Ref.Schema, t.Owner))
            .Distinct()
            .Where(p => !snapshot.DefaultPrivileges.Any(d => d.Owner == p.Owner && (d.Schema is null || d.Schema == p.Schema)))
            .Union(LaterMembers.WithoutDefault(context.Goal, snapshot, context.Tables).Where(m => LaterMembers.IsForeseen(context.Goal, m.Table)).Select(m => (m.Schema, m.Owner)))
            .Order()
            .ToList();
        (string, object?)[] arguments =
        [
            ("user", context.Goal.User),
            ("schemas", string.Join(", ", missing.Select(p => p.Schema).Distinct(StringComparer.Ordinal))),
            ("owners", string.Join(", ", missing.Select(p => p.Owner).Distinct(StringComparer.Ordinal))),
        ];
        if (missing.Count == 0 && later.Count > 0)
        {
            yield break;
        }

        yield return (missing.Count == 0 ? this.Satisfied(arguments) : this.Finding(FindingState.Warning, "missing", arguments)) with
        {
            Subjects = [.. missing.Select(p => new Subject(SubjectKind.Role, p.Owner, p.Schema))],
            Fixes =
            [
                .. OwnerChanges.Memberships(snapshot, missing.Select(p => p.Owner)),
                // A role whose name is in another database's encoding cannot be named from this one.
                .. missing.Where(p => !ServerText.IsBroken(p.Owner)).Select(p => Cover(context, p.Schema, p.Owner)),
            ],
        };
    }

    private static SqlChange Cover(RequirementContext context, string schema, string owner)
    {
        var user = PgIdentifier.Quote(context.Goal.User);
        var scope = $"ALTER DEFAULT PRIVILEGES FOR ROLE {PgIdentifier.Quote(owner)} IN SCHEMA {PgIdentifier.Quote(schema)}";
        return new SqlChange
        {
            For = RequirementId.DefaultPrivileges,
            Kind = "default-privileges",
            Needs = Needs.User(context),
            Phase = ChangePhase.Grants,
            Statement = new SqlText($"{scope} GRANT SELECT ON TABLES TO {user}"),
            Undo = new SqlText($"{scope} REVOKE SELECT ON TABLES FROM {user}"),
            Leaves = LeftStates.Granted(
                "pg_catalog.pg_default_acl d JOIN pg_catalog.pg_namespace n ON n.oid = d.defaclnamespace JOIN pg_catalog.pg_roles o ON o.oid = d.defaclrole",
                "d.defaclacl",
                "d.defaclrole",
                $"d.defaclobjtype = 'r' AND n.nspname = {PgLiteral.Quote(schema)} AND o.rolname = {PgLiteral.Quote(owner)}",
                context.Goal.User,
                "SELECT") with
            {
                // What is made later gets SELECT by this change alone.
                Tables = LeftStates.Tables(context.Snapshot.Tables.Where(t => t.Ref.Schema == schema && t.Owner == owner && !t.Ref.IsBroken)),
            },
            RunBy = AdminPowers.CanBecome(context.Snapshot, owner) ? null : owner,
            Arguments = Verdicts.Args(("user", context.Goal.User), ("schema", schema), ("owner", owner)),
        };
    }
}
