using System.Net;
using System.Net.Sockets;
using SetupWizard.Core.Model;
using SetupWizard.Core.Providers;

namespace SetupWizard.Core.Tests.Providers;

public sealed class ClickPipesRegionsTests
{
    [Fact]
    public void Every_region_has_addresses_that_are_IPv4_and_a_fallback_that_exists()
    {
        Assert.Equal(31, ClickPipesRegions.All.Count);
        Assert.Equal(ClickPipesRegions.All.Count, ClickPipesRegions.All.Select(r => r.Id).Distinct().Count());
        Assert.All(ClickPipesRegions.All, region =>
        {
            Assert.InRange(region.Addresses.Count, 5, 9);
            Assert.All(region.Addresses, a => Assert.Equal(AddressFamily.InterNetwork, IPAddress.Parse(a).AddressFamily));
            Assert.True(region.Fallback is null || ClickPipesRegions.Find("aws:" + region.Fallback) is not null, region.Id);
            Assert.Equal(region.Cloud == "aws" && region.Fallback is not null, region.Since is not null);
            Assert.True(ClickPipesRegions.IsRegion(region.Id), region.Id);
        });
    }

    [Fact]
    public void Bundled_list_says_how_old_it_is_and_where_it_is_from()
    {
        Assert.Equal(ClickPipesRegions.All.Max(r => r.Since), ClickPipesRegions.AsOf);
        Assert.NotEmpty(ClickPipesRegions.Source);
        Assert.Equal("https", ClickPipesRegions.Published.Scheme);
    }

    [Theory]
    [InlineData("aws:eu-central-1", 6, "18.195.233.217", AddressReason.Own)]
    [InlineData("AWS:EU-CENTRAL-1", 6, "18.195.233.217", AddressReason.Own)]
    [InlineData("aws:eu-west-1", 12, "54.228.1.92", AddressReason.EitherAge)]
    [InlineData("gcp:us-east1", 11, "34.24.134.232", AddressReason.EitherAge)]
    [InlineData("azure:westeurope", 6, "18.195.233.217", AddressReason.Europe)]
    [InlineData("azure:germanywestcentral", 6, "18.195.233.217", AddressReason.Europe)]
    [InlineData("azure:uksouth", 12, "18.195.233.217", AddressReason.NearEurope)]
    [InlineData("azure:eastus2", 6, "3.131.130.196", AddressReason.Elsewhere)]
    [InlineData("azure:europe", 6, "18.195.233.217", AddressReason.Europe)]
    [InlineData("azure:elsewhere", 6, "3.131.130.196", AddressReason.Elsewhere)]
    [InlineData("aws:eu-south-2", 6, "18.195.233.217", AddressReason.Europe)]
    [InlineData("aws:ap-south-2", 6, "3.131.130.196", AddressReason.Elsewhere)]
    [InlineData("gcp:europe-north1", 6, "18.195.233.217", AddressReason.Europe)]
    [InlineData("gcp:asia-east1", 6, "3.131.130.196", AddressReason.Elsewhere)]
    public void A_service_of_any_cloud_and_region_has_addresses(string id, int count, string first, AddressReason reason)
    {
        var service = ClickPipesRegions.For(new SetupGoal { Region = id })!;

        Assert.Equal((count, first, reason), (service.Addresses.Count, service.Addresses[0], service.Reason));
    }

    [Fact]
    public void Without_a_region_there_are_no_addresses_to_show()
    {
        Assert.Empty(ClickPipesRegions.AddressesFor(new SetupGoal()));
        Assert.Empty(ClickPipesRegions.AddressesFor(null));
    }

    [Theory]
    [InlineData("aws:eu-west-1", ServiceAge.New, "aws:eu-west-1")]
    [InlineData("aws:eu-west-1", ServiceAge.Old, "aws:eu-central-1")]
    [InlineData("aws:eu-west-1", ServiceAge.NotSure, "aws:eu-west-1 aws:eu-central-1")]
    [InlineData("gcp:europe-west2", ServiceAge.New, "gcp:europe-west2")]
    [InlineData("gcp:europe-west2", ServiceAge.Old, "aws:eu-central-1")]
    [InlineData("gcp:us-west1", ServiceAge.NotSure, "gcp:us-west1 aws:us-east-2")]
    [InlineData("aws:us-east-1", ServiceAge.Old, "aws:us-east-1")]
    public void Age_of_the_service_chooses_the_list(string id, ServiceAge age, string lists) =>
        Assert.Equal(lists, string.Join(' ', ClickPipesRegions.For(new SetupGoal { Region = id, ServiceAge = age })!.Lists.Select(l => l.Id)));

    [Theory]
    [InlineData("aws:eu-west-1", "2026-01-20", ServiceAge.New)]
    [InlineData("aws:eu-west-1", "2026-01-19", ServiceAge.Old)]
    [InlineData("gcp:us-east1", "2026-06-15", ServiceAge.New)]
    [InlineData("gcp:us-east1", "2026-06-14", ServiceAge.NotSure)]
    [InlineData("aws:us-east-1", "2020-01-01", ServiceAge.NotSure)]
    [InlineData("azure:eastus2", "2020-01-01", ServiceAge.NotSure)]
    public void Day_of_creation_gives_the_age(string id, string created, ServiceAge age) =>
        Assert.Equal(age, ClickPipesRegions.AgeOf(id, DateOnly.Parse(created, System.Globalization.CultureInfo.InvariantCulture)));

    [Theory]
    [InlineData("aws:eu-west-3", true)]
    [InlineData("aws:us-gov-west-1", true)]
    [InlineData("gcp:us-central1", true)]
    [InlineData("azure:germanywestcentral", true)]
    [InlineData("gcp:europe", true)]
    [InlineData("aws:frankfurt", false)]
    [InlineData("aws:us-central1", false)]
    [InlineData("gcp:eu-central-1", false)]
    [InlineData("azure:west-europe", false)]
    [InlineData("eu-central-1", false)]
    [InlineData("", false)]
    public void Region_is_spelled_as_its_cloud_spells_it(string id, bool right) => Assert.Equal(right, ClickPipesRegions.IsRegion(id));
}
