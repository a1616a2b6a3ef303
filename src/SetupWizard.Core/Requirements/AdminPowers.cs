using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Runtime.CompilerServices;
using SetupWizard.Core.Model;
using SetupWizard.Core.Providers;
using SetupWizard.Core.Sql;

namespace SetupWizard.Core.Requirements;

/// <summary>How this login gets at something another role owns.</summary>
public enum Reach
{
    /// <summary>It has the owner's rights already.</summary>
    Direct,

    /// <summary>It can make itself a member of the owner first.</summary>
    ByMembership,

    /// <summary>It cannot: somebody else has to do it.</summary>
    None,
}

/// <summary>
/// What this login can do, told from the facts by PostgreSQL's own rules, never by "is superuser" alone.
/// See <see href="https://www.postgresql.org/docs/current/role-attributes.html"/> and, for the change in version 16,
/// <see href="https://www.postgresql.org/docs/16/release-16.html"/>.
/// </summary>
public static class AdminPowers
{
    private const string DatabaseOwnerRole = "pg_database_owner";

    /// <summary>Roles of the services themselves, which CREATEROLE alone does not hand on there.</summary>
    private static readonly FrozenSet<string> s_ofProviders =
        ProviderCatalog.All.SelectMany(static p => p.MarkerRoles.Append(p.AdminRole)).OfType<string>().ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Memoized results by owner: they are asked for with every table, and there are few owners.</summary>
    private static readonly ConditionalWeakTable<SourceSnapshot, ConcurrentDictionary<string, Reach>> s_reach = [];

    /// <summary>May create roles.</summary>
    public static bool CanCreateRole(SourceSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        return snapshot.Admin.Superuser || snapshot.Admin.CreateRole;
    }

