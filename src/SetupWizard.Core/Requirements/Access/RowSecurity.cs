using System.Text;
using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;

namespace SetupWizard.Core.Requirements.Access;

/// <summary>
/// SW307: row security hides no rows from the user; it would read none of them and get no error. Policies hold for the relation that a query names, and
/// ClickPipes reads partitions and heirs by their own names.
/// See <see href="https://www.postgresql.org/docs/current/ddl-rowsecurity.html"/>.
/// </summary>
public sealed class RowSecurity : IRequirement
{
    /// <summary>The kind of change that makes a policy.</summary>
    internal const string PolicyKind = "create-policy";

    /// <inheritdoc/>
    public RequirementId Id => RequirementId.RowSecurity;

    /// <inheritdoc/>
    public Area Area => Area.Access;

    /// <inheritdoc/>
    public IReadOnlyList<string> Cases { get; } = ["hidden-bypass", "hidden-policy", "hidden-restrictive", Verdicts.UnreadableCase, Verdicts.NotApplicableCase];

    /// <inheritdoc/>
    public IEnumerable<Finding> Evaluate(RequirementContext context)
    {
        if (this.UnknownIfUnreadable(context, "pg_class", "pg_roles") is { } blind)
        {
            yield return blind;
            yield break;
        }

        if (context.Tables.Chosen.Count == 0)
        {
            yield return this.NotApplicable();
            yield break;
        }

        var user = context.Snapshot.Role(context.Goal.User);
        var hidden = user is { Superuser: true } or { BypassRls: true } ? [] : context.Families.Readable(context.Tables.Chosen)
            .Where(t => t.RowSecurityHides)
            .ToList();
        (string, object?)[] arguments = [("user", context.Goal.User)];
        if (hidden.Count == 0)
        {
            yield return this.Satisfied(arguments);
            yield break;
        }

        if (MayBypass(context, user))
        {
            yield return this.Finding(FindingState.Blocking, "hidden-bypass", arguments) with { Subjects = hidden.Subjects(), Fixes = [Bypass(context)] };
            yield break;
        }

        var permitted = hidden.Where(t => !t.RestrictivePolicyHides).ToList();
        if (permitted.Count > 0)
        {
            yield return this.Finding(FindingState.Blocking, "hidden-policy", arguments) with { Subjects = permitted.Subjects(), Fixes = Policies(context, permitted) };
        }

        var restricted = hidden.Where(t => t.RestrictivePolicyHides).ToList();
        if (restricted.Count > 0)
        {
            yield return this.Finding(FindingState.Blocking, "hidden-restrictive", arguments) with { Subjects = restricted.Subjects() };
        }
    }

    /// <summary>The policy's name: <c>clickpipes_read_</c> and the user, cut to what a name may hold.</summary>
    internal static string PolicyName(string user)
    {
        var name = new StringBuilder("clickpipes_read_");
        var bytes = name.Length;
        foreach (var rune in user.EnumerateRunes())
        {
            bytes += rune.Utf8SequenceLength;
            if (bytes > PgIdentifier.MaxBytes)
            {
                break;
            }

            name.Append(rune.ToString());
        }

        return name.ToString();
    }

    private static bool MayBypass(RequirementContext context, RoleFact? user)
    {
        var snapshot = context.Snapshot;
        var admin = snapshot.Admin;
        var ownRight = snapshot.Server.Major >= PostgresFeatures.CreateRoleNeedsAdminOption && admin is { BypassRls: true, CreateRole: true };
        return context.Provider.BypassRlsGrantable
            && (AdminPowers.IsProviderAdmin(snapshot, context.Provider) || ownRight)
            && (user is null || AdminPowers.CanAlterRole(snapshot, context.Provider, user));
    }

    private static SqlChange Bypass(RequirementContext context)
    {
        var user = PgIdentifier.Quote(context.Goal.User);
        return new SqlChange
        {
            For = RequirementId.RowSecurity,
            Kind = "bypass-row-security",
            Needs = Needs.User(context),
            Phase = ChangePhase.User,
            Statement = new SqlText($"ALTER USER {user} WITH BYPASSRLS"),
            Undo = new SqlText($"ALTER USER {user} WITH NOBYPASSRLS"),
            Leaves = LeftStates.Flag(context.Goal.User, "rolbypassrls", true),
            Arguments = Verdicts.Args(("user", context.Goal.User)),
        };
    }

    private static IReadOnlyList<Change> Policies(RequirementContext context, List<TableFact> hidden) =>
    [
        .. OwnerChanges.Memberships(context.Snapshot, hidden.Select(t => t.Owner)),
        .. SchemaEntry.For(context.Snapshot, hidden.Where(t => AdminPowers.CanBecome(context.Snapshot, t.Owner))),
        .. hidden.Select(t => Policy(context, t)),
    ];

    private static SqlChange Policy(RequirementContext context, TableFact table)
    {
        var name = PolicyName(context.Goal.User);
        var target = PgIdentifier.Quote(name) + " ON " + table.Ref.Quoted;
        var runBy = AdminPowers.CanBecome(context.Snapshot, table.Owner) ? null : table.Owner;
        return new SqlChange
        {
            For = RequirementId.RowSecurity,
            Kind = PolicyKind,
            Needs = [.. Needs.User(context), .. SchemaEntry.Needs(context.Snapshot, [table], runBy)],
            Phase = ChangePhase.Grants,
            Risk = ChangeRisk.Lock,
            Statement = new SqlText($"CREATE POLICY {target} FOR SELECT TO {PgIdentifier.Quote(context.Goal.User)} USING (true)"),
            Undo = new SqlText($"DROP POLICY {target}"),
            Leaves = LeftStates.Policy(name, table.Ref, "r true"),
            NeededWhen = $"NOT EXISTS (SELECT FROM pg_catalog.pg_policy WHERE polname = {PgLiteral.Quote(name)} AND polrelid = {Conditions.Oid(table.Ref)})",
            RunBy = runBy,
            Arguments = Verdicts.Args(("user", context.Goal.User), ("table", table.Ref.ToString())),
        };
    }
}
