using SetupWizard.Core.Model;
using SetupWizard.Core.Providers;

namespace SetupWizard.Core.Tests.Providers;

public sealed class ProviderDetectorTests
{
    [Theory]
    [InlineData("shop.c9akciq32.eu-central-1.rds.amazonaws.com", "amazon-rds", ".rds.amazonaws.com")]
    [InlineData(" SHOP.C9AKCIQ32.EU-CENTRAL-1.RDS.AMAZONAWS.COM. ", "amazon-rds", ".RDS.AMAZONAWS.COM")]
    [InlineData("shop.c9akciq32.cn-north-1.rds.amazonaws.com.cn", "amazon-rds", ".rds.amazonaws.com.cn")]
    [InlineData("pool.proxy-c9akciq32.eu-central-1.rds.amazonaws.com", "amazon-rds", ".rds.amazonaws.com")]
    [InlineData("shop.cluster-c9akciq32.eu-central-1.rds.amazonaws.com", "amazon-aurora", ".rds.amazonaws.com")]
    [InlineData("SHOP.CLUSTER-RO-C9AKCIQ32.EU-CENTRAL-1.RDS.AMAZONAWS.COM", "amazon-aurora", ".RDS.AMAZONAWS.COM")]
    [InlineData("reports.cluster-custom-c9akciq32.cn-north-1.rds.amazonaws.com.cn", "amazon-aurora", ".rds.amazonaws.com.cn")]
    [InlineData("shop.postgres.database.azure.com", "azure-flexible", ".postgres.database.azure.com")]
    [InlineData("shop.private.postgres.database.azure.com", "azure-flexible", ".postgres.database.azure.com")]
    public void A_host_name_gives_its_provider_away(string host, string provider, string evidence) =>
        Assert.Equal(new ProviderDetection(provider, DetectionSource.HostName, evidence), ProviderDetector.FromHost(host));

    [Theory]
    [InlineData("db.example.com")]
    [InlineData("10.0.0.1")]
    [InlineData("")]
    [InlineData("rds.amazonaws.com.example.com")]
    [InlineData("shop.cluster-.eu-central-1.rds.amazonaws.com")]
    [InlineData("evil.com/shop.postgres.database.azure.com")]
    public void Any_other_host_name_gives_nothing_away(string host) =>
        Assert.Equal(ProviderDetection.None, ProviderDetector.FromHost(host));

    [Fact]
    public void What_the_server_has_wins_over_what_it_is_called()
    {
        var snapshot = Snapshot() with
        {
            Settings = new Dictionary<string, SettingFact> { ["azure.extensions"] = new("azure.extensions", "pg_trgm") },
        };

        var detection = ProviderDetector.Detect("shop.c9akciq32.eu-central-1.rds.amazonaws.com", snapshot);

        Assert.Equal(new ProviderDetection("azure-flexible", DetectionSource.Server, "azure.extensions"), detection);
    }

    [Fact]
    public void A_role_that_only_one_provider_has_is_evidence()
    {
        var snapshot = Snapshot() with { Roles = new Dictionary<string, RoleFact> { ["rds_superuser"] = new() { Name = "rds_superuser" } } };

        Assert.Equal(new ProviderDetection("amazon-rds", DetectionSource.Server, "rds_superuser"), ProviderDetector.FromSnapshot(snapshot));
    }

    [Fact]
    public void A_function_that_only_one_engine_has_tells_more_than_what_it_shares_with_another()
    {
        var snapshot = Snapshot() with
        {
            Settings = new Dictionary<string, SettingFact> { ["rds.extensions"] = new("rds.extensions", "pg_trgm") },
            Roles = new Dictionary<string, RoleFact> { ["rds_superuser"] = new() { Name = "rds_superuser" } },
        };
        Assert.Equal("amazon-rds", ProviderDetector.FromSnapshot(snapshot).Provider);

        snapshot = snapshot with { Server = snapshot.Server with { Markers = ["citus", "aurora_version"] } };

        Assert.Equal(new ProviderDetection("amazon-aurora", DetectionSource.Server, "aurora_version"), ProviderDetector.FromSnapshot(snapshot));
    }

