using System.Text.RegularExpressions;

namespace SetupWizard.Core.Providers;

/// <summary>
/// Azure Database for PostgreSQL flexible server. Parameters are changed under Server parameters.
/// See <see href="https://learn.microsoft.com/azure/postgresql/flexible-server/concepts-logical"/>.
/// </summary>
public static partial class AzureFlexible
{
    /// <summary>The id, as the CLI spells it.</summary>
    public const string Id = "azure-flexible";

    /// <summary>The port of the built-in PgBouncer.</summary>
    public const int PgBouncerPort = 6432;

    /// <summary>The guide that turns logical replication on.</summary>
    public const string WalLevelGuide = "azure-wal-level";

    /// <summary>The guide that restarts the server.</summary>
    public const string RestartGuide = "azure-restart";

    /// <summary>The guide that changes any other parameter.</summary>
    public const string ParameterGuide = "azure-parameter";

    /// <summary>The guide that adds firewall rules.</summary>
    public const string FirewallGuide = "azure-firewall";

    /// <summary>The profile.</summary>
    public static ProviderProfile Profile { get; } = new()
    {
        Id = Id,
        Name = "Azure Database for PostgreSQL flexible server",
        ShortName = "Azure Flexible Server",
        ClickPipesType = "azurepostgres",
        Hosts = [HostName()],
        MarkerSettings = ["azure.extensions", "azure.accepted_password_auth_method"],
        MarkerRoles = ["azure_pg_admin", "azuresu"],
        AdminRole = "azure_pg_admin",
        ReplicationGrant = ReplicationGrant.Attribute,

        // The manual page above has the administrator run ALTER ROLE … WITH REPLICATION, on itself first.
        AdminsSetReplication = true,

        // The same page: below that "out of background worker slots" is to be expected.
        WorkerProcesses = 16,
        Parameters =
        [
            new("wal_level", ParameterRoute.Console, "wal_level", "LOGICAL", WalLevelGuide),

            // Read-only there, at -1 (unlimited).
            new("max_slot_wal_keep_size", ParameterRoute.Fixed),
        ],
        OtherParameters = new("", ParameterRoute.Console, GuideId: ParameterGuide),
        Poolers = [new(HostName(), PgBouncerPort, "$0", Model.SourceEndpoint.DefaultPort, "PgBouncer")],
        Guides =
        [
            new(
                WalLevelGuide,
                [
                    new("open-parameters") { Picture = "azure-server-parameters" },
                    new("find") { Value = "wal_level", Picture = "azure-wal-level" },
                    new("choose") { Value = "LOGICAL", Picture = "azure-wal-level" },
                    new("save") { Picture = "azure-wal-level" },
                    new("restart") { Picture = "azure-save-and-restart" },
                ])
            {
                ConsoleUrl = PortalUrl,
                Restarts = true,
            },
            new(
                RestartGuide,
                [
                    new("open-server") { Picture = "azure-restart" },
                    new("restart") { Picture = "azure-restart" },
                    new("confirm") { Picture = "azure-restart" },
                ])
            {
                ConsoleUrl = PortalUrl,
                Restarts = true,
            },
            new(
                ParameterGuide,
                [
                    new("open-parameters") { Picture = "azure-server-parameters" },
                    new("find") { Value = "{setting}", Picture = "azure-parameter" },
                    new("set") { Value = "{value}", Picture = "azure-parameter" },
                    new("save") { Picture = "azure-parameter" },
                ])
            {
                ConsoleUrl = PortalUrl,
            },
            new(
                FirewallGuide,
                [
                    new("open-networking") { Picture = "azure-firewall" },
                    new("add-rules") { Value = "{addresses}", Picture = "azure-firewall" },
                    new("save") { Picture = "azure-firewall" },
                ])
            {
                ConsoleUrl = PortalUrl,
            },
            NetworkGuides.Bastion,
        ],
        RestartGuide = RestartGuide,
        NetworkGuide = FirewallGuide,
        NamesFromHost = Names,
        Mark = "M9 14a4 4 0 0 1 .500-8A7 7 0 0 1 23 7.500a3.500 3.500 0 0 1 0 6.500ZM8 19c0-1.500 3.600-2.500 8-2.500s8 1 8 2.500-3.600 2.500-8 2.500S8 20.500 8 19Zm0 0v7c0 1.500 3.600 2.500 8 2.500s8-1 8-2.500v-7",
        Manual = new Uri("https://learn.microsoft.com/azure/postgresql/flexible-server/concepts-logical"),
        ClickPipesGuide = new Uri("https://clickhouse.com/docs/integrations/clickpipes/postgres/source/azure-flexible-server-postgres"),
    };

    private const string PortalUrl = "https://portal.azure.com/#browse/Microsoft.DBforPostgreSQL%2FflexibleServers";

    private static Dictionary<string, string> Names(string host)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        var match = HostName().Match(host);
        if (match.Success)
        {
            names["instance"] = match.Groups["instance"].Value;
        }

        return names;
    }

    [GeneratedRegex(@"^(?<instance>[a-z0-9-]+)(\.private)?(?<suffix>\.postgres\.database\.(azure\.com|chinacloudapi\.cn|usgovcloudapi\.net))$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex HostName();
}
