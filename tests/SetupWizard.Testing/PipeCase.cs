using SetupWizard.Core.Export;
using SetupWizard.Core.Model;
using SetupWizard.Core.Providers;
using SetupWizard.Core.Requirements;

namespace SetupWizard.Testing;

/// <summary>Sources from which a ClickPipe is created, one for each thing that makes the files differ.</summary>
public static class PipeCase
{
    private const string Arn = "arn:aws:iam::123456789012:role/clickpipes";

    /// <summary>The cases by name.</summary>
    public static IReadOnlyDictionary<string, ExportInput> All { get; } = new Dictionary<string, ExportInput>(StringComparer.Ordinal)
    {
        ["odd"] = OddSource.Input,
        ["rds"] = Plain(AmazonRds.Profile, "shop-prod.abc123.eu-central-1.rds.amazonaws.com"),
        ["rds-iam"] = With(Plain(AmazonRds.Profile, "shop-prod.abc123.eu-central-1.rds.amazonaws.com"), g => g with { Authentication = LoginMethod.Iam, IamRoleArn = Arn }),
        ["rds-iam-unknown"] = With(Plain(AmazonRds.Profile, "shop-prod.abc123.eu-central-1.rds.amazonaws.com"), g => g with { Authentication = LoginMethod.Iam }),
        ["azure"] = Plain(AzureFlexible.Profile, "shop.postgres.database.azure.com"),
        ["self-managed"] = Plain(SelfManaged.Profile, "db.example.com"),
        ["aurora"] = Plain(AmazonAurora.Profile, "shop-prod.cluster-abc123.eu-central-1.rds.amazonaws.com"),
        ["private-iam"] = With(Plain(AmazonRds.Profile, "shop-prod.abc123.eu-central-1.rds.amazonaws.com"), g => g with { Authentication = LoginMethod.Iam, IamRoleArn = Arn, Network = NetworkPath.PrivateLink }),
        ["settings"] = Settings(Plain(SelfManaged.Profile, "db.example.com")),
        ["not-verified"] = WithPipe(Settings(Plain(SelfManaged.Profile, "db.example.com")), p => p with { Tls = PipeTls.SkipVerification }),
        ["not-encrypted"] = WithPipe(Plain(SelfManaged.Profile, "db.example.com"), p => p with { Tls = PipeTls.Off, AllowNullableColumns = false }),
        ["elsewhere"] = WithPipe(Plain(SelfManaged.Profile, "db.example.com"), p => p with { DestinationDatabase = "shop \"x\" ${y}" }),
        ["bastion"] = With(Plain(SelfManaged.Profile, "db.internal"), g => g with { Network = NetworkPath.Ssh }),
    };

    private static ExportInput Plain(ProviderProfile provider, string host)
    {
        var inspection = new Inspection
        {
            Goal = new SetupGoal(),
            Endpoint = new SourceEndpoint { Host = host, Database = "shop" },
            Provider = provider,
            Detection = ProviderDetection.None,
            Tables = new TableSelection
            {
                Chosen = [.. new[] { "customers", "orders" }.Select(n => new TableFact { Ref = new TableRef("public", n), Owner = "shop_admin", PrimaryKey = KeyState.Usable })],
            },
        };
        return new ExportInput(inspection, new SetupPlan { Goal = inspection.Goal, Provider = provider.Id, Fingerprint = "f" });
    }

    /// <summary>A server of one's own with these tables chosen.</summary>
    public static ExportInput Chosen(TableRef[] tables, Func<TableFact, TableFact>? change = null)
    {
        var input = All["self-managed"];
        var facts = tables.Select(t => new TableFact { Ref = t, Owner = "shop_admin", PrimaryKey = KeyState.Usable }).Select(t => change?.Invoke(t) ?? t);
        return input with { Inspection = input.Inspection with { Tables = new TableSelection { Chosen = [.. facts] } } };
    }

    /// <summary>Everything that can be told a pipe of PostgreSQL 17, and a publication that hides columns.</summary>
    private static ExportInput Settings(ExportInput input)
    {
        var set = WithPipe(input, p => p with
        {
            AllowNullableColumns = true,
            TlsHost = "db.internal.example.com",
            FailoverSlots = true,
            DestinationRoles = ["etl role", "it's"],
            SyncIntervalSeconds = 3600,
        });
        return set with
        {
            Inspection = set.Inspection with
            {
                Snapshot = new SourceSnapshot
                {
                    ReadAt = DateTimeOffset.UnixEpoch,
                    Server = new ServerFacts { VersionNumber = 170006, VersionText = "PostgreSQL 17.6", Database = "shop", CurrentUser = "shop_admin" },
                    Filters =
                    [
                        new FilterFact(new TableRef("public", "orders"), null, ["card \"number\"", "note"], MissesIdentity: false),
                        new FilterFact(new TableRef("public", "customers"), null, ["id"], MissesIdentity: true),
                    ],
                },
            },
        };
    }

    /// <summary>The same with another pipe.</summary>
    public static ExportInput WithPipe(ExportInput input, Func<PipeSettings, PipeSettings> change) => With(input, g => g with { Pipe = change(g.Pipe) });

    /// <summary>The same with another goal.</summary>
    public static ExportInput With(ExportInput input, Func<SetupGoal, SetupGoal> change) => input with { Inspection = input.Inspection with { Goal = change(input.Goal) } };
}
