using System.Collections.Concurrent;
using SetupWizard.Core.Model;
using SetupWizard.Core.Providers;

namespace SetupWizard.Core.Requirements;

/// <summary>A rule. Pure: no I/O, no clock; everything it may look at is in the context.</summary>
public interface IRequirement
{
    /// <summary>Its stable name.</summary>
    RequirementId Id { get; }

    /// <summary>What it is about.</summary>
    Area Area { get; }

    /// <summary>The situations its findings can name in <see cref="Finding.Case"/>; each has its sentences in every language.</summary>
    IReadOnlyList<string> Cases { get; }

    /// <summary>Judges. One finding as a rule; none never: a requirement that does not concern the source says so.</summary>
    IEnumerable<Finding> Evaluate(RequirementContext context);
}

/// <summary>What a rule may look at.</summary>
/// <param name="Goal">What the user wants.</param>
/// <param name="Snapshot">The facts.</param>
/// <param name="Provider">The provider's profile.</param>
/// <param name="Detection">What gave the provider away.</param>
/// <param name="Endpoint">Where the source is.</param>
/// <param name="Tables">The chosen tables, resolved.</param>
public sealed record RequirementContext(
    SetupGoal Goal,
    SourceSnapshot Snapshot,
    ProviderProfile Provider,
    ProviderDetection Detection,
    SourceEndpoint Endpoint,
    TableSelection Tables)
{
    private readonly ConcurrentDictionary<RequirementId, IReadOnlyList<Finding>> _judged = new();
    private HashSet<TableRef>? _chosen;
    private Dictionary<TableFact, TableDetail>? _details;

    /// <summary>The names of the chosen tables. Memoized.</summary>
    internal IReadOnlySet<TableRef> Chosen => _chosen ??= NamesOf(Tables.Chosen);

    /// <summary>What each table reaches beyond itself: a rule about tables judges all of it.</summary>
    public TableFamilies Families => TableFamilies.Of(Snapshot);

    /// <summary>A copy without the memoized values.</summary>
    private RequirementContext(RequirementContext other)
    {
        (Goal, Snapshot, Provider, Detection, Endpoint, Tables) = other;
        _chosen = null;
        _details = null;
        _judged = new();
    }

    /// <summary>Column details of the chosen tables that have them, by table. Memoized, as a look-up by name in 50,000 tables is slow.</summary>
    internal IReadOnlyDictionary<TableFact, TableDetail> Details => _details ??= DetailsOf(Tables.Chosen, Snapshot.Details);

    private static Dictionary<TableFact, TableDetail> DetailsOf(IReadOnlyList<TableFact> chosen, IReadOnlyDictionary<TableRef, TableDetail> details)
    {
        var found = new Dictionary<TableFact, TableDetail>(ReferenceEqualityComparer.Instance);
        foreach (var (name, detail) in details)
        {
            // They are in order of their names.
            var (from, to) = (0, chosen.Count);
            while (from < to)
            {
                var middle = (from + to) / 2;
                (from, to) = chosen[middle].Ref.CompareTo(name) < 0 ? (middle + 1, to) : (from, middle);
            }

            if (from < chosen.Count && chosen[from].Ref == name)
            {
                found[chosen[from]] = detail;
            }
        }

        return found;
    }

    /// <summary>The names of tables.</summary>
    internal static HashSet<TableRef> NamesOf(IReadOnlyCollection<TableFact> tables)
    {
        var names = new HashSet<TableRef>(tables.Count);
        foreach (var table in tables)
        {
            names.Add(table.Ref);
        }

        return names;
    }

    /// <summary>
    /// The rule's findings. Memoized: some are as long as the list of tables.
    /// </summary>
    internal IReadOnlyList<Finding> Judge(IRequirement rule) => _judged.GetOrAdd(rule.Id, static (_, a) => [.. a.rule.Evaluate(a.context)], (rule, context: this));
}
