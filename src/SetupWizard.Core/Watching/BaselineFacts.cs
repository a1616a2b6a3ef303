using SetupWizard.Core.Model;
using SetupWizard.Core.Providers;
using SetupWizard.Core.Requirements;
using SetupWizard.Core.Requirements.Tables;

namespace SetupWizard.Core.Watching;

/// <summary>The lasting facts of a reading that a baseline keeps, taken the same way then and now.</summary>
internal static class BaselineFacts
{
    /// <summary>
    /// Parameters worth comparing, and the rule that judges each. Only these are kept: a parameter that somebody made up may have anything in it, a password too.
    /// </summary>
    public static IReadOnlyDictionary<string, RequirementId> JudgeOf { get; } = new Dictionary<string, RequirementId>(StringComparer.Ordinal)
    {
        ["wal_level"] = RequirementId.WalLevel,
        ["rds.logical_replication"] = RequirementId.RdsLogicalReplication,
        ["max_replication_slots"] = RequirementId.ReplicationSlots,
        ["max_wal_senders"] = RequirementId.WalSenders,
        ["wal_sender_timeout"] = RequirementId.WalSenderTimeout,
        ["max_slot_wal_keep_size"] = RequirementId.WalRetention,
        ["idle_replication_slot_timeout"] = RequirementId.IdleSlotTimeout,
        ["max_worker_processes"] = RequirementId.WorkerProcesses,
        ["hot_standby_feedback"] = RequirementId.Primary,
        ["sync_replication_slots"] = RequirementId.FailoverSlots,
        ["rds.iam_auth_for_replication"] = RequirementId.IamReplication,
        ["ssl"] = RequirementId.Tls,
        ["statement_timeout"] = RequirementId.RoleSettings,
        ["idle_in_transaction_session_timeout"] = RequirementId.RoleSettings,
        ["idle_session_timeout"] = RequirementId.RoleSettings,
        ["transaction_timeout"] = RequirementId.RoleSettings,
        ["default_transaction_read_only"] = RequirementId.RoleSettings,
        ["row_security"] = RequirementId.RoleSettings,
    };

    /// <summary>The server's own values: what was attached to a login, or asked for by this session, says nothing about the server.</summary>
    public static Dictionary<string, string> SettingsOf(SourceSnapshot snapshot) => snapshot.Settings.Values
        .Where(s => JudgeOf.ContainsKey(s.Name) && s.Source is not ("user" or "database" or "database user" or "client" or "session" or "override"))
        .OrderBy(s => s.Name, StringComparer.Ordinal)
        .ToDictionary(s => s.Name, s => s.Value, StringComparer.Ordinal);

    public static IReadOnlyList<string> WaitingOf(SourceSnapshot snapshot) =>
        [.. snapshot.Settings.Values.Where(s => s.PendingRestart && JudgeOf.ContainsKey(s.Name)).Select(s => s.Name).Order(StringComparer.Ordinal)];

    public static IReadOnlyList<RoleSettingFact> AttachedOf(SourceSnapshot snapshot, string user) =>
        [.. snapshot.RoleSettings.Where(s => JudgeOf.ContainsKey(s.Name) && (s.Role is null || s.Role == user))];

    public static BaselineUser UserOf(RoleFact user, SourceSnapshot snapshot, ProviderProfile provider)
    {
        // Where a membership lets one replicate, the attribute says nothing: only the service itself sets it.
        var replication = user.Replication && provider.ReplicationGrant == ReplicationGrant.Attribute;
        (bool On, string Name)[] attributes =
        [
            (user.Superuser, "SUPERUSER"), (user.CanLogin, "LOGIN"), (replication, "REPLICATION"), (user.BypassRls, "BYPASSRLS"), (user.CreateRole, "CREATEROLE"), (user.CreateDb, "CREATEDB"),
        ];

        // A superuser counts as a member of everything.
        var roles = user.Superuser ? [] : new[] { provider.ReplicationRole, provider.Iam?.Role, "pg_read_all_data" }.OfType<string>().Where(r => snapshot.Role(r)?.UserIsMember == true);
        return new BaselineUser
        {
            Attributes = [.. attributes.Where(a => a.On).Select(a => a.Name)],
            Roles = [.. roles.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
            ConnectionLimit = user.ConnectionLimit,
            ValidUntil = user.ValidUntil,
        };
    }

    /// <summary>Tables that are entries of their own: a partition comes and goes with its root.</summary>
    public static IReadOnlyList<TableFact> TablesOf(SourceSnapshot snapshot)
    {
        var families = TableFamilies.Of(snapshot);
        return [.. snapshot.Tables.Where(t => TableSelector.Counts(t, families, snapshot.Server.Major))];
    }

    /// <summary>The chosen tables among these, with those that inherit from them.</summary>
    public static IReadOnlySet<TableRef> ChosenOf(Inspection inspection) => TableFamilies.PublishedByName(inspection).Select(t => t.Ref).ToHashSet();

    /// <summary>The operations as <c>publish</c> spells them.</summary>
    public static string OperationsOf(PublicationFact publication) =>
        PublicationOperations.Operations(publication.Insert, publication.Update, publication.Delete, publication.Truncate);

    public static string NameOf(Finding finding) => finding.Id.Code + " " + finding.Case;
}
