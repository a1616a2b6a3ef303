using SetupWizard.Core.Audit;
using SetupWizard.Core.Export;
using SetupWizard.Core.Model;
using SetupWizard.Core.Providers;
using SetupWizard.Core.Requirements;
using SetupWizard.Core.Sql;

namespace SetupWizard.Testing;

/// <summary>A source whose names try to break out of every format.</summary>
public static class OddSource
{
    // Codes, kinds and guides that no resource knows: the golden files then show keys, and do not change with every sentence of the product.
    private static readonly RequirementId s_met = new("SW991", "met");
    private static readonly RequirementId s_switch = new("SW992", "switch");
    private static readonly RequirementId s_parameter = new("SW993", "parameter");
    private static readonly RequirementId s_user = new("SW994", "user");
    private static readonly RequirementId s_grant = new("SW995", "grant");
    private static readonly RequirementId s_identity = new("SW996", "identity");
    private static readonly RequirementId s_publication = new("SW997", "publication");
    private static readonly RequirementId s_proof = new("SW998", "proof");

    private static readonly ProviderProfile s_provider = new()
    {
        Id = "sample-cloud",
        Name = "Sample Cloud | `Postgres`",
        ShortName = "Sample Cloud",
        ClickPipesType = "postgres",
        OtherParameters = new("", ParameterRoute.Console),
        Guides =
        [
            new("sample-guide", [new("open"), new("edit") { Value = "{setting} = {value}" }, new("unknown") { Value = "{nobody-knows}{group}" }])
            {
                Code = [new(CodeLanguage.Shell, "cloud set {{instance}} --family {{family}} {{\"{setting}={value}\"}}\n")],
                ConsoleUrl = "https://console.example/{group}",
                Restarts = true,
            },
        ],
        NamesFromHost = host => new Dictionary<string, string>(StringComparer.Ordinal) { ["instance"] = host.Split('.')[0] },
        Manual = new Uri("https://manual.example/"),
        ClickPipesGuide = new Uri("https://guide.example/"),
    };

    public const string User = "click'pipes \"u\" \\ $(id) `id` ${var.x} %{if}";

    public static readonly TableRef Odd = new("sales \"EU\"", "Weird ${name} %{if} 'q' \\ | `b` 주문📦");

    public static Inspection Inspection { get; } = new()
    {
        Goal = new SetupGoal { User = User, Publication = "pub \"one\"" },
        Endpoint = new SourceEndpoint
        {
            Host = "db-1.sample.example",
            Port = 5433,
            Database = "shop \"x\" ${y}",
            CaCertificatePem = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
        },
        Provider = s_provider,
        Detection = ProviderDetection.None,
        Snapshot = new SourceSnapshot
        {
            ReadAt = new DateTimeOffset(2026, 3, 4, 5, 6, 7, TimeSpan.Zero),
            Server = new ServerFacts { VersionNumber = 160004, VersionText = "PostgreSQL 16.4", Database = "shop \"x\" ${y}", CurrentUser = "shop_admin" },
        },
        Tables = new TableSelection
        {
            Chosen =
            [
                new TableFact { Ref = new TableRef("public", "orders"), Owner = "shop_admin", PrimaryKey = KeyState.Usable },
                new TableFact { Ref = new TableRef("sales", "orders"), Owner = "shop_admin", PrimaryKey = KeyState.Usable },
                new TableFact { Ref = Odd, Owner = "shop_admin", PrimaryKey = KeyState.None, Identity = ReplicaIdentityKind.Full },
            ],
        },
        Findings =
        [
            new Finding { Id = s_met, Area = Area.Connect, State = FindingState.Satisfied, Case = "ok" },
            new Finding
            {
                Id = s_switch,
                Area = Area.Replication,
                State = FindingState.Blocking,
                Case = "sample",
                Actual = "off",
                Desired = "on",
                Fixes = [Console],
            },
            new Finding { Id = s_identity, Area = Area.Tables, State = FindingState.Blocking, Case = "sample", Subjects = [Subject.Of(Odd, "no-key")], Fixes = [Identity] },
        ],
        Cost = new ReadCost(1, TimeSpan.FromMilliseconds(12.345)),
    };

    public static SetupPlan Plan { get; } = new()
    {
        Goal = Inspection.Goal,
        Provider = s_provider.Id,
        Fingerprint = "f",
        Changes = [Parameter, Create, Grant, Identity, Publication],
        HandOff = [new SqlChange
        {
            For = s_grant,
            Kind = "sample",
            Phase = ChangePhase.Grants,
            RunBy = "tenant \"owner\"\n; DROP TABLE t",
            Statement = new SqlText("GRANT SELECT ON \"platform\".\"multi\nline\" TO " + PgIdentifier.Quote(User)),
        }],
        ConsoleChanges = [Console],
    };

