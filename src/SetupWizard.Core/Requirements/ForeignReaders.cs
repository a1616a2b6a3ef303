using System.Globalization;
using SetupWizard.Core.Model;

namespace SetupWizard.Core.Requirements;

/// <summary>
/// Who reads the goal's publication besides ClickPipes. A publication is one for all who read it: what is changed in it for ClickPipes reaches every reader with the
/// next transaction, so it is not changed under one without a word.
/// </summary>
internal static class ForeignReaders
{
    /// <summary>How ClickPipes names the slots it makes.</summary>
    public const string SlotOfClickPipes = "peerflow_slot_";

    /// <summary>Readers whose command names the publication.</summary>
    public static IReadOnlyList<SlotReaderFact> Reading(RequirementContext context) =>
        [.. Foreign(context).Where(r => r.Active && r.Publications?.Contains(context.Goal.Publication, StringComparer.Ordinal) == true)];

    /// <summary>Readers of which it is not to be seen what they read.</summary>
    public static IReadOnlyList<SlotReaderFact> Hidden(RequirementContext context) => [.. Foreign(context).Where(static r => r is { Active: true, Publications: null })];

    /// <summary>Slots that nobody reads now, so that nothing tells which publication they are for.</summary>
    public static IReadOnlyList<SlotReaderFact> Away(RequirementContext context) => [.. Foreign(context).Where(static r => !r.Active)];

    /// <summary>
    /// Whether the publication is left as it is although it would have to be changed: it is there, somebody else reads it or may, and nobody has agreed to change it.
    /// </summary>
    public static bool HoldBack(RequirementContext context) =>
        context.Snapshot.Publication is not null
        && !context.Goal.ChangePublication
        && (context.Snapshot.Unreadable.Any(static u => u.What == FactSources.ReadersOfSlots) || Foreign(context).Any(r => r.Active && r.Publications?.Contains(context.Goal.Publication, StringComparer.Ordinal) != false));

    /// <summary>A name for a publication of one's own that no publication has.</summary>
    public static string OwnName(RequirementContext context)
    {
        var taken = context.Snapshot.PublicationNames.Append(context.Goal.Publication).ToHashSet(StringComparer.Ordinal);
        return Enumerable.Range(1, taken.Count + 1)
            .Select(static n => n == 1 ? SetupGoal.DefaultPublication : string.Create(CultureInfo.InvariantCulture, $"{SetupGoal.DefaultPublication}_{n}"))
            .First(n => !taken.Contains(n));
    }

    private static IEnumerable<SlotReaderFact> Foreign(RequirementContext context) =>
        context.Snapshot.SlotReaders.Where(r => !r.Slot.StartsWith(SlotOfClickPipes, StringComparison.Ordinal) && r.User != context.Goal.User);
}
