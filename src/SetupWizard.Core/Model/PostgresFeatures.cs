namespace SetupWizard.Core.Model;

/// <summary>The major versions in which things we read or write first appeared.</summary>
public static class PostgresFeatures
{
    /// <summary>The oldest version whose catalogs are read at all; ClickPipes itself begins with 12.</summary>
    public const int OldestReadable = 11;

    /// <summary><c>pg_partition_root</c>, <c>pg_partition_ancestors</c>: <see href="https://www.postgresql.org/docs/12/functions-info.html"/>.</summary>
    public const int PartitionFunctions = 12;

    /// <summary><c>publish_via_partition_root</c>, and partitioned tables in a publication: <see href="https://www.postgresql.org/docs/13/sql-createpublication.html"/>.</summary>
    public const int PublishViaPartitionRoot = 13;

    /// <summary><c>pg_replication_slots.wal_status</c> and <c>max_slot_wal_keep_size</c>: <see href="https://www.postgresql.org/docs/13/view-pg-replication-slots.html"/>.</summary>
    public const int SlotWalStatus = 13;

    /// <summary><c>pg_stat_wal</c>: <see href="https://www.postgresql.org/docs/14/monitoring-stats.html"/>.</summary>
    public const int StatWal = 14;

    /// <summary><c>pg_stat_progress_copy</c>: <see href="https://www.postgresql.org/docs/14/progress-reporting.html"/>.</summary>
    public const int ProgressCopy = 14;

    /// <summary><c>FOR TABLES IN SCHEMA</c>: <see href="https://www.postgresql.org/docs/15/sql-createpublication.html"/>.</summary>
    public const int SchemaPublications = 15;

    /// <summary>A CREATEROLE login may change only roles it has the ADMIN option on: <see href="https://www.postgresql.org/docs/16/role-attributes.html"/>.</summary>
    public const int CreateRoleNeedsAdminOption = 16;

    /// <summary>
    /// The planner looks at the indexes of a partitioned table itself, too, and locks them; before, it locks those of the partitions that hold rows.
    /// See <see href="https://www.postgresql.org/docs/16/release-16.html#RELEASE-16-OPTIMIZER"/>.
    /// </summary>
    public const int PartitionedIndexesPlanned = 16;

    /// <summary>Slots that a standby keeps a copy of, and <c>pg_replication_slots.inactive_since</c>: <see href="https://www.postgresql.org/docs/17/logical-replication-failover.html"/>.</summary>
    public const int FailoverSlots = 17;

    /// <summary><c>transaction_timeout</c>: <see href="https://www.postgresql.org/docs/17/runtime-config-client.html"/>.</summary>
    public const int TransactionTimeout = 17;

    /// <summary><c>WITH … AS MATERIALIZED</c>: <see href="https://www.postgresql.org/docs/12/queries-with.html"/>.</summary>
    public const int MaterializedQueries = 12;

    /// <summary>Stored generated columns, <c>pg_attribute.attgenerated</c>: <see href="https://www.postgresql.org/docs/12/ddl-generated-columns.html"/>.</summary>
    public const int GeneratedColumns = 12;

    /// <summary><c>publish_generated_columns</c>: <see href="https://www.postgresql.org/docs/18/sql-createpublication.html"/>.</summary>
    public const int PublishGeneratedColumns = 18;

    /// <summary>Row filters and column lists: <see href="https://www.postgresql.org/docs/15/sql-createpublication.html"/>.</summary>
    public const int PublicationFilters = 15;

    /// <summary>
    /// The newest version that was tried. What later ones have is read as their manual describes it, and nothing of it was tried on a server.
    /// </summary>
    public const int NewestTried = 18;

    /// <summary>
    /// <c>effective_wal_level</c>: with <c>wal_level = replica</c> the first logical slot raises the level by itself, and the last one's end lowers it again. From the manual, not tried:
    /// <see href="https://www.postgresql.org/docs/19/runtime-config-wal.html"/>.
    /// </summary>
    public const int EffectiveWalLevel = 19;

    /// <summary>
    /// <c>FOR ALL TABLES EXCEPT</c> (<c>pg_publication_rel.prexcept</c>) and <c>FOR ALL SEQUENCES</c> (<c>pg_publication.puballsequences</c>). From the manual, not tried:
    /// <see href="https://www.postgresql.org/docs/19/catalog-pg-publication-rel.html"/>, <see href="https://www.postgresql.org/docs/19/sql-createpublication.html"/>.
    /// </summary>
    public const int PublicationExceptions = 19;

    /// <summary><c>idle_replication_slot_timeout</c>: <see href="https://www.postgresql.org/docs/18/runtime-config-replication.html"/>.</summary>
    public const int IdleSlotTimeout = 18;
}
