using System.Collections.Frozen;
using System.Net;
using SetupWizard.Core.Model;
using SetupWizard.Core.Providers;

namespace SetupWizard.Core.Requirements;

/// <summary>
/// What keeps a login from joining a role although it may: the server refuses a circle of memberships, and a membership may change how the login,
/// and whoever is a member of it, gets into the server. Somebody who is locked out so cannot take it back.
/// </summary>
/// <param name="Kind">What it is.</param>
/// <param name="Roles">The roles that count: those it would become a member of, for a circle the one that is there already.</param>
/// <param name="Line">The line of <c>pg_hba.conf</c>, for <see cref="JoinObstacleKind.LoginLine"/>.</param>
internal sealed record JoinObstacle(JoinObstacleKind Kind, IReadOnlyList<string> Roles, AccessRuleFact? Line = null)
{
    /// <summary>Of every provider: a server keeps its rules whatever somebody takes it for.</summary>
    private static readonly FrozenSet<string> s_loginRoles = ProviderCatalog.All.SelectMany(static p => p.LoginRoles).ToFrozenSet(StringComparer.Ordinal);

    private static readonly string[] s_tls = ["tls"];
    private static readonly string[] s_noTls = ["plain", "gss"];
    private static readonly string[] s_noGss = ["tls", "plain"];
    private static readonly string[] s_any = ["tls", "plain", "gss"];
    private static readonly string[] s_gss = ["gss"];
    private static readonly string[] s_local = ["local"];

    /// <summary>What stands against this login's joining <paramref name="role"/>; null when nothing is known that does.</summary>
    public static JoinObstacle? Of(SourceSnapshot snapshot, string role)
    {
        var admin = snapshot.Admin;
        if (snapshot.Role(role) is not { } joined)
        {
            return null;
        }

        if (joined.MemberOf.Contains(admin.Name, StringComparer.Ordinal))
        {
            return new JoinObstacle(JoinObstacleKind.Circle, [admin.Name]);
        }

        // From 16 on whoever may grant a role is a member of it already, and such a service goes by the memberships that are inherited.
        var byRights = snapshot.Server.Major >= PostgresFeatures.CreateRoleNeedsAdminOption;
        var logins = (byRights ? New(joined.InheritsFrom, admin.InheritsFrom) : New(joined.MemberOf, admin.MemberOf)).Where(s_loginRoles.Contains).ToList();
        if (logins.Count > 0)
        {
            return new JoinObstacle(JoinObstacleKind.LoginRole, logins);
        }

        var becomes = New(joined.MemberOf, admin.MemberOf).ToHashSet(StringComparer.Ordinal);
        return snapshot.Access is { } access && becomes.Count > 0 && LineFor(access.Rules, admin, becomes) is { } line
            ? new JoinObstacle(JoinObstacleKind.LoginLine, [.. becomes.Where(r => line.Users.Contains("+" + r)).Order(StringComparer.Ordinal)], line)
            : null;

        IEnumerable<string> New(IReadOnlyList<string> reached, IReadOnlyList<string> before) =>
            reached.Prepend(role).Except(before.Append(admin.Name), StringComparer.Ordinal);
    }

    /// <summary>
    /// The first line that may decide otherwise for a member of new roles: it names one of them, no line before it decides already, and those after it
    /// do not all ask for the same. See <see href="https://www.postgresql.org/docs/current/auth-pg-hba-conf.html"/>.
    /// </summary>
    private static AccessRuleFact? LineFor(IReadOnlyList<AccessRuleFact> rules, RoleFact admin, HashSet<string> becomes)
    {
        for (var i = 0; i < rules.Count; i++)
        {
            var line = rules[i];
            if (Names(line, becomes)
                && WaysOf(line).Any(way => !rules.Take(i).Any(before => Covers(before, line, way, admin)) && !SameBehind(rules, i, way, admin)))
            {
                return line;
            }
        }

        return null;
    }

