namespace SetupWizard.Core.Reading;

/// <summary>The settings that are read.</summary>
public static class SettingNames
{
    /// <summary>Those of them that somebody changes outside while a page is open: they are looked at every few seconds. Each is one of <see cref="All"/>.</summary>
    public static IReadOnlyList<string> Watched { get; } = ["wal_level", "wal_sender_timeout", "max_replication_slots", "max_wal_senders"];

    /// <summary>Settings that rules look at, beside those of the providers. None of them is hidden from an ordinary login.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        "wal_level", "effective_wal_level", "max_replication_slots", "max_wal_senders", "wal_sender_timeout", "max_slot_wal_keep_size", "idle_replication_slot_timeout",
        "idle_session_timeout", "max_worker_processes", "max_logical_replication_workers", "hot_standby_feedback", "sync_replication_slots", "max_connections",
        "superuser_reserved_connections", "reserved_connections", "max_locks_per_transaction", "max_prepared_transactions", "ssl", "password_encryption", "row_security",
        "default_transaction_read_only", "server_encoding", "statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "transaction_timeout", "server_version",
    ];
}
