using System.Net;
using Bunit;
using SetupWizard.Components.Steps;
using SetupWizard.Core.Model;
using SetupWizard.Core.Providers;
using SetupWizard.Sessions;
using SetupWizard.Web.Tests.Support;

namespace SetupWizard.Web.Tests.Steps;

public sealed class NetworkStepTests : WebTest
{
    private const string NewFrankfurt = """{"aws":[{"region":"eu-central-1","clickpipes_egress_ips":["52.0.0.1"]}],"gcp":[]}""";

    [Fact]
    public async Task Addresses_of_the_chosen_region_are_listed_with_the_reason()
    {
        var page = await ShowAsync("aws:eu-central-1");
        Assert.Equal(ClickPipesRegions.Find("aws:eu-central-1")!.Addresses.Select(a => a + "/32"), Addresses(page));
        Assert.Equal("Frankfurt (eu-central-1) has addresses of its own, for services of any age.", page.Find("#addresses-why").TextContent);
        Assert.Equal(StepState.Done, Session.StatusOf(WizardStep.Network).State);
        Assert.Contains("Bundled list, as of 2026-08-04.", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Age_is_asked_where_it_matters_and_not_sure_means_both_lists()
    {
        var page = await ShowAsync("aws:eu-west-1");
        Assert.Equal(12, Addresses(page).Count);
        Assert.Contains("Both lists are below", page.Find("#addresses-why").TextContent, StringComparison.Ordinal);

        await Choice(page, "Before 2026-01-20").ChangeAsync(true);
        Assert.Equal(ClickPipesRegions.Find("aws:eu-central-1")!.Addresses.Select(a => a + "/32"), Addresses(page));

        await page.Find("#network-region").ChangeAsync("gcp:us-east1");
        Assert.Equal(ServiceAge.NotSure, Session.Goal.ServiceAge);
        await Choice(page, "No, none before that day").ChangeAsync(true);
        Assert.Equal(5, Addresses(page).Count);

        await page.Find("#network-region").ChangeAsync("aws:us-east-1");
        Assert.DoesNotContain("When was the ClickHouse service created?", page.Markup, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("aws:europe", "Services in the EU are then served from Frankfurt (eu-central-1).")]
    [InlineData("gcp:elsewhere", "Services outside the EU are then served from Ohio (us-east-2).")]
    [InlineData("azure:europe", "Services in the EU are then served from Frankfurt (eu-central-1).")]
    public async Task Region_without_a_list_says_which_one_serves_it(string region, string why)
    {
        var page = await ShowAsync(region);
        Assert.EndsWith(why, page.Find("#addresses-why").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rules_carry_the_port_the_database_and_the_user_of_the_goal()
    {
        var page = await ShowAsync("aws:eu-central-1");
        await page.Find("#address-format").ChangeAsync("PgHba");
        Assert.StartsWith("hostssl shop clickpipes_user 18.195.233.217/32 scram-sha-256\n", page.Find(".card pre").TextContent, StringComparison.Ordinal);
        await page.Find("#address-format").ChangeAsync("SecurityGroupJson");
        Assert.Contains("\"FromPort\": 5432", page.Find(".card pre").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task On_a_bastion_the_rules_open_the_port_of_SSH_and_nothing_of_the_database()
    {
        var page = await ShowAsync("aws:eu-central-1");
        await page.Find("#address-format").ChangeAsync("PgHba");
        await Choice(page, "SSH tunnel").ChangeAsync(true);
        Assert.Equal(["List", "Cidr", "SecurityGroupCsv", "SecurityGroupJson"], page.FindAll("#address-format option").Select(o => o.GetAttribute("value")));
        Assert.StartsWith("18.195.233.217\n", page.Find(".card pre").TextContent, StringComparison.Ordinal);
        await page.Find("#address-format").ChangeAsync("SecurityGroupCsv");
        Assert.Contains("SSH,TCP,22,18.195.233.217/32,", page.Find(".card pre").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Published_list_is_read_only_when_asked_and_used_only_after_its_differences_were_shown()
    {
        Publisher.Body = NewFrankfurt;
        var page = await ShowAsync("aws:eu-central-1");
        Assert.Equal(0, Publisher.Asked);
        await PressAsync(page, "Compare with the list at api.clickhouse.cloud");
        Assert.Equal(1, Publisher.Asked);
        Assert.Equal(6, Addresses(page).Count);
        Assert.Equal("Added: 52.0.0.1", page.Find(".address-differences .added").TextContent.Replace("+", "", StringComparison.Ordinal).Trim());
        Assert.Equal(6, page.FindAll(".address-differences .removed").Count);

        await PressAsync(page, "Use the published list for this session");
        Assert.Equal(["52.0.0.1/32"], Addresses(page));
        Assert.Contains("Published list, read from api.clickhouse.cloud", page.Markup, StringComparison.Ordinal);

        await PressAsync(page, "Back to the bundled list");
        Assert.Equal(6, Addresses(page).Count);
    }

    [Theory]
    [InlineData(HttpStatusCode.ServiceUnavailable, "", "api.clickhouse.cloud answered with status 503.")]
    [InlineData(HttpStatusCode.OK, "<html>", "api.clickhouse.cloud sent something that is not JSON.")]
    [InlineData(HttpStatusCode.OK, """{"aws":[{"region":"eu-central-1","clickpipes_egress_ips":["10.0.0.1"]}],"gcp":[]}""", "The answer of api.clickhouse.cloud has something under aws:eu-central-1 that is not a public IPv4 address.")]
    public async Task Published_list_that_cannot_be_had_is_said_in_words_and_the_bundled_one_stays(HttpStatusCode status, string body, string words)
    {
        (Publisher.Status, Publisher.Body) = (status, body);
        var page = await ShowAsync("aws:eu-central-1");
        await PressAsync(page, "Compare with the list at api.clickhouse.cloud");
        Assert.Equal(words + " The bundled list stays in use.", page.Find(".callout[role=alert] div p").TextContent);
        Assert.Equal(6, Addresses(page).Count);
    }

    private static List<string> Addresses(IRenderedComponent<NetworkStep> page) => [.. page.FindAll(".addresses code").Select(c => c.TextContent)];

    private static AngleSharp.Dom.IElement Choice(IRenderedComponent<NetworkStep> page, string label) =>
        page.FindAll("label.choice").Single(l => l.QuerySelector(".choice-label")!.TextContent == label).QuerySelector("input")!;

    private async Task<IRenderedComponent<NetworkStep>> ShowAsync(string region)
    {
        await ConnectAsync();
        var page = Show<NetworkStep>();
        await page.Find("#network-region").ChangeAsync(region);
        return page;
    }
}
