using System.Globalization;
using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements.Access;
using SetupWizard.Core.Requirements.Replication;
using SetupWizard.Core.Requirements.Tables;
using SetupWizard.Core.Sql;

namespace SetupWizard.Core.Requirements.Connect;

/// <summary>
/// SW108: this login may do what is left to do. Judged by the work itself: a power is missing when a rule had to hand a statement to somebody else,
/// so that a finished source never complains about powers nobody needs any more.
/// </summary>
public sealed class AdminPowersRule : IRequirement
{
    private static readonly (string Case, IRequirement[] Rules)[] s_powers =
    [
        ("roles", [new ClickPipesUser(), new WalSenderTimeout(), new RoleSettings()]),
        ("replication", [new ReplicationPrivilege()]),
        ("grants", [new ConnectPrivilege(), new SchemaUsage(), new TableSelect(), new DefaultPrivileges(), new ConnectionLimits()]),
        ("ownership", [new RowSecurity(), new ReplicaIdentity()]),
        ("publication", [new PublicationExists(), new PublicationTables(), new PublicationOperations(), new PartitionRoot(), new GeneratedColumns()]),
    ];

    /// <inheritdoc/>
    public RequirementId Id => RequirementId.AdminPowers;

    /// <inheritdoc/>
    public Area Area => Area.Connect;

    /// <inheritdoc/>
    public IReadOnlyList<string> Cases { get; } =
        [.. s_powers.Select(p => p.Case), "login-role", "login-line", "circle", "login-unseen", "acts-as", Verdicts.UnreadableCase];

    /// <inheritdoc/>
    public IEnumerable<Finding> Evaluate(RequirementContext context)
    {
        if (this.UnknownIfUnreadable(context, "pg_roles") is { } blind)
        {
            return [blind];
        }

        var snapshot = context.Snapshot;
        var work = s_powers.ToDictionary(p => p.Case, p => Statements(context, p.Rules), StringComparer.Ordinal);
        var obstacles = work.Values.SelectMany(static c => c).Select(static c => c.RunBy).OfType<string>().Distinct(StringComparer.Ordinal)
            .Select(owner => (Owner: owner, Obstacle: AdminPowers.ObstacleOf(snapshot, owner)))
            .Where(static o => o.Obstacle is not null)
            .ToDictionary(static o => o.Owner, static o => o.Obstacle!, StringComparer.Ordinal);
        var findings = new List<Finding>();
        foreach (var (situation, _) in s_powers)
        {
            if (work[situation].Where(c => c.RunBy is { } by && !obstacles.ContainsKey(by)).ToList() is { Count: > 0 } handedOff)
            {
                findings.Add(HandedOff(context, situation, handedOff));
            }
        }

        // Rights are not what is missing where joining the owner would cost more than it gives.
        foreach (var kind in obstacles.GroupBy(static o => o.Value.Kind).OrderBy(static g => g.Key))
        {
            var owners = kind.Select(static o => o.Key).ToHashSet(StringComparer.Ordinal);
            var statements = work.Values.SelectMany(static c => c).Where(c => c.RunBy is { } by && owners.Contains(by)).DistinctBy(static c => c.Key).ToList();
            var line = kind.Select(static o => o.Value.Line).FirstOrDefault(static l => l is not null);
            findings.Add(HandedOff(
                context,
                kind.Key switch { JoinObstacleKind.Circle => "circle", JoinObstacleKind.LoginRole => "login-role", _ => "login-line" },
                statements,
                ("roles", string.Join(", ", kind.SelectMany(static o => o.Value.Roles).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))),
                ("line", line?.Line.ToString(CultureInfo.InvariantCulture)),
                ("rule", line?.Text)));
        }

        if (Unseen(context, work.Values.SelectMany(static c => c)) is { } unseen)
        {
            findings.Add(unseen);
        }

        if (ActsAs(context, findings.Exists(static f => f.State == FindingState.Warning)) is { } other)
        {
            findings.Add(other);
        }

