using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using SetupWizard.Core.Guides;
using SetupWizard.Core.Model;
using SetupWizard.Core.Providers;
using SetupWizard.Core.Requirements;
using SetupWizard.Core.Text;
using SetupWizard.Core.Wording;

namespace SetupWizard.Core.Export;

/// <summary>
/// What somebody else is to do in a provider's console, as Markdown to send to them: why, where, each instruction, the same as code, and how to see
/// that it worked. Everything in it is readable by anybody; there is no place for a secret.
/// </summary>
public static partial class AdminGuide
{
    /// <summary>Writes the page.</summary>
    /// <param name="inspection">A reading of the source.</param>
    /// <param name="changes">What is to be done.</param>
    /// <param name="culture">The language of sentences and of comments in code.</param>
    public static string Write(Inspection inspection, IReadOnlyList<ConsoleChange> changes, CultureInfo culture)
    {
        ArgumentNullException.ThrowIfNull(inspection);
        ArgumentNullException.ThrowIfNull(changes);
        var text = new StringBuilder();
        foreach (var change in changes)
        {
            text.Append(text.Length > 0 ? "\n" : "");
            One(text, inspection, change, culture);
        }

        return text.ToString();
    }

    /// <summary>
    /// The same in short, as plain text for a chat or a mail, where marks of Markdown would stand as they are: what, why, the instructions, and how to see that it worked.
    /// </summary>
    /// <param name="inspection">A reading of the source.</param>
    /// <param name="changes">What is to be done.</param>
    /// <param name="culture">The language.</param>
    public static string Message(Inspection inspection, IReadOnlyList<ConsoleChange> changes, CultureInfo culture)
    {
        ArgumentNullException.ThrowIfNull(inspection);
        ArgumentNullException.ThrowIfNull(changes);
        return string.Join("\n\n", changes.Select(c => string.Join('\n', Lines(inspection, c, culture)))) + (changes.Count > 0 ? "\n" : "");
    }

    private static IEnumerable<string> Lines(Inspection inspection, ConsoleChange change, CultureInfo culture)
    {
        var guide = GuideText.For(inspection, change, culture);
        var finding = inspection.Findings.FirstOrDefault(f => f.Fixes.Any(x => x.Key == change.Key));
        yield return string.Create(CultureInfo.InvariantCulture, $"{guide.Title} ({VisibleText.Of(inspection.Endpoint.ShownHost)}:{inspection.Endpoint.Port})");
        var restarts = guide.Restarts || change.Restart == RestartNeed.Restart;
        yield return Say(change.GuideId == inspection.Provider.NetworkGuide ? "Admin.Network" : "Admin.For", culture) + (restarts ? " " + Say("Admin.Restarts", culture) : "");
        foreach (var (number, step) in guide.Steps.Index())
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{number + 1}. {step.Sentence}{Typed(step, culture)}");
        }

        if (SettingToCheck(change, finding) is { } setting)
        {
            yield return Say("Admin.Check", culture) + ": SHOW " + setting + ";" + (ExpectedOf(change, finding) is { } expected ? " " + Say("Admin.Expected", culture) + " " + expected : "");
        }

