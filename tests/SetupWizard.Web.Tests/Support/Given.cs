using SetupWizard.Core.Connecting;
using SetupWizard.Core.Engine;
using SetupWizard.Core.Model;
using SetupWizard.Core.Providers;
using SetupWizard.Core.Requirements;
using SetupWizard.Core.Sql;
using SetupWizard.Sessions.Steps;

namespace SetupWizard.Web.Tests.Support;

/// <summary>Readings, findings and events to start from.</summary>
public static class Given
{
    public static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static SourceEndpoint Endpoint { get; } = new() { Host = "shop-prod.abc123.eu-central-1.rds.amazonaws.com", Database = "shop" };

    public static SourceSnapshot Snapshot { get; } = new()
    {
        ReadAt = Noon,
        Server = new ServerFacts { VersionNumber = 160004, VersionText = "PostgreSQL 16.4", Database = "shop", CurrentUser = "shop_admin", TlsVersion = "TLSv1.3" },
        Roles = new Dictionary<string, RoleFact>(StringComparer.Ordinal) { ["shop_admin"] = new() { Name = "shop_admin", CreateRole = true, CanLogin = true } },
        Schemas = [new("public", "shop_admin", null, true, false, true), new("sales", "sales_owner", null, true, false, true)],
        Tables =
        [
            Table("orders"),
            Table("customers"),
            Table("audit_log") with { PrimaryKey = KeyState.None },
            Table("prices") with { PrimaryKey = KeyState.None, CandidateIndex = "prices_sku" },
            Table("open_orders") with { Kind = RelationKind.View, PrimaryKey = KeyState.None },
            Table("session_cache") with { Persistence = 'u' },
        ],
    };

    public static TableFact Table(string name, string schema = "public") =>
        new() { Ref = new TableRef(schema, name), Owner = "shop_admin", PrimaryKey = KeyState.Usable, EstimatedRows = 100, EstimatedBytes = 8192 };

    public static Inspection Inspection(params Finding[] findings) => new()
    {
        Goal = new SetupGoal(),
        Endpoint = Endpoint,
        Snapshot = Snapshot,
        Provider = AmazonRds.Profile,
        Detection = new ProviderDetection(AmazonRds.Id, DetectionSource.Server, "rds_superuser"),
        Findings = findings,
        Tables = new TableSelection { Chosen = [.. Snapshot.Tables.Take(2)], LeftOut = [new(Snapshot.Tables[2], "identity"), new(Snapshot.Tables[3], "identity")], Schemas = ["public"] },
    };

    public static Inspection Lost(Inspection before) => before with { Snapshot = null, Findings = [Finding(RequirementId.Reachable, Area.Connect, FindingState.Blocking, "refused")] };

    public static ConnectReport Connected(Inspection inspection) => new()
    {
        Stages = [.. Enum.GetValues<ConnectStage>().Select(s => new StageResult(s, StageState.Passed, TimeSpan.FromMilliseconds(12)))],
        Verdict = Finding(RequirementId.Reachable, Area.Connect, FindingState.Satisfied, "ok"),
        Inspection = inspection,
    };

    public static ConnectReport Refused(params EndpointProposal[] proposals) => new()
    {
        Stages =
        [
            new(ConnectStage.Resolve, StageState.Passed, TimeSpan.FromMilliseconds(3)),
            new(ConnectStage.Reach, StageState.Failed, TimeSpan.FromMilliseconds(20)),
            new(ConnectStage.Tls, StageState.NotStarted, TimeSpan.Zero),
            new(ConnectStage.LogIn, StageState.NotStarted, TimeSpan.Zero),
            new(ConnectStage.Read, StageState.NotStarted, TimeSpan.Zero),
        ],
        Verdict = Finding(RequirementId.Reachable, Area.Connect, FindingState.Blocking, "refused"),
        Proposals = proposals,
    };

    public static Finding Finding(RequirementId id, Area area, FindingState state, string situation, params Change[] fixes) => new()
    {
        Id = id,
        Area = area,
        State = state,
        Case = situation,
        Actual = "replica",
        Desired = "logical",
        Fixes = fixes,
        Arguments = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["user"] = "clickpipes_user",
            ["address"] = "192.0.2.1",
            ["port"] = "5432",
            ["host"] = "db.example.com",
            ["publication"] = "clickpipes",
            ["database"] = "shop",
            ["setting"] = "wal_level",
            ["value"] = "logical",
        },
    };

    public static SqlChange Sql(string statement, string? undo = null, ChangeRisk risk = ChangeRisk.None, string? runBy = null) => new()
    {
        For = RequirementId.User,
        Kind = "create-user",
        Phase = ChangePhase.User,
        Statement = new SqlText(statement),
        Undo = undo is null ? null : new SqlText(undo),
        Risk = risk,
        RunBy = runBy,
        Arguments = new Dictionary<string, object?>(StringComparer.Ordinal) { ["user"] = "clickpipes_user" },
    };

    public static ConsoleChange Console() => new()
    {
        For = RequirementId.RdsLogicalReplication,
        Kind = "change-in-console",
        Phase = ChangePhase.Parameters,
        GuideId = AmazonRds.ParameterGroupGuide,
        Setting = "rds.logical_replication",
        Value = "1",
        Restart = RestartNeed.Restart,
        Arguments = new Dictionary<string, object?>(StringComparer.Ordinal) { ["setting"] = "rds.logical_replication", ["value"] = "1" },
    };

    /// <summary>Two findings of a step that need changes we make.</summary>
    public static Finding[] ToFix(WizardStep step) => ToFix(AreaOf(step));

    /// <summary>The area a step shows.</summary>
    public static Area AreaOf(WizardStep step) => Enum.GetValues<Area>().Single(a => a.Step() == step);

    private static Finding[] ToFix(Area area) =>
    [
        Finding(RequirementId.User, area, FindingState.Blocking, "missing", Sql("CREATE USER x", "DROP USER x")),
        Finding(RequirementId.ReplicationPrivilege, area, FindingState.Warning, "missing-membership", Sql("GRANT y TO x", "REVOKE y FROM x")),
        Finding(RequirementId.Connect, area, FindingState.Satisfied, "ok"),
    ];

    public static Problem Problem { get; } = new(
        "lock-timeout",
        new Dictionary<string, object?>(StringComparer.Ordinal) { ["table"] = "public.audit_log" },
        new ServerMessage("55P03", "canceling statement due to lock timeout"));

    public static ApplyStarted Started(int total) => new(total, false) { At = Noon };

    public static ChangeStarted Running(int index, SqlChange change) => new(index, change) { At = Noon };

    public static ChangeExecuted Executed(int index) => new(index, TimeSpan.FromMilliseconds(5)) { At = Noon };

    public static ApplyFinished Finished(ApplyOutcome outcome, int[] inEffect, int[] notInEffect, Inspection? after = null, Problem? problem = null) =>
        new(outcome, problem, inEffect, notInEffect, after) { At = Noon };
}
