using System.Text.RegularExpressions;

namespace SetupWizard.Core.Providers;

/// <summary>A server somebody runs themselves: parameters are ours to change, with <c>ALTER SYSTEM</c>, when the login may.</summary>
public static partial class SelfManaged
{
    /// <summary>The id, as the CLI spells it.</summary>
    public const string Id = "self-managed";

    /// <summary>The guide that restarts the server.</summary>
    public const string RestartGuide = "self-managed-restart";

    /// <summary>The guide that changes a parameter by hand, for a login that may not.</summary>
    public const string ParameterGuide = "self-managed-parameter";

    /// <summary>The guide that lets ClickPipes in.</summary>
    public const string PgHbaGuide = "self-managed-pg-hba";

    /// <summary>Why these guides have no pictures: a shell looks the same everywhere.</summary>
    private const string Terminal = "terminal";

    /// <summary>The profile.</summary>
    public static ProviderProfile Profile { get; } = new()
    {
        Id = Id,
        Name = "Self-managed PostgreSQL",
        ShortName = "My own server",
        ClickPipesType = "postgres",
        ReplicationGrant = ReplicationGrant.Attribute,
        Parameters = [new("wal_level", ParameterRoute.AlterSystem, "wal_level", "logical", RestartGuide)],
        OtherParameters = new("", ParameterRoute.AlterSystem, GuideId: ParameterGuide),
        BypassRlsGrantable = true,
        TextPasswords =
        [
            new("Neon", NeonHost(), "neon_superuser"),
            new("Databricks Lakebase", LakebaseHost(), "databricks_superuser"),
        ],
        ConsoleNeeded = false,
        Poolers =
        [
            // PgBouncer's and Odyssey's default port, and the pooled port of several set-ups: whose server it is does not matter.
            new(null, 6432, null, Model.SourceEndpoint.DefaultPort, "PgBouncer"),
            new(null, 6543, null, Model.SourceEndpoint.DefaultPort, "Supavisor"),
            new(SupabasePooler(), null, null, Model.SourceEndpoint.DefaultPort, "Supavisor"),
            new(NeonPooler(), null, "${endpoint}${rest}", Model.SourceEndpoint.DefaultPort, "Neon pooler"),
        ],
        Guides =
        [
            new(
                RestartGuide,
                [
                    new("log-in") { Value = "ssh {host}", NoPicture = Terminal },
                    new("restart") { Value = "sudo systemctl restart postgresql", NoPicture = Terminal },
                    new("container") { NoPicture = Terminal },
                ])
            {
                Restarts = true,
            },
            new(
                ParameterGuide,
                [
                    new("log-in") { Value = "ssh {host}", NoPicture = Terminal },
                    new("edit") { Value = "{setting} = {value}", NoPicture = Terminal },
                    new("reload") { NoPicture = Terminal },
                ]),
            new(
                PgHbaGuide,
                [
                    new("find-file") { Value = "SHOW hba_file;", NoPicture = Terminal },
                    new("add-lines") { Value = "{hbaLines}", NoPicture = Terminal },
                    new("listen") { NoPicture = Terminal },
                    new("reload") { Value = "SELECT pg_reload_conf();", NoPicture = Terminal },
                    new("firewall") { Value = "{addresses}", NoPicture = Terminal },
                ]),
            NetworkGuides.Bastion,
            NetworkGuides.HostVpcResource,
            NetworkGuides.ServiceAttachment,
            NetworkGuides.PipesVpcResource,
            NetworkGuides.PipesServiceAttachment,
        ],
        RestartGuide = RestartGuide,
        NetworkGuide = PgHbaGuide,
        OwnAccessRules = true,
        PrivatePaths =
        [
            new("vpc-resource", "aws", NetworkGuides.HostVpcResource.Id, NetworkGuides.PipesVpcResource.Id, SameRegion: true),
            new("psc", "gcp", NetworkGuides.ServiceAttachment.Id, NetworkGuides.PipesServiceAttachment.Id, SameRegion: true),
        ],
        Mark = "M5 5h22v9H5Zm0 13h22v9H5ZM9 9.500h1m3 0h1m-5 13h1m3 0h1m5-13h4m-4 13h4",
        Manual = new Uri("https://www.postgresql.org/docs/current/logical-replication-config.html"),
        ClickPipesGuide = new Uri("https://clickhouse.com/docs/integrations/clickpipes/postgres/source/generic"),
    };

    [GeneratedRegex(@"\.neon\.tech$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex NeonHost();

    [GeneratedRegex(@"\.database\.(cloud\.databricks\.com|azuredatabricks\.net)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex LakebaseHost();

    [GeneratedRegex(@"\.pooler\.supabase\.com$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex SupabasePooler();

    [GeneratedRegex(@"^(?<endpoint>[a-z0-9-]+)-pooler(?<rest>\..+\.neon\.tech)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex NeonPooler();
}
