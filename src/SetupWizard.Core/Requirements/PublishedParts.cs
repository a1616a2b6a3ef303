using System.Runtime.CompilerServices;
using SetupWizard.Core.Model;

namespace SetupWizard.Core.Requirements;

/// <summary>
/// What column lists and row filters of publications do to a table's UPDATE and DELETE: they go on only while the row identity goes with every one of them, whosever it is.
/// So no identity is set that does not, and no publication is told to send changes of a table whose identity does not. See <see cref="PublishedPartFact"/>.
/// </summary>
internal sealed class PublishedParts
{
    private static readonly ConditionalWeakTable<RequirementContext, PublishedParts> s_known = [];

    private readonly RequirementContext _context;
    private readonly ILookup<TableRef, PublishedPartFact> _parts;

    private PublishedParts(RequirementContext context)
    {
        _context = context;
        _parts = context.Snapshot.PublishedParts.ToLookup(p => p.Table);
        IsUnreadable = context.Snapshot.Unreadable.Any(static u => u.What == FactSources.PublishedParts);
    }

    /// <summary>Whether it could not be read which publications send tables in part.</summary>
    public bool IsUnreadable { get; }

    /// <summary>The instance for a context. Memoized.</summary>
    public static PublishedParts Of(RequirementContext context) => s_known.GetValue(context, static c => new PublishedParts(c));

    /// <summary>Publications that would stop the table's UPDATE and DELETE with this identity, now or once the goal's publication sends what it is to send.</summary>
    public IReadOnlyList<string> Stopping(TableFact member, IdentityChoice choice) =>
        _parts.Count == 0 ? [] : [.. InForce(member).Where(p => !(choice.Kind == IdentityKind.Full ? !p.HasList : choice.Index is { } index && p.Indexes.Contains(index, StringComparer.Ordinal))).Select(p => p.Publication).Distinct(StringComparer.Ordinal)];

    /// <summary>Whether some publication sends the table in part, or that is not known.</summary>
    public bool Concern(TableFact member) => IsUnreadable || (_parts.Count > 0 && _parts.Contains(member.Ref));

    /// <summary>Whether the choice must not be carried out for this table.</summary>
    public bool Forbid(TableFact member, IdentityChoice choice) => member.Kind == RelationKind.Ordinary && (IsUnreadable || Stopping(member, choice).Count > 0);

    /// <summary>Whether the goal's publication, told to send UPDATE and DELETE, would stop those of the table.</summary>
    public bool Withhold(TableFact member) =>
        IsUnreadable || InForce(member).Any(p => p.Publication == _context.Goal.Publication && !p.Fits);

    private IEnumerable<PublishedPartFact> InForce(TableFact member) => _parts[member.Ref].Where(p => p.SendsChanges || p.Publication == _context.Goal.Publication);
}