    public static SetupPlan Undo { get; } = new()
    {
        Goal = Inspection.Goal,
        Provider = s_provider.Id,
        Fingerprint = "u",
        Undo = UndoRequest.OfGoal,
        Changes =
        [
            new SqlChange { For = s_publication, Kind = "sample", Phase = ChangePhase.Publication, Statement = Publication.Undo! },
            new SqlChange { For = s_user, Kind = "sample", Phase = ChangePhase.User, Statement = Create.Undo! },
        ],
    };

    public static ExportInput Input { get; } = new(Inspection, Plan)
    {
        Undo = Undo,
        Version = "1.2.3",
        Applied =
        [
            new AuditEntry
            {
                At = new DateTimeOffset(2026, 3, 4, 14, 0, 0, TimeSpan.FromHours(9)),
                Run = "r",
                Index = 0,
                Event = AuditEvent.InEffect,
                Source = "s",
                Login = "shop_admin | `x`",
                Code = s_user.Code,
                Kind = "sample",
                Phase = nameof(ChangePhase.User),
                Sql = Create.Statement.Display,
                Undo = Create.Undo!.Display,
            },
        ],
        Columns =
        [
            new TableColumns(new TableRef("public", "orders"),
            [
                new TableColumn("id", new PostgresType("int8", "bigint"), ColumnOrigin.Written, 2),
                new TableColumn("tenant", new PostgresType("uuid", "uuid"), ColumnOrigin.Written, 1),
                new TableColumn("total", new PostgresType("numeric", "numeric"), ColumnOrigin.Written, 0),
                new TableColumn("gross", new PostgresType("numeric", "numeric(12,2)", Precision: 12, Scale: 2), ColumnOrigin.Stored, 0),
                new TableColumn("holidays", new PostgresType("date", "date[]", IsArray: true), ColumnOrigin.Written, 0),
            ]),
            new TableColumns(Odd, [new TableColumn("a|b `c` ${d}", new PostgresType("timetz", "time with time zone"), ColumnOrigin.Written, 0)]),
        ],
        Proof = [new ProofEvent(s_proof, ProofState.Passed, TimeSpan.FromMilliseconds(84))],
    };

    private static ConsoleChange Console => new()
    {
        For = s_switch,
        Kind = "sample",
        Phase = ChangePhase.Parameters,
        GuideId = "sample-guide",
        Setting = "rds.logical_replication",
        Expected = "on",
        Value = "1",
    };

    private static SqlChange Parameter => new()
    {
        For = s_parameter,
        Kind = "sample",
        Phase = ChangePhase.Parameters,
        Transactional = false,
        Statement = new SqlText("ALTER SYSTEM SET max_slot_wal_keep_size = '200GB'"),
    };

    private static SqlChange Create => new()
    {
        For = s_user,
        Kind = "sample",
        Phase = ChangePhase.User,
        Statement = new SqlText($"CREATE USER {PgIdentifier.Quote(User)} PASSWORD {SqlText.PasswordHole}"),
        Undo = new SqlText("DROP USER " + PgIdentifier.Quote(User)),
        NeededWhen = $"NOT EXISTS (SELECT FROM pg_roles WHERE rolname = {PgLiteral.Quote(User)})",
    };

    private static SqlChange Grant => new()
    {
        For = s_grant,
        Kind = "sample",
        Phase = ChangePhase.Grants,
        Statement = new SqlText($"GRANT USAGE ON SCHEMA {PgIdentifier.Quote(Odd.Schema)} TO {PgIdentifier.Quote(User)}"),
    };

    private static SqlChange Identity => new()
    {
        For = s_identity,
        Kind = "sample",
        Phase = ChangePhase.ReplicaIdentity,
        OwnTransaction = true,
        Statement = new SqlText($"ALTER TABLE {Odd.Quoted} REPLICA IDENTITY FULL"),
    };

    private static SqlChange Publication => new()
    {
        For = s_publication,
        Kind = "sample",
        Phase = ChangePhase.Publication,
        Statement = new SqlText($"CREATE PUBLICATION \"pub \"\"one\"\"\" FOR TABLE {Odd.Quoted}"),
        Undo = new SqlText("DROP PUBLICATION \"pub \"\"one\"\"\""),
        NeededWhen = "NOT EXISTS (SELECT FROM pg_publication WHERE pubname = 'pub \"one\"')",
    };
}