        return findings.Count > 0 ? findings :
        [
            this.Satisfied(("admin", snapshot.Admin.Name)) with
            {
                Evidence =
                [
                    new Evidence("rolsuper", snapshot.Admin.Superuser ? "on" : "off"),
                    new Evidence("rolcreaterole", snapshot.Admin.CreateRole ? "on" : "off"),
                    new Evidence("rolreplication", snapshot.Admin.Replication ? "on" : "off"),
                ],
            },
        ];
    }

    /// <summary>The statements that answer what these rules find wrong, as far as they are somebody else's or make this login a member of somebody.</summary>
    private static List<SqlChange> Statements(RequirementContext context, IRequirement[] rules) =>
    [
        .. rules.SelectMany(context.Judge).Where(static f => f.IsProblem || f.IsPlanned).SelectMany(static f => f.Fixes).OfType<SqlChange>()
            .Where(static c => c.RunBy is not null || c.Kind == OwnerChanges.Kind).DistinctBy(static c => c.Key),
    ];

    private Finding HandedOff(RequirementContext context, string situation, List<SqlChange> statements, params (string, object?)[] more)
    {
        var who = statements.Select(static c => c.RunBy!).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        return this.Finding(
            FindingState.Warning,
            situation,
            [
                ("admin", context.Snapshot.Admin.Name),
                ("user", context.Goal.User),
                ("database", context.Snapshot.Server.Database),
                ("who", string.Join(", ", who)),
                ("statements", statements.Count),
                .. more,
            ]) with
        {
            Subjects = [.. who.Select(static w => new Subject(SubjectKind.Role, w))],
            Fixes = statements,
        };
    }

    /// <summary>
    /// What cannot be seen before this login joins an owner: lines about members of roles, where somebody writes pg_hba.conf. From 16 on whoever may grant
    /// a role is a member already, so that nothing changes.
    /// </summary>
    private Finding? Unseen(RequirementContext context, IEnumerable<SqlChange> statements)
    {
        var snapshot = context.Snapshot;
        if (snapshot.Access is not null || !context.Provider.OwnAccessRules || snapshot.Server.Major >= PostgresFeatures.CreateRoleNeedsAdminOption)
        {
            return null;
        }

        var joined = statements.Where(static c => c.Kind == OwnerChanges.Kind).Select(static c => (string)c.Arguments["owner"]!).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        return joined.Count == 0 ? null : this.Finding(
            FindingState.Advice,
            "login-unseen",
            ("admin", snapshot.Admin.Name),
            ("statement", $"GRANT EXECUTE ON FUNCTION pg_catalog.pg_hba_file_rules() TO {PgIdentifier.Quote(snapshot.Admin.Name)}")) with
        {
            Subjects = [.. joined.Select(static o => new Subject(SubjectKind.Role, o))],
        };
    }

    /// <summary>A login that becomes another role at once is judged by what that role may do, and is told so.</summary>
    private Finding? ActsAs(RequirementContext context, bool lacks)
    {
        var server = context.Snapshot.Server;
        if (server.SessionUser.Length == 0 || server.SessionUser == server.CurrentUser)
        {
            return null;
        }

        var attached = AttachedSettings.OfLogin(context, "role");
        var origin = attached is null ? "role = " + PgLiteral.Quote(server.CurrentUser) : AttachedSettings.Origin(context, attached);
        return this.Finding(
            lacks ? FindingState.Warning : FindingState.Advice,
            "acts-as",
            ("login", server.SessionUser),
            ("admin", server.CurrentUser),
            ("origin", attached is null ? origin : $"{origin} SET role TO {PgLiteral.Quote(attached.Value)}"),
            ("statement", attached is null ? "RESET role" : origin + " RESET role")) with
        {
            Actual = server.CurrentUser,
            Desired = server.SessionUser,
            Evidence = [new Evidence("session_user", server.SessionUser), new Evidence("current_user", server.CurrentUser)],
        };
    }
}
