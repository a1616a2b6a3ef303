namespace SetupWizard.Sandbox;

/// <summary>The provider whose clothes a sandbox wears.</summary>
public enum SandboxProfile
{
    /// <summary>Amazon RDS for PostgreSQL, 12 to 18: <c>rds.logical_replication</c>, <c>rds_replication</c>, no superuser.</summary>
    AmazonRds,

    /// <summary>
    /// Azure Database for PostgreSQL flexible server, 16 to 18. Before 16 a stock server lets nobody but a superuser hand on
    /// REPLICATION, so older majors cannot be imitated truthfully.
    /// </summary>
    AzureFlexible,

    /// <summary>A self-managed PostgreSQL, 12 to 18: the admin is a superuser and may <c>ALTER SYSTEM</c>.</summary>
    Plain,
}
