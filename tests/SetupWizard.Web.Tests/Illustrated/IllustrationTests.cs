using System.Globalization;
using Bunit;
using Microsoft.AspNetCore.Components;
using SetupWizard.Components.Illustrations;
using SetupWizard.Components.Pages;
using SetupWizard.Core.Providers;
using SetupWizard.Web.Tests.Support;

namespace SetupWizard.Web.Tests.Illustrated;

/// <summary>What every drawing keeps, whoever draws the next one.</summary>
public sealed class IllustrationTests : WebTest
{
    public static TheoryData<string, string, string> Instructions
    {
        get
        {
            var data = new TheoryData<string, string, string>();
            foreach (var provider in ProviderCatalog.All)
            {
                foreach (var guide in provider.Guides)
                {
                    foreach (var step in guide.Steps.Where(s => s.Picture is not null))
                    {
                        data.Add(provider.Id, guide.Id, step.Key);
                    }
                }
            }

            return data;
        }
    }

    [Fact]
    public void Every_instruction_names_a_drawing_that_exists_or_says_why_none_and_no_drawing_is_forgotten()
    {
        var steps = ProviderCatalog.All.SelectMany(p => p.Guides).SelectMany(g => g.Steps).ToList();

        Assert.All(steps, s => Assert.True((Illustrations.Find(s.Picture) is not null) ^ (s.NoPicture is not null), s.Key));
        Assert.Equal(Illustrations.Names.Order(StringComparer.Ordinal), steps.Select(s => s.Picture).OfType<string>().Distinct().Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Instructions))]
    public void A_drawing_marks_its_instruction_with_that_number_and_only_the_current_one_stands_out(string provider, string guide, string step)
    {
        var texts = new List<string>();
        foreach (var language in new[] { "en", "ko" })
        {
            var scene = Scene(provider, guide, step, language);
            var drawing = Draw(scene);
            var number = (scene.IndexOf(step) + 1).ToString(CultureInfo.InvariantCulture);
            var now = drawing.FindAll(".spot.now");

            Assert.NotEmpty(now);
            Assert.All(now, spot => Assert.Equal(number, spot.GetAttribute("data-spot")));
            Assert.All(drawing.FindAll(".spot"), spot => Assert.InRange(int.Parse(spot.GetAttribute("data-spot")!, CultureInfo.InvariantCulture), 1, scene.Steps.Count));
            Assert.DoesNotContain("Console.", drawing.Find("figure").TextContent);
            texts.Add(drawing.Find("figure").TextContent);
        }

        Assert.NotEqual(texts[0], texts[1]);
    }

    [Theory]
    [MemberData(nameof(Instructions))]
    public void A_drawing_of_a_real_console_has_nothing_to_press_and_says_so(string provider, string guide, string step)
    {
        var drawing = Draw(Scene(provider, guide, step, "en") with { Url = "https://console.example.com/" });

        Assert.Empty(drawing.FindAll("button, input, select"));
        Assert.Contains("nothing happens here", drawing.Find("figcaption").TextContent);
        Assert.Equal("https://console.example.com/", drawing.Find("figcaption a").GetAttribute("href"));
    }

    [Fact]
    public void A_drawing_carries_the_users_own_names_and_the_current_value_beside_the_new_one()
    {
        Assert.Contains("shop-prod-clickpipes", Text(AmazonRds.Id, AmazonRds.ParameterGroupGuide, "create-group"));
        Assert.Contains("postgres16", Text(AmazonRds.Id, AmazonRds.ParameterGroupGuide, "choose-family"));
        Assert.Contains("eu-central-1", Text(AmazonRds.Id, AmazonRds.ParameterGroupGuide, "open-groups"));
        Assert.Contains("DB Parameter Group", Text(AmazonRds.Id, AmazonRds.ParameterGroupGuide, "choose-family"));
        Assert.Contains("aurora-postgresql16", Text(AmazonAurora.Id, AmazonAurora.ParameterGroupGuide, "choose-family"));
        Assert.Contains("DB Cluster Parameter Group", Text(AmazonAurora.Id, AmazonAurora.ParameterGroupGuide, "choose-family"));
        Assert.Contains("Modify DB cluster: shop-prod", Text(AmazonAurora.Id, AmazonAurora.ParameterGroupGuide, "attach-group"));
        Assert.Contains("Modify cluster", Text(AmazonAurora.Id, AmazonAurora.ParameterGroupGuide, "apply-immediately"));
        Assert.Contains("shop-prod-instance-1", Draw(Scene(AmazonAurora.Id, AmazonAurora.RebootGuide, "open-database", "en")).Find(".cx-row.mine").TextContent);
        Assert.Contains("Writer instance", Draw(Scene(AmazonAurora.Id, AmazonAurora.RebootGuide, "open-database", "en")).Find(".cx-row.mine").TextContent);
        Assert.Equal("0 → 1", Change(AmazonAurora.Id, AmazonAurora.ParameterGroupGuide, "set-switch"));
        Assert.Equal("0 → 1", Change(AmazonRds.Id, AmazonRds.ParameterGroupGuide, "set-switch"));
        Assert.Equal("60000 → 0", Change(AmazonRds.Id, AmazonRds.ParameterGroupGuide, "set-timeout"));
        Assert.Equal("REPLICA → LOGICAL", Change(AzureFlexible.Id, AzureFlexible.WalLevelGuide, "choose"));
        Assert.Equal("8 → 16", Change(AzureFlexible.Id, AzureFlexible.ParameterGuide, "set"));
    }

    [Theory]
    [InlineData(AmazonRds.Id, AmazonRds.SecurityGroupGuide)]
    [InlineData(AzureFlexible.Id, AzureFlexible.FirewallGuide)]
    public void A_firewall_drawing_lists_every_address_of_the_region(string provider, string guide)
    {
        var scene = Scene(provider, guide, "add-rules", "en");
        var text = Draw(scene).Find("figure").TextContent;

        Assert.True(scene.Addresses.Count > 1);
        Assert.All(scene.Addresses, address => Assert.Contains(address, text, StringComparison.Ordinal));
    }

    [Fact]
    public void The_page_of_all_pictures_shows_each_on_a_light_and_on_a_dark_page()
    {
        var page = Show<AllIllustrations>();

        // Providers of one house share pictures, each with its own names in them.
        var shown = ProviderCatalog.All.SelectMany(p => p.Guides.SelectMany(g => g.Steps).Select(s => s.Picture).OfType<string>().Distinct()).Order(StringComparer.Ordinal).ToList();
        Assert.Equal(Illustrations.Names.Order(StringComparer.Ordinal), shown.Distinct());
        Assert.Equal(shown, page.FindAll(".illustration h3").Select(h => h.TextContent).Order(StringComparer.Ordinal));
        Assert.Equal(shown.Count, page.FindAll(".theme-light figure").Count);
        Assert.Equal(shown.Count, page.FindAll(".theme-dark figure").Count);
        Assert.Equal(page.FindAll("[id]").Count, page.FindAll("[id]").Select(e => e.Id).Distinct().Count());
    }

    private static ConsoleScene Scene(string provider, string guide, string step, string language)
    {
        CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(language);
        var profile = ProviderCatalog.Find(provider)!;
        return Samples.Scene(profile, profile.Guide(guide), step, CultureInfo.CurrentUICulture);
    }

    private IRenderedComponent<CascadingValue<ConsoleScene>> Draw(ConsoleScene scene) => Render<CascadingValue<ConsoleScene>>(parameters => parameters
        .Add(p => p.Value, scene)
        .Add(p => p.ChildContent, builder =>
        {
            builder.OpenComponent(0, Illustrations.Find(scene.Steps[scene.IndexOf(scene.Current)].Picture)!);
            builder.CloseComponent();
        }));

    private string Text(string provider, string guide, string step) => Draw(Scene(provider, guide, step, "en")).Find("figure").TextContent;

    private string Change(string provider, string guide, string step) => Draw(Scene(provider, guide, step, "en")).Find(".cx-change").TextContent;
}
