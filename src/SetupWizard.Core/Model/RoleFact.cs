namespace SetupWizard.Core.Model;

/// <summary>A role, and what this login can do with it.</summary>
public sealed record RoleFact
{
    /// <summary>Name.</summary>
    public required string Name { get; init; }

    /// <summary>Superuser.</summary>
    public bool Superuser { get; init; }

    /// <summary>LOGIN.</summary>
    public bool CanLogin { get; init; }

    /// <summary>REPLICATION, on the role itself.</summary>
    public bool Replication { get; init; }

    /// <summary>BYPASSRLS, on the role itself.</summary>
    public bool BypassRls { get; init; }

    /// <summary>CREATEROLE.</summary>
    public bool CreateRole { get; init; }

    /// <summary>CREATEDB.</summary>
    public bool CreateDb { get; init; }

    /// <summary>INHERIT: before PostgreSQL 16 a member without it has the rights of its roles only after <c>SET ROLE</c>.</summary>
    public bool Inherits { get; init; } = true;

    /// <summary>Connection limit; -1 is none.</summary>
    public int ConnectionLimit { get; init; } = -1;

    /// <summary>When the password ends to be valid; null is never.</summary>
    public DateTimeOffset? ValidUntil { get; init; }

    /// <summary>This login has the role's privileges without SET ROLE (<c>pg_has_role(…, 'USAGE')</c>): what ownership tests ask for.</summary>
    public bool AdminInherits { get; init; }

    /// <summary>This login may grant membership in the role (<c>'MEMBER WITH ADMIN OPTION'</c>).</summary>
    public bool AdminMayGrant { get; init; }

    /// <summary>
    /// Every role it is a member of, directly or not, in whatever way: what <c>+role</c> in <c>pg_hba.conf</c> asks for, and what makes a circle of a grant.
    /// See <see href="https://www.postgresql.org/docs/current/auth-pg-hba-conf.html"/>.
    /// </summary>
    public IReadOnlyList<string> MemberOf { get; init; } = [];

    /// <summary>
    /// Those of <see cref="MemberOf"/> whose rights it inherits: before PostgreSQL 16 all of them, as the memberships themselves have no say in it then.
    /// See <see href="https://www.postgresql.org/docs/current/role-membership.html"/>.
    /// </summary>
    public IReadOnlyList<string> InheritsFrom { get; init; } = [];

    /// <summary>Other roles are members of it.</summary>
    public bool HasMembers { get; init; }

    /// <summary>It may create objects in the database, such as a publication.</summary>
    public bool MayCreate { get; init; }

    /// <summary>The ClickPipes user is a member, directly or not; null while that user does not exist.</summary>
    public bool? UserIsMember { get; init; }

    /// <summary>For roles that are a provider's own: what the ClickPipes user itself was granted that makes it a member, this role or others.</summary>
    public IReadOnlyList<string> UserIsMemberThrough { get; init; } = [];
}
