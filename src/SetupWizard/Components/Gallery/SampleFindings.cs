using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;
using SetupWizard.Sessions;
using SetupWizard.Sessions.Steps;

namespace SetupWizard.Components.Gallery;

/// <summary>Verdicts of the real rules on made-up sources. Those of Access are not among them: the list of findings has these, and a code may stand on a page once.</summary>
public static class SampleFindings
{
    private static readonly ServerMessage s_locked = new("55P03", "canceling statement due to lock timeout", "Process 4711 waits for AccessExclusiveLock on relation 16406.", "See server log for query details.");

    /// <summary>A statement that another session held up.</summary>
    public static ServerMessage Locked => s_locked;

    /// <summary>The same as a problem.</summary>
    public static Problem LockedBy { get; } = new(
        "apply-locked-by",
        Named(("table", "public.payments"), ("pid", "4711"), ("application", "nightly-report"), ("seconds", "184")),
        s_locked);

    /// <summary>A record that cannot be written.</summary>
    public static Problem NoRecord { get; } = new("apply-audit", Named(("reason", "No space left on device")));

    /// <summary>A server that does not answer.</summary>
    public static Finding NoAnswer { get; } = new()
    {
        Id = RequirementId.Reachable,
        Area = Area.Connect,
        State = FindingState.Blocking,
        Case = "timeout",
        Arguments = Named(("host", SampleSource.Rds.Host), ("address", "198.51.100.7"), ("port", "5432"), ("seconds", "10")),
        Server = new ServerMessage(null, "Connection timed out"),
    };

    /// <summary>A card for each verdict and each kind of way out, by what it shows.</summary>
    /// <param name="untouched">A session on a source where nothing is set up.</param>
    public static IReadOnlyList<(string State, FindingGroup Group, bool ShowHow)> Cards(WizardSession untouched)
    {
        ArgumentNullException.ThrowIfNull(untouched);
        var ready = SampleSource.Ready;
        return
        [
            ("blocking, two findings with one cause, console", FindingGroup.Of(untouched.FindingsOf(WizardStep.Replication)).First(static g => g.Cause is not null), true),
            ("blocking, no way out from here", Of("SW103", ready with { Server = ready.Server with { VersionText = "PostgreSQL 15.2-YB-2025.1.0.0-b0 on x86_64" } }), false),
            ("blocking, statements", FindingGroup.Of(untouched.Inspection!.Findings.First(static f => f.Id == RequirementId.Publication)), false),
            ("warning", Of("SW107", ready, SampleSource.Rds with { Tls = TlsMode.Require }), false),
            ("warning, subjects and evidence", Of("SW208", ready with { Slots = [new SlotFact { Name = "old_pipe", Logical = true, Database = "shop", WalStatus = "lost" }] }), false),
            ("pending", Of("SW204", ready with { WalSendersInUse = 10, Settings = SampleSource.With(ready, new SettingFact("max_wal_senders", "10", "10", PendingRestart: true)) }), false),
            ("advice, statements", Of("SW206", SampleSource.OwnUntouched with { WalBytesPerSecond = null, Settings = SampleSource.With(SampleSource.OwnUntouched, new SettingFact("max_slot_wal_keep_size", "50GB", "51200")) }, SampleSource.Own), false),
            ("advice, many subjects", FindingGroup.Of(untouched.Inspection!.Findings.First(static f => f.Id == RequirementId.ReplicaIdentity)), false),
            ("unknown", Of("SW203", ready with { Settings = ready.Settings.Where(static s => s.Key != "max_replication_slots").ToDictionary(StringComparer.Ordinal) }), false),
            ("not for sure", Of("SW501", ready), false),
            ("satisfied", Of("SW109", ready), false),
            ("not applicable", Of("SW207", ready), false),
        ];
    }

    /// <summary>Facts behind a verdict, and what the server said.</summary>
    public static IReadOnlyList<Finding> WithEvidence { get; } =
    [
        NoAnswer with { Evidence = [new("max_replication_slots", "10"), new("slots in use", "10"), new("wal_level", "logical")], Server = s_locked },
    ];

    /// <summary>Tables, more than a list shows at once.</summary>
    public static IReadOnlyList<Subject> Tables(int count) =>
        [.. Enumerable.Range(1, count).Select(static n => Subject.Of(new TableRef("public", string.Create(System.Globalization.CultureInfo.InvariantCulture, $"shipments_2026_{n:00}"))))];

    /// <summary>Values for sentences, by name.</summary>
    public static Dictionary<string, object?> Named(params (string Name, object? Value)[] values) => values.ToDictionary(static v => v.Name, static v => v.Value, StringComparer.Ordinal);

    private static FindingGroup Of(string code, SourceSnapshot snapshot, SourceEndpoint? endpoint = null)
    {
        var engine = new SampleRunner();
        var unread = Core.Engine.SetupRunner.Unread(new(endpoint ?? SampleSource.Rds, new("shop_admin", null)), SampleSource.Goal, null);
        return FindingGroup.Of(engine.Reconsider(unread with { Snapshot = snapshot }, SampleSource.Goal).Findings.First(f => f.Id.Code == code));
    }
}
