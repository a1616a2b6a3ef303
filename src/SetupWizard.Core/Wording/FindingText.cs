using System.Globalization;
using SetupWizard.Core.Audit;
using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;
using SetupWizard.Core.Text;

namespace SetupWizard.Core.Wording;

/// <summary>
/// Turns findings, problems, changes and proof stages into sentences. The only place where they become words; views and reports all ask here.
/// Keys: <c>{Code}.{Case}.Title|Why|Consequence|Fix</c>, <c>{Code}.{Case}.Title.Many</c>, <c>Any.{Case}.…</c> for what every requirement says alike, <c>{Code}.Name</c>, <c>{Code}.Ok</c>, <c>Problem.{Key}.…</c>,
/// <c>Change.{Kind}</c>, <c>Proof.{Code}.{State}</c>.
/// </summary>
public static class FindingText
{
    /// <summary>How many subjects a sentence names before it gives only the total.</summary>
    public const int ShownSubjects = 8;

    /// <summary>How many subjects a title names; where there is a <c>.Title.Many</c>, it says only how many there are beyond that.</summary>
    public const int NamedInTitle = 3;

    /// <summary>The four parts of a finding. A satisfied one has a title only.</summary>
    public static Explanation For(Finding finding, CultureInfo culture)
    {
        ArgumentNullException.ThrowIfNull(finding);
        var arguments = ArgumentsOf(finding, culture);
        if (finding.State == FindingState.Satisfied)
        {
            return new Explanation(Messages.Get(finding.Id.Code + ".Ok", culture, arguments), "", "", "");
        }

        var key = finding.Id.Code + "." + finding.Case;
        var shared = "Any." + (finding.Arguments.GetValueOrDefault(Finding.Shared) ?? finding.Case);
        var isShared = finding.Arguments.ContainsKey(Finding.Shared);
        var sharedArguments = new Dictionary<string, object?>(arguments, StringComparer.Ordinal) { ["name"] = Name(finding.Id, culture), ["code"] = finding.Id.Code };
        var way = finding.Arguments.GetValueOrDefault(Finding.SharedFix) is string other ? Messages.Find("Any." + other + ".Fix", culture, arguments) : null;
        var title = finding.Subjects.Count > NamedInTitle ? Part("Title.Many") : null;
        return new Explanation(title ?? Part("Title") ?? key + ".Title", Part("Why") ?? "", Part("Consequence") ?? "", way ?? Part("Fix") ?? "");

        // What a requirement says of a situation goes before what is said of it for any.
        string? Part(string part) =>
            (isShared ? null : Messages.Find(key + "." + part, culture, arguments)) ?? Messages.Find(shared + "." + part, culture, sharedArguments);
    }

    /// <summary>The four parts of what findings have in common; those of its finding where there is one alone.</summary>
    public static Explanation For(FindingGroup group, CultureInfo culture)
    {
        ArgumentNullException.ThrowIfNull(group);
        if (group.Cause is not { } cause)
        {
            return For(group.Lead, culture);
        }

        // What the parameter itself says is what the sentences are about; the switch above it repeats that in its own words.
        var arguments = new Dictionary<string, object?>(ArgumentsOf(group.Findings.FirstOrDefault(static f => f.Id == RequirementId.WalLevel) ?? group.Lead, culture), StringComparer.Ordinal)
        {
            ["count"] = group.Findings.Count,
            ["settings"] = string.Join(", ", group.Findings.SelectMany(static f => f.Evidence.Take(1)).Select(static e => e.Name).Distinct(StringComparer.Ordinal)),
        };
        return new Explanation(
            Messages.Get($"Cause.{cause}.Title", culture, arguments),
            Messages.Get($"Cause.{cause}.Why", culture, arguments),
            Messages.Get($"Cause.{cause}.Consequence", culture, arguments),
            Messages.Get($"Cause.{cause}.Fix", culture, arguments));
    }

