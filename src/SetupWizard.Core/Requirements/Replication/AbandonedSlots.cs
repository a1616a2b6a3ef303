using System.Globalization;
using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;
using SetupWizard.Core.Text;

namespace SetupWizard.Core.Requirements.Replication;

/// <summary>
/// SW208: no slot that nobody reads holds WAL back, and none has lost the WAL it needs. Whose a slot is the server does not know; dropping one is
/// for a person who does. See <see href="https://www.postgresql.org/docs/current/view-pg-replication-slots.html"/>.
/// </summary>
public sealed class AbandonedSlots : IRequirement
{
    private static readonly string[] s_order = ["lost", "unreserved", "idle"];

    /// <inheritdoc/>
    public RequirementId Id => RequirementId.AbandonedSlots;

    /// <inheritdoc/>
    public Area Area => Area.Replication;

    /// <inheritdoc/>
    public IReadOnlyList<string> Cases { get; } = ["lost", "unreserved", "idle", Verdicts.UnreadableCase];

    /// <inheritdoc/>
    public IEnumerable<Finding> Evaluate(RequirementContext context)
    {
        if (this.UnknownIfUnreadable(context, "pg_replication_slots") is { } blind)
        {
            return [blind];
        }

        var slots = context.Snapshot.Slots;
        var findings = new List<Finding>();
        foreach (var group in slots.GroupBy(CaseOf).Where(g => g.Key is not null).OrderBy(g => Array.IndexOf(s_order, g.Key)))
        {
            var named = group.OrderByDescending(s => s.RetainedBytes ?? 0).ToList();
            findings.Add(this.Finding(
                FindingState.Warning,
                group.Key!,
                ("size", new ByteSize(named.Sum(s => s.RetainedBytes ?? 0))),
                ("statement", $"SELECT pg_catalog.pg_drop_replication_slot({PgLiteral.Quote(named[0].Name)})")) with
            {
                Actual = group.Key!,
                Subjects = [.. named.Select(s => new Subject(SubjectKind.Slot, s.Name, NoteOf(s)))],
                Evidence = [.. named.Select(s => new Evidence(s.Name, NoteOf(s)))],
            });
        }

        return findings.Count > 0 ? findings : [this.Satisfied(("total", slots.Count))];
    }

    /// <summary>What is wrong with the slot; null when nothing is. A standby's copy of a slot waits for its turn.</summary>
    private static string? CaseOf(SlotFact slot) => slot switch
    {
        { WalStatus: "lost" } => "lost",
        { WalStatus: "unreserved" } => "unreserved",
        { Active: false, Synced: false, RetainedBytes: > 0 } => "idle",
        _ => null,
    };

    private static string NoteOf(SlotFact slot) => string.Join(
        ", ",
        new[]
        {
            slot.Logical ? "logical" : "physical",
            slot.Database,
            slot.Active ? "active" : "idle",
            slot.InactiveSince?.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture),
            slot.WalStatus,
            slot.RetainedBytes is { } bytes ? new ByteSize(bytes).ToString() : null,
        }.OfType<string>());
}
