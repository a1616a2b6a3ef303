using System.Text;
using SetupWizard.Core.Model;
using SetupWizard.Core.Providers;

namespace SetupWizard.Core.Tests.Providers;

public sealed class PublishedAddressesTests
{
    private static readonly DateTimeOffset s_now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Published_addresses_replace_those_of_their_region_and_no_other()
    {
        var list = Parse("""{"aws":[{"region":"eu-west-1","clickpipes_egress_ips":["52.0.0.1"]}],"gcp":[],"azure":[{"whatever":1}]}""");
        var goal = new SetupGoal { Region = "aws:eu-west-1", PublishedAddresses = list };

        Assert.Equal(s_now, list.ReadAt);
        Assert.Equal("52.0.0.1", ClickPipesRegions.For(goal)!.Addresses[0]);
        Assert.Equal(7, ClickPipesRegions.AddressesFor(goal).Count);
        Assert.Equal(["52.0.0.1"], ClickPipesRegions.AddressesFor(goal with { ServiceAge = ServiceAge.New }));
        Assert.Equal(6, ClickPipesRegions.AddressesFor(goal with { Region = "aws:us-east-2" }).Count);
    }

    [Fact]
    public void Region_that_only_the_published_list_has_gets_its_addresses_and_those_used_before()
    {
        var goal = new SetupGoal { Region = "aws:eu-south-2", PublishedAddresses = Parse("""{"aws":[{"region":"eu-south-2","clickpipes_egress_ips":["52.0.0.1"]}],"gcp":[]}""") };
        var service = ClickPipesRegions.For(goal)!;

        Assert.Equal(AddressReason.NewlyPublished, service.Reason);
        Assert.Equal(["aws:eu-south-2", "aws:eu-central-1"], service.Lists.Select(l => l.Id));
        Assert.Equal(7, service.Addresses.Count);
    }

    [Fact]
    public void Differences_name_what_came_what_went_and_what_is_missing()
    {
        var frankfurt = ClickPipesRegions.Find("aws:eu-central-1")!.Addresses;
        var list = Parse($$"""
            {"aws":[{"region":"eu-central-1","clickpipes_egress_ips":["52.0.0.1","{{string.Join("\",\"", frankfurt.Skip(1))}}"]},
                    {"region":"eu-south-2","clickpipes_egress_ips":["52.0.0.2"]}],"gcp":[]}
            """);
        var differences = list.Differences();

        var changed = differences.Single(d => d.Region == "aws:eu-central-1");
        Assert.Equal(["52.0.0.1"], changed.Added);
        Assert.Equal([frankfurt[0]], changed.Removed);
        Assert.True(differences.Single(d => d.Region == "aws:eu-south-2") is { New: true, Unlisted: false });
        Assert.Equal(30, differences.Count(d => d.Unlisted && d.Added.Count + d.Removed.Count == 0));
    }

    [Fact]
    public void Same_addresses_in_another_order_are_no_difference()
    {
        string Of(string cloud) => string.Join(',', ClickPipesRegions.All.Where(r => r.Cloud == cloud)
            .Select(r => $$"""{"region":"{{r.Region}}","clickpipes_egress_ips":["{{string.Join("\",\"", r.Addresses.Reverse())}}"],"egress_ips":[]}"""));

        Assert.Empty(Parse($$"""{"aws":[{{Of("aws")}}],"gcp":[{{Of("gcp")}}]}""").Differences());
    }

    [Theory]
    [InlineData("<html>", "json", null)]
    [InlineData("[]", "shape", "aws")]
    [InlineData("null", "shape", "aws")]
    [InlineData("""{"aws":{},"gcp":[]}""", "shape", "aws")]
    [InlineData("""{"aws":[]}""", "shape", "gcp")]
    [InlineData("""{"aws":[],"gcp":[]}""", "none", null)]
    [InlineData("""{"aws":[1],"gcp":[]}""", "shape", "region")]
    [InlineData("""{"aws":[{"region":"Frankfurt"}],"gcp":[]}""", "shape", "aws")]
    [InlineData("""{"aws":[{"region":"europe","clickpipes_egress_ips":["52.0.0.1"]}],"gcp":[]}""", "shape", "aws")]
    [InlineData("""{"aws":[{"region":"eu-west-1"}],"gcp":[]}""", "none", null)]
    [InlineData("""{"aws":[{"region":"eu-west-1","clickpipes_egress_ips":"52.0.0.1"}],"gcp":[]}""", "shape", "clickpipes_egress_ips")]
    [InlineData("""{"aws":[{"region":"eu-west-1","clickpipes_egress_ips":["52.0.0.1","0.0.0.0"]}],"gcp":[]}""", "address", "aws:eu-west-1")]
    [InlineData("""{"aws":[{"region":"eu-west-1","clickpipes_egress_ips":["0.0.0.0/0"]}],"gcp":[]}""", "address", "aws:eu-west-1")]
    [InlineData("""{"aws":[{"region":"eu-west-1","clickpipes_egress_ips":["10.0.0.1"]}],"gcp":[]}""", "address", "aws:eu-west-1")]
    [InlineData("""{"aws":[{"region":"eu-west-1","clickpipes_egress_ips":["2001:db8::1"]}],"gcp":[]}""", "address", "aws:eu-west-1")]
    [InlineData("""{"aws":[{"region":"eu-west-1","clickpipes_egress_ips":["52.1"]}],"gcp":[]}""", "address", "aws:eu-west-1")]
    [InlineData("""{"aws":[{"region":"eu-west-1","clickpipes_egress_ips":[52]}],"gcp":[]}""", "address", "aws:eu-west-1")]
    [InlineData("""{"aws":[{"region":"eu-west-1","clickpipes_egress_ips":["52.0.0.1"]},{"region":"eu-west-1","clickpipes_egress_ips":["52.0.0.2"]}],"gcp":[]}""", "shape", "aws:eu-west-1")]
    public void Anything_else_is_refused_as_a_whole(string json, string situation, string? where)
    {
        var refused = Assert.Throws<UnusableAddressesException>(() => Parse(json));

        Assert.Equal((situation, where), (refused.Case, refused.Where));
    }

    private static PublishedAddresses Parse(string json) => PublishedAddressList.Parse(Encoding.UTF8.GetBytes(json), s_now);
}
