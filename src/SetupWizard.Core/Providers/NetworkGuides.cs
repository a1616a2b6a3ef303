namespace SetupWizard.Core.Providers;

/// <summary>Guides about the way from ClickPipes to a server. Which of them a provider has, its own file says; their code lies in <c>Network/</c>.</summary>
public static class NetworkGuides
{
    private const string Terminal = "terminal";
    private const string Several = "several";

    /// <summary>ClickHouse's account, as AWS's permissions name it.</summary>
    public const string ClickHouseAccount = "072088201116";

    /// <summary>ClickHouse's project, as Google Cloud's accept lists name it.</summary>
    public const string ClickHouseProject = "clickpipes-production";

    /// <summary>A bastion for ClickPipes.</summary>
    public static ConsoleGuide Bastion { get; } = Guide(
        "ssh-bastion",
        Terminal,
        [
            new("user") { Value = "clickpipes" },
            new("forwarding") { Value = "AllowTcpForwarding yes" },
            new("database") { Value = "{host}:{port}" },
            new("paste"),
            new("key") { Value = "restrict,port-forwarding,permitopen=\"{host}:{port}\" ssh-ed25519 <public-key>" },
            new("verify"),
        ]);

    /// <summary>An RDS instance as a VPC resource.</summary>
    public static ConsoleGuide RdsVpcResource { get; } = Guide(
        "rds-vpc-resource",
        Several,
        [new("not-public"), new("gateway"), new("database-group"), new("configuration"), new("share") { Value = ClickHouseAccount }, new("paste")]);

    /// <summary>An RDS instance behind a load balancer as a VPC endpoint service.</summary>
    public static ConsoleGuide RdsEndpointService { get; } = Guide(
        "rds-endpoint-service",
        Several,
        [new("look-up"), new("balancer"), new("targets"), new("database-group"), new("service"), new("allow") { Value = "arn:aws:iam::" + ClickHouseAccount + ":root" }, new("paste")]);

    /// <summary>An Aurora cluster as a VPC resource.</summary>
    public static ConsoleGuide AuroraVpcResource { get; } = Guide(
        "aurora-vpc-resource",
        Several,
        [new("not-public"), new("gateway"), new("database-group"), new("configuration"), new("share") { Value = ClickHouseAccount }, new("paste")]);

    /// <summary>An Aurora cluster's writer behind a load balancer as a VPC endpoint service.</summary>
    public static ConsoleGuide AuroraEndpointService { get; } = Guide(
        "aurora-endpoint-service",
        Several,
        [new("look-up"), new("balancer"), new("targets"), new("database-group"), new("service"), new("allow") { Value = "arn:aws:iam::" + ClickHouseAccount + ":root" }, new("paste")]);

    /// <summary>A server in one's own VPC as a VPC resource.</summary>
    public static ConsoleGuide HostVpcResource { get; } = Guide(
        "host-vpc-resource",
        Several,
        [new("gateway"), new("open"), new("configuration") { Value = "{host}" }, new("share") { Value = ClickHouseAccount }, new("paste")]);

    /// <summary>A server in Google Cloud as a service attachment.</summary>
    public static ConsoleGuide ServiceAttachment { get; } = Guide(
        "gcp-psc",
        Several,
        [new("balancer"), new("subnet"), new("attachment"), new("accept") { Value = ClickHouseProject }, new("paste")]);

    /// <summary>ClickHouse Cloud's side of a VPC resource.</summary>
    public static ConsoleGuide PipesVpcResource { get; } = Guide("clickhouse-vpc-resource", Several, [new("open"), new("type"), new("paste"), new("wait"), new("host"), new("tls") { Value = "{host}" }]);

    /// <summary>ClickHouse Cloud's side of an endpoint service.</summary>
    public static ConsoleGuide PipesEndpointService { get; } = Guide("clickhouse-endpoint-service", Several, [new("open"), new("type"), new("paste"), new("wait"), new("host"), new("tls") { Value = "{host}" }]);

    /// <summary>ClickHouse Cloud's side of a service attachment.</summary>
    public static ConsoleGuide PipesServiceAttachment { get; } = Guide("clickhouse-psc", Several, [new("open"), new("type"), new("paste"), new("wait"), new("host")]);

    /// <summary>A scheduled job that keeps a load balancer's target in step with an instance's address.</summary>
    public static ConsoleGuide RdsTargetCron { get; } = Guide("rds-target-cron", Terminal, [new("balancer"), new("machine"), new("save") { Value = "rds-target-cron.sh" }, new("try") { Value = "bash rds-target-cron.sh --dry-run" }, new("schedule")]);

    /// <summary>The same, by the instance's events.</summary>
    public static ConsoleGuide RdsTargetEvent { get; } = Guide("rds-target-event", Several, [new("balancer"), new("function"), new("events"), new("schedule"), new("try")]);

    /// <summary>A small machine with a fixed address that passes connections on to an instance.</summary>
    public static ConsoleGuide RdsProxyInstance { get; } = Guide("rds-proxy-instance", Several, [new("instance-group"), new("database-group"), new("start"), new("fixed-address"), new("paste")]);

    /// <summary>Nothing that is done here is seen by reading the server again, and nothing of it has a drawing.</summary>
    private static ConsoleGuide Guide(string id, string noPicture, IReadOnlyList<GuideStep> steps) =>
        new(id, [.. steps.Select(s => s with { NoPicture = noPicture })]) { Noticed = false };
}