    /// <summary>The four parts of a problem.</summary>
    public static Explanation For(Problem problem, CultureInfo culture)
    {
        ArgumentNullException.ThrowIfNull(problem);
        var key = "Problem." + problem.Key;
        return new Explanation(
            Messages.Get(key + ".Title", culture, problem.Arguments),
            Messages.Find(key + ".Why", culture, problem.Arguments) ?? "",
            Messages.Find(key + ".Consequence", culture, problem.Arguments) ?? "",
            Messages.Find(key + ".Fix", culture, problem.Arguments) ?? "");
    }

    /// <summary>What a change does, in a few words: "Create user clickpipes_user"; what takes one back is named after it.</summary>
    public static string Title(Change change, CultureInfo culture)
    {
        ArgumentNullException.ThrowIfNull(change);
        if (change.Kind == AuditTrail.KeepColumns)
        {
            return Messages.Get("Undo.KeepColumns", culture, change.Arguments);
        }

        if (!change.Kind.StartsWith(AuditTrail.UndoPrefix, StringComparison.Ordinal))
        {
            return Messages.Get("Change." + change.Kind, culture, change.Arguments);
        }

        return Messages.Get("Undo.Of", culture, ("title", UndoneBy(change, culture)));
    }

    /// <summary>Why an undo leaves something alone: a problem that knows in this language what was not taken back.</summary>
    public static Problem ProblemOf(LeftAlone left, CultureInfo culture)
    {
        ArgumentNullException.ThrowIfNull(left);
        return left.Problem with { Arguments = new Dictionary<string, object?>(left.Problem.Arguments, StringComparer.Ordinal) { ["title"] = UndoneBy(left.Change, culture) } };
    }

    /// <summary>A requirement's name in a few words: "WAL level".</summary>
    public static string Name(RequirementId id, CultureInfo culture) =>
        Messages.Get(id.Code + ".Name", culture);

    /// <summary>What a stage of the proof says.</summary>
    public static string For(ProofEvent proof, CultureInfo culture)
    {
        ArgumentNullException.ThrowIfNull(proof);
        var key = "Proof." + proof.Id.Code + "." + proof.State;
        return Messages.Get(proof.Case is null ? key : key + "." + proof.Case, culture, proof.Arguments);
    }

    /// <summary>Every placeholder a finding's sentences may use: its own arguments, <c>actual</c>, <c>desired</c>, <c>count</c> and <c>subjects</c> (capped).</summary>
    public static IReadOnlyDictionary<string, object?> ArgumentsOf(Finding finding, CultureInfo culture)
    {
        ArgumentNullException.ThrowIfNull(finding);
        var arguments = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["actual"] = finding.Actual,
            ["desired"] = finding.Desired,
            ["count"] = finding.Subjects.Count,
            ["subjects"] = Names(finding.Subjects, culture),
        };
        foreach (var (name, value) in finding.Arguments)
        {
            arguments[name] = value;
        }

        return arguments;
    }

    /// <summary>What a change takes back.</summary>
    private static string UndoneBy(Change change, CultureInfo culture) => Messages.Get(
        "Change." + (change.Kind.StartsWith(AuditTrail.UndoPrefix, StringComparison.Ordinal) ? change.Kind[AuditTrail.UndoPrefix.Length..] : change.Kind),
        culture,
        change.Arguments);

    internal static string Names(IReadOnlyList<Subject> subjects, CultureInfo culture) => Some([.. subjects.Select(static s => s.Name)], culture);

    /// <summary>The first of many names, and how many more there are.</summary>
    public static string Some(IReadOnlyList<string> names, CultureInfo culture)
    {
        ArgumentNullException.ThrowIfNull(names);
        var shown = string.Join(", ", names.Take(ShownSubjects));
        return names.Count <= ShownSubjects
            ? shown
            : Messages.Get("List.More", culture, ("shown", shown), ("more", names.Count - ShownSubjects));
    }
}
