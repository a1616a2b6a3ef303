using System.Collections.Concurrent;
using SetupWizard.Core.Model;
using SetupWizard.Core.Providers;
using SetupWizard.Core.Source;

namespace SetupWizard.Core.Requirements;

/// <summary>A rule. Pure: no I/O, no clock; everything it may look at is in the context.</summary>
public interface IRequirement
{
    /// <summary>Its stable name.</summary>
    RequirementId Id { get; }

    /// <summary>The step that shows it.</summary>
    WizardStep Step { get; }

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

    /// <summary>What each table reaches beyond itself: a rule about tables judges all of it.</summary>
    public TableFamilies Families => TableFamilies.Of(Snapshot);

    /// <summary>A copy, which is judged anew.</summary>
    private RequirementContext(RequirementContext other)
    {
        (Goal, Snapshot, Provider, Detection, Endpoint, Tables) = other;
        _judged = new();
    }

    /// <summary>
    /// What the rule says. It says it once, however many ask: some of what it says is as long as the list of tables.
    /// </summary>
    internal IReadOnlyList<Finding> Judge(IRequirement rule) => _judged.GetOrAdd(rule.Id, static (_, a) => [.. a.rule.Evaluate(a.context)], (rule, context: this));
}