    /// <summary>
    /// Whether the line speaks of members: of a role, or of the role with the database's name, whichever database that is. What concerns physical replication
    /// alone, which has no database, is nobody's way in here.
    /// </summary>
    private static bool Names(AccessRuleFact line, HashSet<string> roles) => line.Databases.Any(static d => d != "replication")
        && (line.Users.Any(u => u is ['+', ..] && roles.Contains(u[1..])) || line.Databases.Any(static d => d is "samerole" or "samegroup"));

    /// <summary>Whether every line behind that may decide for this login asks for the same proof, up to one that decides for certain.</summary>
    private static bool SameBehind(IReadOnlyList<AccessRuleFact> rules, int at, string way, RoleFact admin)
    {
        foreach (var next in rules.Skip(at + 1).Where(r => WaysOf(r).Contains(way) && MayName(r, admin)))
        {
            if (next.Method != rules[at].Method || !next.Options.SequenceEqual(rules[at].Options, StringComparer.Ordinal))
            {
                return false;
            }

            if (Covers(next, rules[at], way, admin))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether <paramref name="line"/> decides whenever <paramref name="other"/> would, for this login and all of its members.</summary>
    private static bool Covers(AccessRuleFact line, AccessRuleFact other, string way, RoleFact admin) =>
        WaysOf(line).Contains(way)
        && (line.Databases.Contains("all") || other.Databases.All(d => d is not ("samerole" or "samegroup") && line.Databases.Contains(d)))
        && line.Users.Any(u => u == "all" || (u is ['+', ..] && IsOrHas(admin, u[1..])) || (u == admin.Name && !admin.HasMembers))
        && (way == "local" || Holds(line, other));

    private static bool MayName(AccessRuleFact line, RoleFact admin) =>
        line.Users.Any(u => u is "all" or ['/', ..] || u == admin.Name || (u is ['+', ..] && IsOrHas(admin, u[1..])) || admin.HasMembers);

    private static bool IsOrHas(RoleFact admin, string role) => role == admin.Name || admin.MemberOf.Contains(role, StringComparer.Ordinal);

    /// <summary>Whether the addresses of one line hold those of another.</summary>
    private static bool Holds(AccessRuleFact line, AccessRuleFact other)
    {
        if (line.Address == "all" || (line.Address == other.Address && line.Netmask == other.Netmask))
        {
            return true;
        }

        if (!IPAddress.TryParse(line.Address, out var net) || !IPAddress.TryParse(line.Netmask, out var mask)
            || !IPAddress.TryParse(other.Address, out var otherNet) || !IPAddress.TryParse(other.Netmask, out var otherMask)
            || net.AddressFamily != otherNet.AddressFamily)
        {
            return false;
        }

        var (bits, otherBits) = (mask.GetAddressBytes(), otherMask.GetAddressBytes());
        return bits.Zip(otherBits).All(static b => (b.First & b.Second) == b.First)
            && net.GetAddressBytes().Zip(otherNet.GetAddressBytes(), bits).All(static b => (b.First & b.Third) == (b.Second & b.Third));
    }

    /// <summary>How connections come that the line is for.</summary>
    private static string[] WaysOf(AccessRuleFact line) => line.Type switch
    {
        "local" => s_local,
        "host" => s_any,
        "hostssl" => s_tls,
        "hostnossl" => s_noTls,
        "hostgssenc" => s_gss,
        "hostnogssenc" => s_noGss,
        _ => [],
    };
}

/// <summary>What keeps a login from joining a role.</summary>
internal enum JoinObstacleKind
{
    /// <summary>The role is a member of the login: PostgreSQL refuses a circle.</summary>
    Circle,

    /// <summary>Members of a role of the provider's log in another way.</summary>
    LoginRole,

    /// <summary>A line of <c>pg_hba.conf</c> speaks of members of a role.</summary>
    LoginLine,
}
