using System.Text.RegularExpressions;

namespace SetupWizard.Core.Providers;

/// <summary>
/// Amazon RDS for PostgreSQL. Parameters live in a DB parameter group; logical replication has a switch of its own.
/// See <see href="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/PostgreSQL.Concepts.General.FeatureSupport.LogicalReplication.html"/>.
/// </summary>
public static partial class AmazonRds
{
    /// <summary>The id, as the CLI spells it.</summary>
    public const string Id = "amazon-rds";

    /// <summary>The guide that turns logical replication on.</summary>
    public const string ParameterGroupGuide = "rds-parameter-group";

    /// <summary>The guide that reboots the instance.</summary>
    public const string RebootGuide = "rds-reboot";

    /// <summary>The guide that changes any other parameter.</summary>
    public const string ParameterGuide = "rds-parameter";

    /// <summary>The guide that opens the security group.</summary>
    public const string SecurityGroupGuide = "rds-security-group";

    /// <summary>The guide that lets an IAM role log in.</summary>
    public const string IamGuide = "rds-iam";

    // Why an instruction has no picture.
    private const string Named = "named";
    private const string Editor = "editor";
    private const string ServiceSettings = "service-settings";

    /// <summary>The profile.</summary>
    public static ProviderProfile Profile { get; } = new()
    {
        Id = Id,
        Name = "Amazon RDS for PostgreSQL",
        ShortName = "Amazon RDS",
        ClickPipesType = "rdspostgres",
        Hosts = [HostName()],
        MarkerSettings = ["rds.extensions", "rds.logical_replication", "rds.superuser_variables", "rds.force_ssl"],
        MarkerRoles = ["rds_superuser", "rdsadmin"],
        AdminRole = "rds_superuser",
        ReplicationGrant = ReplicationGrant.Membership,
        ReplicationRole = "rds_replication",
        ReplicationSwitch = "rds.logical_replication",

        // "Directly or indirectly by nested grant access": https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/database-authentication.html
        LoginRoles = ["rds_iam", "rds_ad"],
        Iam = new(
            "rds_iam",
            "rds.iam_auth_for_replication",
            IamGuide,
            "aws",
            "aws rds generate-db-auth-token --hostname {host} --port {port} --region {region} --username {shellUser}"),
        Parameters =
        [
            new("wal_level", ParameterRoute.Console, "rds.logical_replication", "1", ParameterGroupGuide),
            new("rds.logical_replication", ParameterRoute.Console, "rds.logical_replication", "1", ParameterGroupGuide),
        ],
        OtherParameters = new("", ParameterRoute.Console, GuideId: ParameterGuide),
        CertificateBundle = new("global-bundle.pem", new Uri("https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem"), "Amazon RDS"),
        Poolers = [new(ProxyHost(), null, null, Model.SourceEndpoint.DefaultPort, "RDS Proxy")],
        Guides =
        [
            new(
                ParameterGroupGuide,
                [
                    new("open-groups") { Picture = "rds-parameter-groups" },
                    new("create-group") { Value = "{group}", Picture = "rds-create-group" },
                    new("choose-family") { Value = "{family}", Picture = "rds-create-group" },
                    new("edit-group") { Value = "{group}", Picture = "rds-open-group" },
                    new("set-switch") { Name = "rds.logical_replication", Value = "1", Picture = "rds-logical-replication" },
                    new("set-timeout") { Name = "wal_sender_timeout", Value = "0", Picture = "rds-wal-sender-timeout" },
                    new("modify") { Picture = "rds-databases" },
                    new("attach-group") { Value = "{group}", Picture = "rds-attach-group" },
                    new("apply-immediately") { Picture = "rds-apply-immediately" },
                    new("reboot") { Picture = "rds-reboot" },
                ])
            {
                ConsoleUrl = "https://{region}.console.aws.amazon.com/rds/home?region={region}#parameter-groups:",
                Restarts = true,
            },
            new(
                RebootGuide,
                [
                    new("open-database") { Picture = "rds-reboot" },
                    new("reboot") { Picture = "rds-reboot" },
                    new("confirm") { Picture = "rds-reboot" },
                ])
            {
                ConsoleUrl = "https://{region}.console.aws.amazon.com/rds/home?region={region}#database:id={instance};is-cluster=false",
                Restarts = true,
            },
            new(
                ParameterGuide,
                [
                    new("open-database") { Picture = "rds-configuration" },
                    new("open-group") { Picture = "rds-configuration" },
                    new("edit") { Name = "{setting}", Value = "{value}", Picture = "rds-parameter" },
                    new("save") { Picture = "rds-parameter" },
                    new("apply") { Picture = "rds-reboot" },
                ])
            {
                ConsoleUrl = "https://{region}.console.aws.amazon.com/rds/home?region={region}#parameter-groups:",
            },
            new(
                SecurityGroupGuide,
                [
                    new("open-database") { Picture = "rds-security-group" },
                    new("open-security-group") { Picture = "rds-security-group" },
                    new("edit-inbound") { Picture = "rds-inbound-rules" },
                    new("add-rules") { Value = "{addresses}", Picture = "rds-edit-inbound-rules" },
                    new("save") { Picture = "rds-edit-inbound-rules" },
                ])
            {
                ConsoleUrl = "https://{region}.console.aws.amazon.com/rds/home?region={region}#database:id={instance};is-cluster=false",
            },
            new(
                IamGuide,
                [
                    new("open-database") { NoPicture = Named },
                    new("turn-on") { NoPicture = Named },
                    new("apply") { NoPicture = Named },
                    new("resource-id") { NoPicture = Named },
                    new("service-role") { NoPicture = ServiceSettings },
                    new("create-role") { Value = "{trustPolicy}", NoPicture = Editor },
                    new("name-role") { Value = "{role}", NoPicture = Editor },
                    new("allow-connect") { Value = "{connectPolicy}", NoPicture = Editor },
                    new("copy-arn") { NoPicture = Editor },
                ])
            {
                ConsoleUrl = "https://{region}.console.aws.amazon.com/rds/home?region={region}#database:id={instance};is-cluster=false",
            },
            NetworkGuides.Bastion,
            NetworkGuides.RdsVpcResource,
            NetworkGuides.RdsEndpointService,
            NetworkGuides.PipesVpcResource,
            NetworkGuides.PipesEndpointService,
            NetworkGuides.RdsTargetCron,
            NetworkGuides.RdsTargetEvent,
            NetworkGuides.RdsProxyInstance,
        ],
        RestartGuide = RebootGuide,
        NetworkGuide = SecurityGroupGuide,
        PrivatePaths =
        [
            new("vpc-resource", "aws", NetworkGuides.RdsVpcResource.Id, NetworkGuides.PipesVpcResource.Id, SameRegion: true),
            new("endpoint-service", "aws", NetworkGuides.RdsEndpointService.Id, NetworkGuides.PipesEndpointService.Id, SameRegion: false),
        ],
        AddressGuides = [NetworkGuides.RdsTargetCron.Id, NetworkGuides.RdsTargetEvent.Id, NetworkGuides.RdsProxyInstance.Id, NetworkGuides.RdsEndpointService.Id],
        NamesFromHost = Names,
        Mark = "M8 9c0-2 3.600-3.500 8-3.500s8 1.500 8 3.500-3.600 3.500-8 3.500S8 11 8 9Zm0 0v14c0 2 3.600 3.500 8 3.500s8-1.500 8-3.500V9M8 16c0 2 3.600 3.500 8 3.500s8-1.500 8-3.500M6 3H3v26h3M26 3h3v26h-3",
        Manual = new Uri("https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/PostgreSQL.Concepts.General.FeatureSupport.LogicalReplication.html"),
        ClickPipesGuide = new Uri("https://clickhouse.com/docs/integrations/clickpipes/postgres/source/rds"),
    };

