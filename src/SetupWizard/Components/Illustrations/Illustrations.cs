
namespace SetupWizard.Components.Illustrations;

/// <summary>The pictures of consoles, by the name a guide's instruction gives.</summary>
public static class Illustrations
{
    private static readonly Dictionary<string, Type> s_pictures = new(StringComparer.Ordinal)
    {
        ["azure-server-parameters"] = typeof(AzureServerParameters),
        ["azure-wal-level"] = typeof(AzureWalLevel),
        ["azure-save-and-restart"] = typeof(AzureSaveAndRestart),
        ["azure-parameter"] = typeof(AzureParameter),
        ["azure-restart"] = typeof(AzureRestart),
        ["azure-firewall"] = typeof(AzureFirewall),
        ["rds-parameter-groups"] = typeof(RdsParameterGroups),
        ["rds-create-group"] = typeof(RdsCreateGroup),
        ["rds-open-group"] = typeof(RdsOpenGroup),
        ["rds-databases"] = typeof(RdsDatabases),
        ["rds-logical-replication"] = typeof(RdsLogicalReplication),
        ["rds-wal-sender-timeout"] = typeof(RdsWalSenderTimeout),
        ["rds-attach-group"] = typeof(RdsAttachGroup),
        ["rds-apply-immediately"] = typeof(RdsApplyImmediately),
        ["rds-reboot"] = typeof(RdsReboot),
        ["rds-configuration"] = typeof(RdsConfiguration),
        ["rds-parameter"] = typeof(RdsParameter),
        ["rds-security-group"] = typeof(RdsSecurityGroup),
        ["rds-inbound-rules"] = typeof(RdsInboundRules),
        ["rds-edit-inbound-rules"] = typeof(RdsEditInboundRules),
    };

    /// <summary>The names of all pictures.</summary>
    public static IReadOnlyCollection<string> Names => s_pictures.Keys;

    /// <summary>The component that draws a picture; null when there is none of that name.</summary>
    public static Type? Find(string? picture) => picture is null ? null : s_pictures.GetValueOrDefault(picture);
}