    /// <summary>Is one of the provider's administrators: superuser, or has the privileges of its administrators' role.</summary>
    public static bool IsProviderAdmin(SourceSnapshot snapshot, ProviderProfile provider)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        ArgumentNullException.ThrowIfNull(provider);
        return snapshot.Admin.Superuser
            || (provider.AdminRole is { } role && (role == snapshot.Admin.Name || snapshot.Role(role)?.AdminInherits == true));
    }

    /// <summary>May give the ClickPipes user the right to replicate, the way this provider does it; perhaps after taking REPLICATION itself.</summary>
    public static bool CanGiveReplication(SourceSnapshot snapshot, ProviderProfile provider)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        ArgumentNullException.ThrowIfNull(provider);
        var admin = snapshot.Admin;
        if (admin.Superuser)
        {
            return true;
        }

        if (provider.ReplicationGrant == ReplicationGrant.Membership)
        {
            return provider.ReplicationRole is { } role && CanGrant(snapshot, role);
        }

        var ownRight = snapshot.Server.Major >= PostgresFeatures.CreateRoleNeedsAdminOption && admin.Replication;
        return (ownRight || MaySetReplication(snapshot, provider)) && admin.CreateRole;
    }

    /// <summary>Has to set REPLICATION on itself before it can set it on others, and may.</summary>
    public static bool NeedsOwnReplication(SourceSnapshot snapshot, ProviderProfile provider)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        ArgumentNullException.ThrowIfNull(provider);
        return provider.ReplicationGrant == ReplicationGrant.Attribute
            && !snapshot.Admin.Superuser
            && !snapshot.Admin.Replication
            && snapshot.Server.Major >= PostgresFeatures.CreateRoleNeedsAdminOption
            && MaySetReplication(snapshot, provider);
    }

    /// <summary>May change attributes of an existing role, the ClickPipes user's for example.</summary>
    public static bool CanAlterRole(SourceSnapshot snapshot, ProviderProfile provider, RoleFact role)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        ArgumentNullException.ThrowIfNull(provider);
        ArgumentNullException.ThrowIfNull(role);

        // Before 16 only a superuser may touch a role that has REPLICATION.
        return CanConfigureRole(snapshot, role)
            && (snapshot.Admin.Superuser
                || !role.Replication
                || snapshot.Server.Major >= PostgresFeatures.CreateRoleNeedsAdminOption
                || MaySetReplication(snapshot, provider));
    }

    /// <summary>May attach settings to an existing role (<c>ALTER ROLE … SET</c>).</summary>
    public static bool CanConfigureRole(SourceSnapshot snapshot, RoleFact role)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        ArgumentNullException.ThrowIfNull(role);
        var admin = snapshot.Admin;
        return admin.Superuser
            || (!role.Superuser && admin.CreateRole && (snapshot.Server.Major < PostgresFeatures.CreateRoleNeedsAdminOption || role.AdminMayGrant));
    }

    /// <summary>May grant membership in a role, to itself or to others.</summary>
    public static bool CanGrant(SourceSnapshot snapshot, string role)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        if (snapshot.Role(role) is not { } fact || role == DatabaseOwnerRole || ServerText.IsBroken(role))
        {
            return false;
        }

        return snapshot.Admin.Superuser
            || (!fact.Superuser && (fact.AdminMayGrant || (snapshot.Server.Major < PostgresFeatures.CreateRoleNeedsAdminOption && snapshot.Admin.CreateRole)));
    }

    /// <summary>Has a role's rights, or can get them.</summary>
    public static bool CanBecome(SourceSnapshot snapshot, string role) => ReachOf(snapshot, role) != Reach.None;

    /// <summary>Has to become a member of the role first, and can.</summary>
    public static bool NeedsMembership(SourceSnapshot snapshot, string role) => ReachOf(snapshot, role) == Reach.ByMembership;

    /// <summary>How this login gets at what <paramref name="owner"/> owns.</summary>
    public static Reach ReachOf(SourceSnapshot snapshot, string owner)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        return s_reach.GetOrCreateValue(snapshot).GetOrAdd(owner, static (o, s) => FindReach(s, o), snapshot);
    }

    /// <summary>What alone keeps this login from becoming a member of <paramref name="owner"/>; null when nothing does, or when it has no right to it anyway.</summary>
    internal static JoinObstacle? ObstacleOf(SourceSnapshot snapshot, string owner)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        var role = Actual(snapshot, owner);
        return !HasRights(snapshot, owner) && MayJoin(snapshot, role) ? JoinObstacle.Of(snapshot, role) : null;
    }

    private static Reach FindReach(SourceSnapshot snapshot, string owner)
    {
        var role = Actual(snapshot, owner);
        return HasRights(snapshot, owner) ? Reach.Direct
            : MayJoin(snapshot, role) && JoinObstacle.Of(snapshot, role) is null ? Reach.ByMembership
            : Reach.None;
    }

    private static bool HasRights(SourceSnapshot snapshot, string owner)
    {
        var role = Actual(snapshot, owner);
        return snapshot.Admin.Superuser || role == snapshot.Admin.Name || snapshot.Role(owner)?.AdminInherits == true || snapshot.Role(role)?.AdminInherits == true;
    }

    /// <summary>Whether the server would let this login make itself a member, and that would be of use.</summary>
    private static bool MayJoin(SourceSnapshot snapshot, string role)
    {
        // Before 16 the role decides whether it inherits; as a member of whatever it would have to SET ROLE, which no statement here does.
        var useful = snapshot.Admin.Inherits || snapshot.Server.Major >= PostgresFeatures.CreateRoleNeedsAdminOption;
        return useful && CanGrant(snapshot, role) && (!s_ofProviders.Contains(role) || snapshot.Role(role)!.AdminMayGrant);
    }

    /// <summary>The role behind an owner: <c>pg_database_owner</c> has no members of its own, the database's owner is it.</summary>
    public static string Actual(SourceSnapshot snapshot, string owner)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        return owner == DatabaseOwnerRole && snapshot.Server.DatabaseOwner.Length > 0 ? snapshot.Server.DatabaseOwner : owner;
    }

    /// <summary>Who can do what takes an administrator of the server: the provider's administrators' role, else a superuser that is known, else the word itself.</summary>
    public static string HigherAdmin(SourceSnapshot snapshot, ProviderProfile provider)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        ArgumentNullException.ThrowIfNull(provider);
        return provider.AdminRole is { } role && snapshot.Role(role) is { AdminInherits: false }
            ? role
            : snapshot.Roles.Values.Where(r => r.Superuser).Select(r => r.Name).Order(StringComparer.Ordinal).FirstOrDefault() ?? "superuser";
    }

    private static bool MaySetReplication(SourceSnapshot snapshot, ProviderProfile provider) =>
        provider.AdminsSetReplication && IsProviderAdmin(snapshot, provider);
}