    private static Dictionary<string, string> Names(string host)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        var match = HostName().Match(host);
        if (match.Success)
        {
            // RDS stores its names in lower case, whatever case a host name is typed in.
            names["instance"] = match.Groups["instance"].Value.ToLowerInvariant();
            names["region"] = match.Groups["region"].Value.ToLowerInvariant();
            names["group"] = names["instance"] + "-clickpipes";
        }
        else if (Region().Match(host) is { Success: true } cluster)
        {
            names["region"] = cluster.Groups["region"].Value;
        }

        return names;
    }

    /// <summary>The region of any name RDS gives out, a cluster's or a proxy's too.</summary>
    [GeneratedRegex(@"\.(?<region>[a-z]{2,4}(-[a-z]+)+-[0-9]+)\.rds\.amazonaws\.com(\.cn)?$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    internal static partial Regex Region();

    /// <summary><c>instance.hash.region.rds.amazonaws.com</c>; Aurora's endpoints have <c>cluster-</c> before the hash, a proxy's <c>proxy-</c>.</summary>
    [GeneratedRegex(@"^(?<instance>[a-z0-9-]+)\.(?!cluster-)(?!proxy-)[a-z0-9-]+\.(?<region>[a-z0-9-]+)(?<suffix>\.rds\.amazonaws\.com(\.cn)?)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex HostName();

    [GeneratedRegex(@"^[a-z0-9-]+(\.endpoint)?\.proxy-[a-z0-9-]+\.[a-z0-9-]+(?<suffix>\.rds\.amazonaws\.com(\.cn)?)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex ProxyHost();
}
