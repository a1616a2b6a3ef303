using System.Globalization;
using SetupWizard.Core.Model;
using SetupWizard.Core.Providers;

namespace SetupWizard.Components.Illustrations;

/// <summary>Scenes with sample values, for whoever looks at the drawings without a source.</summary>
public static class Samples
{
    private static readonly SetupGoal s_goal = new() { Region = "aws:eu-central-1" };

    private static readonly Dictionary<string, string> s_hosts = new(StringComparer.Ordinal)
    {
        [AmazonRds.Id] = "shop-prod.c9fk2ab7q1xz.eu-central-1.rds.amazonaws.com",
        [AmazonAurora.Id] = "shop-prod.cluster-c9fk2ab7q1xz.eu-central-1.rds.amazonaws.com",
        [AzureFlexible.Id] = "shop-prod.postgres.database.azure.com",
    };

    private static readonly SourceSnapshot s_snapshot = new()
    {
        ReadAt = DateTimeOffset.UnixEpoch,
        Server = new ServerFacts { VersionNumber = 160004, VersionText = "PostgreSQL 16.4", Database = "shop", CurrentUser = "shop_admin" },
        Settings = new SettingFact[]
        {
            new("rds.logical_replication", "off", Context: "postmaster"),
            new("wal_level", "replica", Context: "postmaster"),
            new("wal_sender_timeout", "1min", "60000", "ms", "user"),
            new("max_wal_senders", "20", "20", Context: "postmaster"),
            new("max_replication_slots", "10", "10", Context: "postmaster"),
            new("max_worker_processes", "8", "8", Context: "postmaster"),
        }.ToDictionary(s => s.Name, StringComparer.Ordinal),
    };

    /// <summary>Every picture of a provider once, at the first instruction that names it, with its guide's instructions.</summary>
    public static IReadOnlyList<(string Picture, ConsoleScene Scene)> Of(ProviderProfile provider, CultureInfo culture)
    {
        ArgumentNullException.ThrowIfNull(provider);
        return
        [
            .. provider.Guides
                .SelectMany(g => g.Steps.Where(s => s.Picture is not null).Select(s => (Guide: g, Step: s)))
                .GroupBy(p => p.Step.Picture!)
                .Select(p => (p.Key, Scene(provider, p.First().Guide, Shown(p.First().Guide, p.Key), culture))),
        ];
    }

    /// <summary>A guide's scene at one of its instructions.</summary>
    public static ConsoleScene Scene(ProviderProfile provider, ConsoleGuide guide, string step, CultureInfo culture)
    {
        ArgumentNullException.ThrowIfNull(provider);
        ArgumentNullException.ThrowIfNull(guide);
        var replication = guide.Steps.Any(s => s.Key is "set-switch" or "choose");
        var change = new ConsoleChange
        {
            For = RequirementId.WalLevel,
            Kind = "change-in-console",
            Phase = ChangePhase.Parameters,
            GuideId = guide.Id,
            Setting = replication ? provider.ReplicationSwitch ?? "wal_level" : "max_worker_processes",
            Value = replication ? "1" : "16",
        };
        var endpoint = new SourceEndpoint { Host = s_hosts.GetValueOrDefault(provider.Id, "db.example.com"), Database = "shop" };
        return ConsoleScene.For("sample-" + guide.Id + "-" + step, provider, endpoint, s_snapshot, s_goal, change, culture) with { Current = step, Url = null };
    }

    /// <summary>Of the instructions a picture shows, the one that shows most of it.</summary>
    private static string Shown(ConsoleGuide guide, string picture) => guide.Steps.Where(s => s.Picture == picture).Select(s => s.Key) is var keys && keys.Contains("choose") ? "choose" : keys.Contains("confirm") ? "confirm" : keys.First();
}
