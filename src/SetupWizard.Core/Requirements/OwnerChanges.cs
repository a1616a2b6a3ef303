using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;

namespace SetupWizard.Core.Requirements;

/// <summary>Membership this login takes in roles that own things, so that it may act on them.</summary>
internal static class OwnerChanges
{
    /// <summary>The kind of change that makes this login a member of an owner.</summary>
    public const string Kind = "take-membership";

    /// <summary>
    /// The memberships needed for <paramref name="owners"/>: one for each that is within reach and not there yet.
    /// The same owner gives the same change in every rule, so that a plan lists it once.
    /// See <see href="https://www.postgresql.org/docs/current/sql-grant.html#SQL-GRANT-DESCRIPTION-ROLES"/>.
    /// </summary>
    public static IEnumerable<SqlChange> Memberships(SourceSnapshot snapshot, IEnumerable<string> owners) =>
        owners.Select(o => AdminPowers.Actual(snapshot, o))
            .Distinct(StringComparer.Ordinal)
            .Where(o => AdminPowers.NeedsMembership(snapshot, o))
            .Order(StringComparer.Ordinal)
            .Select(o => Membership(snapshot, o));

    private static SqlChange Membership(SourceSnapshot snapshot, string owner)
    {
        var admin = PgIdentifier.Quote(snapshot.Admin.Name);
        var before = snapshot.Server.Major >= PostgresFeatures.CreateRoleNeedsAdminOption
            ? snapshot.Memberships.FirstOrDefault(m => m.Role == owner && m.Member == snapshot.Admin.Name && m.Grantor == snapshot.Admin.Name)
            : null;
        var options = snapshot.Server.Major >= PostgresFeatures.CreateRoleNeedsAdminOption ? " WITH INHERIT TRUE, SET TRUE" : "";
        return new SqlChange
        {
            For = RequirementId.AdminPowers,
            Kind = Kind,
            Phase = ChangePhase.AdminRights,
            Statement = new SqlText($"GRANT {PgIdentifier.Quote(owner)} TO {admin}{options}"),

            // A membership that was there before, without the owner's rights, gets its options back.
            Undo = new SqlText(before is null ? $"REVOKE {PgIdentifier.Quote(owner)} FROM {admin}" : $"GRANT {PgIdentifier.Quote(owner)} TO {admin} WITH INHERIT {UserChanges.Truth(before.Inherit)}, SET {UserChanges.Truth(before.Set)}"),
            Leaves = LeftStates.Membership(snapshot, owner, snapshot.Admin.Name, new MembershipFact(owner, snapshot.Admin.Name, snapshot.Admin.Name, Admin: before?.Admin == true, Inherit: true, Set: true)),
            NeededWhen = $"NOT pg_catalog.pg_has_role({PgLiteral.Quote(snapshot.Admin.Name)}, {PgLiteral.Quote(owner)}, 'USAGE')",
            Arguments = Verdicts.Args(("owner", owner), ("admin", snapshot.Admin.Name)),
        };
    }
}
