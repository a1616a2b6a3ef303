using System.Globalization;
using SetupWizard.Core.Model;
using SetupWizard.Core.Providers;
using SetupWizard.Core.Wording;

namespace SetupWizard.Core.Tests.Field;

/// <summary>Names of an Aurora cluster that lead to a reader, or may.</summary>
public sealed class AuroraReaderTests
{
    private const string Writer = "shop-prod.cluster-c9fk2ab7q1xz.eu-central-1.rds.amazonaws.com";

    [Theory]
    [InlineData("shop-prod.cluster-ro-c9fk2ab7q1xz.eu-central-1.rds.amazonaws.com", Writer)]
    [InlineData("reports.cluster-custom-c9fk2ab7q1xz.eu-central-1.rds.amazonaws.com", "<cluster>.cluster-c9fk2ab7q1xz.eu-central-1.rds.amazonaws.com")]
    [InlineData("shop-prod-1.c9fk2ab7q1xz.eu-central-1.rds.amazonaws.com", "<cluster>.cluster-c9fk2ab7q1xz.eu-central-1.rds.amazonaws.com")]
    public void A_name_that_may_lead_to_a_reader_is_refused_on_a_reader_and_warned_of_on_the_writer(string host, string writer)
    {
        var source = SnapshotBuilder.Rds(170010).Provider(_ => AmazonAurora.Profile).Endpoint(e => e with { Host = host });
        var warned = source.One("SW106");
        Assert.Equal((FindingState.Warning, "reader-name"), (warned.State, warned.Case));
        Assert.Contains(writer + ".", FindingText.For(warned, CultureInfo.GetCultureInfo("en")).Fix, StringComparison.Ordinal);

        // Whatever PostgreSQL 16 and later let a standby do, and although the setting is on.
        var refused = source.Setting("hot_standby_feedback", "on").Server(s => s with { InRecovery = true }).One("SW106");
        Assert.Equal((FindingState.Blocking, "reader"), (refused.State, refused.Case));
        Assert.Contains(writer + ".", FindingText.For(refused, CultureInfo.GetCultureInfo("ko")).Fix, StringComparison.Ordinal);
    }

    [Fact]
    public void The_guides_of_a_reader_lead_to_the_writer()
    {
        var values = GuideArguments.For(AmazonAurora.Profile, new SourceEndpoint { Host = "shop-prod.cluster-ro-c9fk2ab7q1xz.eu-central-1.rds.amazonaws.com", Database = "shop" }, null, null);
        Assert.Equal((Writer, "shop-prod"), (values["host"], values["instance"]));

        // A name that does not say the cluster's stays itself: it works.
        const string instance = "shop-prod-1.c9fk2ab7q1xz.eu-central-1.rds.amazonaws.com";
        Assert.Equal(instance, GuideArguments.For(AmazonAurora.Profile, new SourceEndpoint { Host = instance, Database = "shop" }, null, null)["host"]);
    }
}
