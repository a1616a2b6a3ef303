using System.Net;
using System.Net.Sockets;
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
        });
    }

    [Theory]
    [InlineData("aws:eu-central-1", 6, "18.195.233.217")]
    [InlineData("AWS:EU-CENTRAL-1", 6, "18.195.233.217")]
    [InlineData("aws:eu-west-1", 12, "54.228.1.92")]
    [InlineData("gcp:us-east1", 11, "34.24.134.232")]
    [InlineData("azure:westeurope", 6, "18.195.233.217")]
    [InlineData("azure:eastus2", 6, "3.131.130.196")]
    [InlineData("aws:eu-south-2", 6, "18.195.233.217")]
    [InlineData("aws:ap-south-2", 6, "3.131.130.196")]
    public void A_service_of_any_cloud_and_region_has_addresses(string id, int count, string first)
    {
        var addresses = ClickPipesRegions.AddressesFor(id);

        Assert.Equal((count, first), (addresses.Count, addresses[0]));
    }

    [Fact]
    public void Without_a_region_there_are_no_addresses_to_show() => Assert.Empty(ClickPipesRegions.AddressesFor(null));
}
