using System.Globalization;
using System.Resources;
using System.Text.RegularExpressions;
using SetupWizard.Core.Guides;
using SetupWizard.Core.Model;
using SetupWizard.Core.Providers;
using SetupWizard.Core.Text;

namespace SetupWizard.Core.Tests.Providers;

/// <summary>What every profile keeps, whoever adds the next one.</summary>
public sealed partial class ProviderConformanceTests
{
    private static readonly CultureInfo s_english = CultureInfo.GetCultureInfo("en");
    private static readonly CultureInfo s_korean = CultureInfo.GetCultureInfo("ko");
    private static readonly ResourceManager s_guides = new("SetupWizard.Core.Text.Guides", typeof(Messages).Assembly);

    public static TheoryData<string> Ids => [.. ProviderCatalog.All.Select(p => p.Id)];

    public static TheoryData<string, string> Guides
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var profile in ProviderCatalog.All)
            {
                foreach (var guide in profile.Guides)
                {
                    data.Add(profile.Id, guide.Id);
                }
            }

            return data;
        }
    }

    [Fact]
    public void Ids_are_unique_stable_words()
    {
        Assert.Equal(["amazon-rds", "amazon-aurora", "azure-flexible", "self-managed"], ProviderCatalog.All.Select(p => p.Id));
        Assert.Equal("self-managed", ProviderCatalog.Default.Id);
        Assert.Null(ProviderCatalog.Find("amazon-rdx"));
        Assert.Null(ProviderCatalog.Find(null));
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Every_switch_names_a_guide_that_exists(string id)
    {
        var profile = ProviderCatalog.Find(id)!;

        foreach (var route in profile.Parameters.Append(profile.OtherParameters))
        {
            Assert.True(route.Route != ParameterRoute.Console || route.GuideId is not null, route.Setting);
            Assert.True(route.GuideId is null || profile.Guides.Any(g => g.Id == route.GuideId), route.GuideId);
        }

        Assert.Contains(profile.Guides, g => g.Id == profile.NetworkGuide);
        Assert.Contains(profile.Guides, g => g.Id == profile.RestartGuide && g.Restarts);
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Replication_by_membership_names_its_role(string id)
    {
        var profile = ProviderCatalog.Find(id)!;

        Assert.Equal(profile.ReplicationGrant == ReplicationGrant.Membership, profile.ReplicationRole is not null);
    }

    [Theory]
    [MemberData(nameof(Guides))]
    public void A_guide_has_words_in_both_languages_with_the_same_names(string provider, string id)
    {
        var guide = ProviderCatalog.Find(provider)!.Guide(id);

        foreach (var key in guide.Steps.Select(s => s.Key).Prepend("Title"))
        {
            var english = s_guides.GetResourceSet(CultureInfo.InvariantCulture, true, false)!.GetString($"Guide.{id}.{key}");
            var korean = s_guides.GetResourceSet(s_korean, true, false)!.GetString($"Guide.{id}.{key}");

            Assert.False(string.IsNullOrWhiteSpace(english), key);
            Assert.False(string.IsNullOrWhiteSpace(korean), key);
            Assert.Equal(NamesIn(english!), NamesIn(korean!));
            Assert.All(NamesIn(english!), name => Assert.Contains(name, GuideArguments.Names));
        }

        Assert.Equal(guide.Steps.Count, guide.Steps.Select(s => s.Key).Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(Guides))]
    public void A_guide_leaves_no_hole_even_when_nothing_is_known(string provider, string id)
    {
        var profile = ProviderCatalog.Find(provider)!;
        var endpoint = new SourceEndpoint { Host = "10.1.2.3", Database = "shop" };

        foreach (var culture in new[] { s_english, s_korean })
        {
            var text = GuideText.For(profile.Guide(id), GuideArguments.For(profile, endpoint, null, null), culture);

            Assert.All(
                text.Steps.SelectMany(s => new[] { s.Sentence, s.Value ?? "" }).Append(text.Title).Append(text.Url ?? ""),
                line => Assert.DoesNotMatch(Hole(), line));
        }
    }

    [Theory]
    [MemberData(nameof(Guides))]
    public void An_instruction_names_its_picture_or_says_why_it_has_none(string provider, string id)
    {
        foreach (var step in ProviderCatalog.Find(provider)!.Guide(id).Steps)
        {
            Assert.True(step.Picture is null != step.NoPicture is null, step.Key);
            foreach (var culture in new[] { CultureInfo.InvariantCulture, s_korean })
            {
                Assert.True(step.NoPicture is null || s_guides.GetResourceSet(culture, true, false)!.GetString($"NoPicture.{step.NoPicture}") is not null, step.NoPicture);
            }
        }
    }

    [Fact]
    public void No_sentence_belongs_to_a_guide_that_does_not_exist()
    {
        var known = ProviderCatalog.All.SelectMany(p => p.Guides).SelectMany(g => g.Steps.Select(s => $"Guide.{g.Id}.{s.Key}").Prepend($"Guide.{g.Id}.Title"))
            .Concat(ProviderCatalog.All.SelectMany(p => p.Guides).SelectMany(g => g.Steps).Select(s => s.NoPicture).OfType<string>().Select(r => $"NoPicture.{r}"))
            .ToHashSet();

        foreach (var culture in new[] { CultureInfo.InvariantCulture, s_korean })
        {
            var keys = s_guides.GetResourceSet(culture, true, false)!.Cast<System.Collections.DictionaryEntry>().Select(e => (string)e.Key);
            Assert.Equal([], keys.Where(k => !known.Contains(k)));
        }
    }

    [Fact]
    public void A_guide_for_RDS_carries_the_users_own_names()
    {
        var endpoint = new SourceEndpoint { Host = "localhost", ConsoleHost = "shop-prod.c9akciq32.eu-central-1.rds.amazonaws.com", Database = "shop" };
        var change = new ConsoleChange { For = RequirementId.RdsLogicalReplication, Kind = "change-in-console", Phase = ChangePhase.Parameters, GuideId = AmazonRds.ParameterGroupGuide, Setting = "rds.logical_replication", Value = "1" };

        var values = GuideArguments.For(AmazonRds.Profile, endpoint, null, change);
        var text = GuideText.For(AmazonRds.Profile.Guide(change.GuideId), values, s_english);

        Assert.Equal("Turn on rds.logical_replication for shop-prod", text.Title);
        Assert.Equal("https://eu-central-1.console.aws.amazon.com/rds/home?region=eu-central-1#parameter-groups:", text.Url);
        Assert.Contains("region='eu-central-1'\ninstance='shop-prod'\ngroup='shop-prod-clickpipes'\n", text.Shell, StringComparison.Ordinal);
        Assert.Contains(text.Steps, s => s.Value == "postgres<version>");
    }

    [Fact]
    public void A_guide_for_a_source_behind_a_proxy_does_not_lead_to_the_proxy_again()
    {
        var values = GuideArguments.For(AmazonRds.Profile, new SourceEndpoint { Host = "shop.proxy-abc123.eu-central-1.rds.amazonaws.com", Database = "shop" }, null, null);

        Assert.Equal(("<host>", "<instance>", "eu-central-1"), (values["host"], values["instance"], values["region"]));
    }

    [Fact]
    public void A_guide_without_a_known_region_opens_no_console_page() =>
        Assert.Null(GuideText.For(
            AmazonRds.Profile.Guide(AmazonRds.RebootGuide),
            GuideArguments.For(AmazonRds.Profile, new SourceEndpoint { Host = "10.0.0.1", Database = "shop" }, null, null),
            s_english).Url);

    [Fact]
    public void The_network_guide_lists_the_addresses_of_the_chosen_region()
    {
        var goal = new SetupGoal { Region = "aws:eu-central-1", User = "click \"pipes\"" };

        var values = GuideArguments.For(SelfManaged.Profile, new SourceEndpoint { Host = "db.example.com", Database = "all" }, null, null, goal);

        Assert.StartsWith("18.195.233.217, 3.127.86.90", (string)values["addresses"]!, StringComparison.Ordinal);
        Assert.StartsWith("hostssl \"all\" \"click \"\"pipes\"\"\" 18.195.233.217/32 scram-sha-256\n", (string)values["hbaLines"]!, StringComparison.Ordinal);
    }

    private static IEnumerable<string> NamesIn(string sentence) => Placeholder().Matches(sentence).Select(m => m.Groups[1].Value).Distinct().Order(StringComparer.Ordinal);

    [GeneratedRegex(@"\{([a-zA-Z]+)\}")]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"\{[a-zA-Z]*\}|Guide\.")]
    private static partial Regex Hole();
}