    [Theory]
    [InlineData("Shop.cluster-ro-c9akciq32.eu-central-1.rds.amazonaws.com", "Shop.cluster-c9akciq32.eu-central-1.rds.amazonaws.com")]
    [InlineData("shop.cluster-ro-c9akciq32.cn-north-1.rds.amazonaws.com.cn", "shop.cluster-c9akciq32.cn-north-1.rds.amazonaws.com.cn")]
    [InlineData("reports.cluster-custom-c9akciq32.eu-central-1.rds.amazonaws.com", "<cluster>.cluster-c9akciq32.eu-central-1.rds.amazonaws.com")]
    [InlineData("shop-1.c9akciq32.eu-central-1.rds.amazonaws.com", "<cluster>.cluster-c9akciq32.eu-central-1.rds.amazonaws.com")]
    [InlineData("shop.cluster-c9akciq32.eu-central-1.rds.amazonaws.com", null)]
    [InlineData("pool.proxy-c9akciq32.eu-central-1.rds.amazonaws.com", null)]
    [InlineData("db.example.com", null)]
    public void A_name_of_a_cluster_that_is_not_the_writers_leads_to_the_writers(string host, string? writer)
    {
        Assert.Equal(writer, AmazonAurora.Profile.WriterOf(host));
        Assert.Null(AmazonRds.Profile.WriterOf(host));
    }

    [Theory]
    [InlineData("Shop.cluster-c9akciq32.eu-central-1.rds.amazonaws.com", "shop")]
    [InlineData("shop.cluster-ro-c9akciq32.eu-central-1.rds.amazonaws.com", "shop")]
    [InlineData("reports.cluster-custom-c9akciq32.eu-central-1.rds.amazonaws.com", null)]
    [InlineData("shop-1.c9akciq32.eu-central-1.rds.amazonaws.com", null)]
    public void A_cluster_is_named_by_its_own_endpoints_alone(string host, string? cluster) =>
        Assert.Equal(cluster, AmazonAurora.Profile.NamesFromHost(host).GetValueOrDefault("instance"));

    [Fact]
    public void A_plain_server_behind_a_telling_name_is_detected_by_the_name() =>
        Assert.Equal("azure-flexible", ProviderDetector.Detect("shop.postgres.database.azure.com", Snapshot()).Provider);

    [Fact]
    public void Names_for_the_guides_come_from_the_host_name()
    {
        var names = AmazonRds.Profile.NamesFromHost("shop-prod.c9akciq32.ap-northeast-2.rds.amazonaws.com");

        Assert.Equal(("shop-prod", "ap-northeast-2"), (names["instance"], names["region"]));
        Assert.Equal("shop", AzureFlexible.Profile.NamesFromHost("shop.postgres.database.azure.com")["instance"]);
        Assert.Empty(AmazonRds.Profile.NamesFromHost("10.0.0.1"));
    }

    [Theory]
    [InlineData("ep-cool-1-pooler.eu-central-1.aws.neon.tech", 5432, "ep-cool-1.eu-central-1.aws.neon.tech")]
    [InlineData("shop.postgres.database.azure.com", 6432, "shop.postgres.database.azure.com")]
    [InlineData("db.example.com", 6432, "db.example.com")]
    [InlineData("aws-0-eu-central-1.pooler.supabase.com", 5432, null)]
    public void A_pooler_leads_to_the_direct_host_where_that_can_be_told(string host, int port, string? direct)
    {
        var endpoint = new SourceEndpoint { Host = host, Port = port, Database = "shop" };

        var pooler = ProviderCatalog.PoolerAt(endpoint);

        Assert.NotNull(pooler);
        Assert.Equal(direct, ProviderCatalog.DirectEndpoint(endpoint, pooler)?.Host);
        Assert.Equal(direct is null ? null : 5432, ProviderCatalog.DirectEndpoint(endpoint, pooler)?.Port);
    }

    private static SourceSnapshot Snapshot() => new()
    {
        ReadAt = DateTimeOffset.UnixEpoch,
        Server = new ServerFacts { VersionNumber = 170000, VersionText = "PostgreSQL 17", Database = "shop", CurrentUser = "admin" },
    };
}
