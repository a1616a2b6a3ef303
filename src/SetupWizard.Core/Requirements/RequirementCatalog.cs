using SetupWizard.Core.Requirements.Access;
using SetupWizard.Core.Requirements.Connect;
using SetupWizard.Core.Requirements.Network;
using SetupWizard.Core.Requirements.Replication;
using SetupWizard.Core.Requirements.Tables;

namespace SetupWizard.Core.Requirements;

/// <summary>Every rule that judges a snapshot, in the order of their codes. A list to be read, not a registry.</summary>
public static class RequirementCatalog
{
    /// <summary>All rules. SW101 comes from connecting, the SW6xx from the proof.</summary>
    public static IReadOnlyList<IRequirement> All { get; } =
    [
        new ServerVersion(),
        new PostgresEngine(),
        new ProviderMatch(),
        new DirectConnection(),
        new PrimaryServer(),
        new TlsSession(),
        new AdminPowersRule(),
        new DatabaseEncoding(),
        new WalLevel(),
        new RdsLogicalReplication(),
        new ReplicationSlots(),
        new WalSenders(),
        new WalSenderTimeout(),
        new WalRetention(),
        new IdleSlotTimeout(),
        new AbandonedSlots(),
        new OpenTransactions(),
        new WorkerProcesses(),
        new FailoverSlots(),
        new IamReplication(),
        new ClickPipesUser(),
        new ReplicationPrivilege(),
        new ConnectPrivilege(),
        new SchemaUsage(),
        new TableSelect(),
        new DefaultPrivileges(),
        new RowSecurity(),
        new LeastPrivilege(),
        new RoleSettings(),
        new Heartbeat(),
        new IamRole(),
        new ConnectionLimits(),
        new PublicationExists(),
        new PublicationTables(),
        new PublicationOperations(),
        new PartitionRoot(),
        new ReplicaIdentity(),
        new TableKind(),
        new GeneratedColumns(),
        new Toast(),
        new Names(),
        new Filters(),
        new ColumnTypes(),
        new LockTable(),
        new NullValues(),
        new PublicationReaders(),
        new AllowList(),
        new PublicAddress(),
        new CertificateAuthority(),
    ];
}
