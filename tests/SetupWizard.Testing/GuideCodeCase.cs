using System.Globalization;
using SetupWizard.Core.Model;
using SetupWizard.Core.Providers;

namespace SetupWizard.Testing;

/// <summary>Guides with names that are plain, and with names that try to break out of whatever they are written in.</summary>
public static class GuideCodeCase
{
    /// <summary>Every kind of character that ends, escapes or starts something in one of the languages, hides itself, or is not ASCII.</summary>
    public const string Odd = "it's \"odd\" $(id) `id` ${var.x} %{if} $${y} \\ \\' 주문📦 ’; #{x} {{instance}} %PATH% & | <region>\nCOMMANDS\n\trm -rf \u202e'@\r\n*/ --";

    public static CultureInfo English { get; } = CultureInfo.GetCultureInfo("en");

    /// <summary>Texts that one of the languages reads as something else unless they are quoted.</summary>
    public static IReadOnlyList<string> Texts =>
    [
        "", "plain", Odd, "'", "''", "\"", "\\", "\\\\'", "$", "${", "$${", "$$${x}", "%{", "%%{", "`", "‘’‚‛", "a\nb", "\r\n", "\t", "\u2028\u0085\u200b\ufeff", "주문📦 고객's", "$(touch x)", "#{x}", "{{instance}}", "-n", "*", "~", "\u001b[31m",
    ];

    private static readonly SourceSnapshot s_snapshot = new()
    {
        ReadAt = DateTimeOffset.UnixEpoch,
        Server = new ServerFacts { VersionNumber = 160004, VersionText = "PostgreSQL 16.4", Database = "shop", CurrentUser = "shop_admin" },
    };

    /// <summary>Every guide of every provider.</summary>
    public static IEnumerable<(ProviderProfile Provider, ConsoleGuide Guide)> All =>
        from provider in ProviderCatalog.All from guide in provider.Guides select (provider, guide);

    /// <summary>The guides with code in a language.</summary>
    public static IEnumerable<string> In(CodeLanguage language) => All.Where(g => g.Guide.Code.Any(c => c.Language == language)).Select(g => g.Guide.Id).Distinct();

    public static ConsoleGuide Guide(string id) => All.First(g => g.Guide.Id == id).Guide;

    /// <summary>What a guide is filled with when everything is as it usually is.</summary>
    public static IReadOnlyDictionary<string, object?> Plain(string guide, bool restart = true)
    {
        var provider = All.First(g => g.Guide.Id == guide).Provider;
        var host = provider.Id switch
        {
            AmazonRds.Id => "Shop-Prod.c9akciq32.eu-central-1.rds.amazonaws.com",
            AmazonAurora.Id => "Shop-Prod.cluster-c9akciq32.eu-central-1.rds.amazonaws.com",
            AzureFlexible.Id => "shop-prod.postgres.database.azure.com",
            _ => "db.example.com",
        };
        return GuideArguments.For(provider, new SourceEndpoint { Host = host, Database = "shop" }, s_snapshot, Change(guide, "max_worker_processes", "16", restart), new SetupGoal { Region = "aws:eu-central-1" });
    }

    /// <summary>What a guide is filled with when every name is <see cref="Odd"/>, although most could not be.</summary>
    public static IReadOnlyDictionary<string, object?> OddNames(string guide)
    {
        var provider = All.First(g => g.Guide.Id == guide).Provider;
        var values = GuideArguments.For(provider, new SourceEndpoint { Host = Odd, Database = "shop \"x\" 주문 #", Port = 6000 }, s_snapshot, Change(guide, Odd, Odd, restart: true), new SetupGoal { User = Odd });
        return new Dictionary<string, object?>(values, StringComparer.Ordinal)
        {
            ["instance"] = Odd,
            ["region"] = Odd,
            ["group"] = Odd,
            ["family"] = Odd,
            ["port"] = Odd,
            ["address"] = (IReadOnlyList<string>)[Odd, "192.0.2.1"],
            ["hbaLine"] = (IReadOnlyList<string>)[Odd, "hostssl \"a b\" \"it's\" 192.0.2.1/32 scram-sha-256"],
        };
    }

    /// <summary>What a guide is filled with when nothing is known.</summary>
    public static IReadOnlyDictionary<string, object?> Nothing(string guide) =>
        GuideArguments.For(All.First(g => g.Guide.Id == guide).Provider, new SourceEndpoint { Host = "10.1.2.3", Database = "shop" }, null, null);

    /// <summary>What a guide is filled with when names are <c>plain</c>, <c>odd</c> or <c>nothing</c>.</summary>
    public static IReadOnlyDictionary<string, object?> Names(string guide, string names) => names switch
    {
        "plain" => Plain(guide),
        "odd" => OddNames(guide),
        _ => Nothing(guide),
    };

    private static ConsoleChange Change(string guide, string setting, string value, bool restart) => new()
    {
        For = RequirementId.WalLevel,
        Kind = "change-in-console",
        Phase = ChangePhase.Parameters,
        GuideId = guide,
        Setting = setting,
        Value = value,
        Restart = restart ? RestartNeed.Restart : RestartNeed.None,
    };
}