        if (guide.Url is not null)
        {
            yield return Say("Admin.Console", culture) + ": " + guide.Url;
        }
    }

    /// <summary>What is typed, where the sentence does not say it: a list of addresses in one line, a policy on the page that has room for it.</summary>
    private static string Typed(GuideLine step, CultureInfo culture)
    {
        if (step.Value is not { } value || (step.Sentence.Contains(value, StringComparison.Ordinal) && (step.Name is null || step.Sentence.Contains(step.Name, StringComparison.Ordinal))))
        {
            return "";
        }

        var shown = value.Contains('{', StringComparison.Ordinal) ? Say("Admin.OnPage", culture) : VisibleText.Of(string.Join(", ", (step.Typed ?? value).Split('\n', StringSplitOptions.RemoveEmptyEntries)));
        return " [" + shown + "]";
    }

    /// <summary>The guide of a change, or of the network, outside any finding.</summary>
    /// <param name="profile">The provider.</param>
    /// <param name="guide">One of its guides.</param>
    public static ConsoleChange Change(ProviderProfile profile, string guide)
    {
        ArgumentNullException.ThrowIfNull(profile);
        return new ConsoleChange
        {
            For = guide == profile.NetworkGuide ? RequirementId.AllowList : RequirementId.WalLevel,
            Kind = guide == profile.NetworkGuide ? "allow-list" : "change-in-console",
            Phase = ChangePhase.Parameters,
            GuideId = guide,
            Restart = profile.Guide(guide).Restarts ? RestartNeed.Restart : RestartNeed.None,
        };
    }

    private static void One(StringBuilder text, Inspection inspection, ConsoleChange change, CultureInfo culture)
    {
        var guide = GuideText.For(inspection, change, culture);
        var finding = inspection.Findings.FirstOrDefault(f => f.Fixes.Any(x => x.Key == change.Key));
        text.Append("# ").Append(MarkdownText.Plain(guide.Title)).Append("\n\n");
        if (finding is not null)
        {
            var parts = FindingText.For(finding, culture);
            foreach (var sentence in new[] { parts.Title, parts.Why, parts.Consequence }.Where(s => s.Length > 0))
            {
                text.Append(MarkdownText.Plain(sentence)).Append('\n');
            }

            text.Append('\n');
        }
        else if (change.GuideId == inspection.Provider.NetworkGuide)
        {
            text.Append(Say("Admin.Network", culture)).Append("\n\n");
        }

        Bullet(text, Say("Value.Host", culture), string.Create(CultureInfo.InvariantCulture, $"{inspection.Endpoint.ShownHost}:{inspection.Endpoint.Port}"));
        Bullet(text, Say("Report.Provider", culture), inspection.Provider.Name);
        if (guide.Url is not null)
        {
            text.Append("- ").Append(Say("Admin.Console", culture)).Append(": <").Append(guide.Url).Append(">\n");
        }

        text.Append("\n## ").Append(Say("Admin.Steps", culture)).Append("\n\n");
        foreach (var (number, step) in guide.Steps.Index())
        {
            Step(text, number + 1, step);
        }

        if (guide.Restarts || change.Restart == RestartNeed.Restart)
        {
            text.Append('\n').Append(Say("Admin.Restarts", culture)).Append('\n');
        }

        Code(text, guide, culture);
        Check(text, inspection, change, finding, guide.Noticed, culture);
    }

    private static void Step(StringBuilder text, int number, GuideLine step)
    {
        text.Append(CultureInfo.InvariantCulture, $"{number}. ").Append(MarkdownText.Plain(step.Sentence));
        if (step.Typed is not { } value)
        {
            text.Append('\n');
        }
        else if (value.Contains('\n', StringComparison.Ordinal))
        {
            text.Append("\n\n");
            MarkdownText.Fence(text, "", value);
        }
        else
        {
            text.Append(' ').Append(MarkdownText.Code(value)).Append('\n');
        }
    }

    private static void Code(StringBuilder text, GuideText guide, CultureInfo culture)
    {
        if (guide.Code.Count == 0)
        {
            return;
        }

        text.Append("\n## ").Append(Say("Admin.Code", culture)).Append("\n\n").Append(Say("Admin.CodeHow", culture)).Append("\n\n");
        foreach (var code in guide.Code)
        {
            text.Append("<details>\n<summary>").Append(code.Language.Name()).Append(" (").Append(code.FileName).Append(")</summary>\n\n");
            MarkdownText.Fence(text, code.Language.FenceWord(), code.Text.TrimEnd('\n'), indent: "");
            text.Append("</details>\n\n");
        }

        text.Length--;
    }

    private static void Check(StringBuilder text, Inspection inspection, ConsoleChange change, Finding? finding, bool noticed, CultureInfo culture)
    {
        text.Append("\n## ").Append(Say("Admin.Check", culture)).Append("\n\n");
        if (!noticed || change.GuideId == inspection.Provider.NetworkGuide)
        {
            text.Append(Say(noticed && finding is { Confidence: not Confidence.OnlyClickPipesCanTell } ? "Admin.Watches" : "Admin.NetworkCheck", culture)).Append('\n');
            return;
        }

        if (SettingToCheck(change, finding) is { } setting)
        {
            MarkdownText.Fence(text, "sql", $"SHOW {setting};", indent: "");
            if (ExpectedOf(change, finding) is { } expected)
            {
                text.Append(Say("Admin.Expected", culture)).Append(' ').Append(MarkdownText.Code(expected)).Append("\n\n");
            }
        }

        text.Append(Say("Admin.Watches", culture)).Append('\n');
    }

    /// <summary>The setting whose value tells that it was done; null when there is none that SHOW takes.</summary>
    private static string? SettingToCheck(ConsoleChange change, Finding? finding) =>
        (change.Setting ?? finding?.Arguments.GetValueOrDefault("setting") as string) is { } setting && SettingName().IsMatch(setting) ? setting : null;

    private static string? ExpectedOf(ConsoleChange change, Finding? finding) =>
        change.Expected ?? (change.Setting is null && finding?.Desired is { Length: > 0 } desired ? desired : null);

    private static void Bullet(StringBuilder text, string name, string value) =>
        text.Append("- ").Append(name).Append(": ").Append(MarkdownText.Code(value)).Append('\n');

    private static string Say(string key, CultureInfo culture) => Messages.Get(key, culture);

    [GeneratedRegex(@"^[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)?$")]
    private static partial Regex SettingName();
}
