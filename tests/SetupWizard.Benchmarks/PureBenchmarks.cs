using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Logging.Abstractions;
using SetupWizard.Core.Audit;
using SetupWizard.Core.Engine;
using SetupWizard.Core.Model;
using SetupWizard.Core.Providers;
using SetupWizard.Core.Requirements;

namespace SetupWizard.Benchmarks;

/// <summary>The parts without any I/O, on a source nobody has prepared yet. Not sealed: BenchmarkDotNet derives from it.</summary>
[MemoryDiagnoser]
public class PureBenchmarks
{
    private readonly SetupGoal _goal = new() { Schemas = ["many"] };
    private SetupRunner _runner = null!;
    private Inspection _unjudged = null!;
    private Inspection _judged = null!;

    [Params(10, 1_000, 50_000)]
    public int Tables { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        // Nothing is applied, so nothing is written.
        var audit = new JsonLinesAuditLog(Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()), TimeProvider.System);
        _runner = new SetupRunner(audit, TimeProvider.System, NullLogger<SetupRunner>.Instance);
        _unjudged = new Inspection
        {
            Goal = _goal,
            Endpoint = new SourceEndpoint { Host = "db.example.com", Database = "app" },
            Provider = ProviderCatalog.Default,
            Detection = ProviderDetection.None,
            Snapshot = Untouched(Tables),
        };
        _judged = Judge();
        if (_judged.Tables.Chosen.Count != Tables || Plan().Changes.Count < Tables / 1000)
        {
            throw new InvalidOperationException("The snapshot gives nothing to plan.");
        }
    }

    [Benchmark]
    public Inspection Judge() => _runner.Reconsider(_unjudged, _goal);

    [Benchmark]
    public SetupPlan Plan() => _runner.Plan(_judged);

    private static SourceSnapshot Untouched(int tables)
    {
        const string Admin = "shop_admin";
        (string Name, string Value)[] settings =
        [
            ("wal_level", "logical"), ("max_replication_slots", "10"), ("max_wal_senders", "10"), ("wal_sender_timeout", "60000"),
            ("max_slot_wal_keep_size", "-1"), ("max_worker_processes", "16"), ("statement_timeout", "0"), ("default_transaction_read_only", "off"),
        ];
        return new SourceSnapshot
        {
            ReadAt = new DateTimeOffset(2026, 1, 15, 12, 0, 0, TimeSpan.Zero),
            Server = new ServerFacts
            {
                VersionNumber = 170004,
                VersionText = "PostgreSQL",
                Database = "app",
                CurrentUser = Admin,
                DatabaseOwner = Admin,
                TlsVersion = "TLSv1.3",
                AdminCanCreate = true,
                PublicCanConnect = true,
                PublicCanEmitMessage = true,
            },
            Settings = settings.ToDictionary(s => s.Name, s => new SettingFact(s.Name, s.Value), StringComparer.Ordinal),
            Roles = new Dictionary<string, RoleFact>(StringComparer.Ordinal)
            {
                [Admin] = new RoleFact { Name = Admin, CanLogin = true, Superuser = true, CreateRole = true, AdminInherits = true },
            },
            Schemas = [new SchemaFact("many", Admin, UserHasUsage: null, AdminMayGrant: true, PublicHasUsage: false, AdminHasUsage: true)],
            Tables =
            [
                .. Enumerable.Range(1, tables).Select(n => new TableFact
                {
                    Ref = new TableRef("many", string.Create(System.Globalization.CultureInfo.InvariantCulture, $"table_{n:000000}")),
                    Owner = Admin,
                    PrimaryKey = KeyState.Usable,
                    AdminMayGrant = true,
                }),
            ],
        };
    }
}
