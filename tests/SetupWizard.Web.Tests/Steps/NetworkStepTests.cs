using System.Net;
using Bunit;
using SetupWizard.Components.Steps;
using SetupWizard.Core.Model;
using SetupWizard.Core.Providers;
using SetupWizard.Sessions;
using SetupWizard.Sessions.Steps;
using SetupWizard.Web.Tests.Support;

namespace SetupWizard.Web.Tests.Steps;

public sealed class NetworkStepTests : WebTest
{
    private const string NewFrankfurt = """{"aws":[{"region":"eu-central-1","clickpipes_egress_ips":["52.0.0.1"]}],"gcp":[]}""";

    [Fact]
    public async Task Addresses_of_the_chosen_region_are_listed_with_the_reason()
    {
        var page = await ShowAsync("aws:eu-central-1");
        Assert.Equal(ClickPipesRegions.Find("aws:eu-central-1")!.Addresses, Addresses(page));
        Assert.Equal("Frankfurt (eu-central-1) has addresses of its own, for services of any age.", page.Find("#addresses-why").TextContent);
        Assert.Equal(StepState.Done, Session.StatusOf(WizardStep.Network).State);
        Assert.Contains("Bundled list, as of 2026-08-04.", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Age_is_asked_where_it_matters_and_not_sure_means_both_lists()
    {
        var page = await ShowAsync("aws:eu-west-1");
        Assert.Equal(12, Addresses(page).Length);
        Assert.Contains("Both lists are below", page.Find("#addresses-why").TextContent, StringComparison.Ordinal);

        await Choice(page, "Before 2026-01-20").ChangeAsync(true);
        Assert.Equal(ClickPipesRegions.Find("aws:eu-central-1")!.Addresses, Addresses(page));

        await page.Find("#network-region").ChangeAsync("gcp:us-east1");
        Assert.Equal(ServiceAge.NotSure, Session.Goal.ServiceAge);
        await Choice(page, "No, none before that day").ChangeAsync(true);
        Assert.Equal(5, Addresses(page).Length);

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
        Assert.Equal(6, Addresses(page).Length);
        Assert.Equal("Added: 52.0.0.1", page.Find(".address-differences .added").TextContent.Replace("+", "", StringComparison.Ordinal).Trim());
        Assert.Equal(6, page.FindAll(".address-differences .removed").Count);

        await PressAsync(page, "Use the published list for this session");
        Assert.Equal(["52.0.0.1"], Addresses(page));
        Assert.Contains("Published list, read from api.clickhouse.cloud", page.Markup, StringComparison.Ordinal);

        await PressAsync(page, "Back to the bundled list");
        Assert.Equal(6, Addresses(page).Length);
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
        Assert.Equal(words + " The bundled list stays in use.", page.Find(".callout[role=alert] .callout-text p").TextContent);
        Assert.Equal(6, Addresses(page).Length);
    }

    [Fact]
    public async Task Bastion_gets_the_line_of_its_key_with_the_users_own_host()
    {
        var page = await ShowAsync("aws:eu-central-1");
        await Choice(page, "SSH tunnel").ChangeAsync(true);
        Assert.Contains("restrict,port-forwarding,permitopen=\"shop-prod.abc123.eu-central-1.rds.amazonaws.com:5432\"", page.Markup.Replace("&quot;", "\"", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("Port 22 from the addresses above", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Private_paths_that_fit_the_service_are_offered_with_both_sides()
    {
        var page = await ShowAsync("aws:eu-central-1");
        await Choice(page, "Private link").ChangeAsync(true);
        Assert.Empty(page.FindAll("#addresses-title"));
        Assert.Contains("VPC resource", page.Find("#our-side").ParentElement!.TextContent, StringComparison.Ordinal);
        Assert.Contains("072088201116", page.Markup, StringComparison.Ordinal);
        await Choice(page, "AWS PrivateLink: VPC endpoint service").ChangeAsync(true);
        Assert.Contains("Offer shop-prod as a VPC endpoint service", page.Find("#our-side").ParentElement!.TextContent, StringComparison.Ordinal);
        Assert.Contains("Paste the service name.", page.Find("#their-side").ParentElement!.TextContent, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("aws:us-east-1", "AWS PrivateLink: VPC resource stays within one region. The database is in eu-central-1, ClickPipes for your service in AWS us-east-1.")]
    [InlineData("azure:elsewhere", "AWS PrivateLink: VPC resource stays within one region. The database is in eu-central-1, ClickPipes for your service in AWS us-east-2.")]
    public async Task Private_path_that_stays_in_one_region_is_not_offered_from_another(string region, string why)
    {
        var page = await ShowAsync(region);
        await Choice(page, "Private link").ChangeAsync(true);
        Assert.Contains(page.FindAll("p.quiet"), p => p.TextContent == why);
        Assert.Contains("Offer shop-prod as a VPC endpoint service", page.Find("#our-side").ParentElement!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Service_in_another_cloud_is_sent_to_the_bastion()
    {
        var page = await ShowAsync("gcp:us-east1");
        await Choice(page, "No, none before that day").ChangeAsync(true);
        await Choice(page, "Private link").ChangeAsync(true);
        Assert.Empty(page.FindAll("#our-side"));
        await PressAsync(page, "Choose the SSH tunnel");
        Assert.Equal(NetworkPath.Ssh, Session.Goal.Network);
    }

    [Fact]
    public async Task Azure_says_that_its_private_link_is_not_supported()
    {
        Runner.Inspection = Given.Inspection() with { Provider = AzureFlexible.Profile };
        await Session.ConnectAsync(Given.Endpoint with { Host = "shop.postgres.database.azure.com" }, "a", null);
        await Session.SetGoalAsync(Session.Goal with { Network = NetworkPath.PrivateLink, Region = "aws:eu-central-1" });
        Assert.Contains("ClickPipes does not support Azure Private Link", Show<NetworkStep>().Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ways_round_the_proxy_are_open_when_it_is_in_between_and_folded_otherwise()
    {
        var page = await ShowAsync("aws:eu-central-1");
        Assert.False(page.Find("#address-ways").HasAttribute("open"));

        await Session.ConnectAsync(Given.Endpoint with { Host = "shop.proxy-abc123.eu-central-1.rds.amazonaws.com" }, "a", null);
        page = Show<NetworkStep>();
        Assert.True(page.Find("#address-ways").HasAttribute("open"));
        Assert.Contains("You are connected through RDS Proxy.", page.Markup, StringComparison.Ordinal);
        Assert.Equal(4, page.FindAll("#address-ways .walkthrough").Count);
    }

    [Fact]
    public async Task Proxy_found_on_connecting_leads_to_the_ways_round_it()
    {
        await ConnectAsync(Given.Finding(RequirementId.DirectConnection, Area.Connect, FindingState.Blocking, "pooler"));
        Assert.Equal("/setup/network#address-ways", Show<ConnectStep>().Find(".finding a.btn").GetAttribute("href"));
    }

    [Fact]
    public async Task Each_line_about_the_way_says_how_sure_it_is()
    {
        var rules = Given.Finding(RequirementId.AllowList, Area.Network, FindingState.Satisfied, "ok") with { Confidence = Confidence.Likely };
        await ConnectAsync(rules);
        var lines = Show<NetworkStep>().FindAll(".sight-lines li").Select(l => l.QuerySelector(".sight")!.TextContent).ToList();
        Assert.Equal(["Proved from here", "Proved from here", "Looks right", "Only ClickPipes can tell"], lines);
    }

    private static string[] Addresses(IRenderedComponent<NetworkStep> page) => page.Find("section[aria-labelledby=addresses-title] pre").TextContent.Split('\n');

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
