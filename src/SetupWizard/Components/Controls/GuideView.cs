using System.Globalization;
using System.Text;
using SetupWizard.Core.Model;
using SetupWizard.Core.Providers;
using SetupWizard.Core.Text;
using SetupWizard.Localization;
using SetupWizard.Sessions;

namespace SetupWizard.Components.Controls;

/// <summary>One instruction with the user's own names in it.</summary>
/// <param name="Text">The sentence.</param>
/// <param name="Value">What is typed or picked; null when nothing is.</param>
public sealed record GuideLine(string Text, string? Value);

/// <summary>A console guide filled in for one source.</summary>
public sealed record GuideView(string Title, IReadOnlyList<GuideLine> Steps, IReadOnlyList<string> Commands, string? ConsoleUrl, bool Restarts)
{
    /// <summary>The guide of a change; null when the source's provider is not known or has no such guide.</summary>
    public static GuideView? For(WizardSession session, ConsoleChange change)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(change);
        if (session is not { Provider: { } provider, Endpoint: { } endpoint } || provider.Guides.FirstOrDefault(g => g.Id == change.GuideId) is not { } guide)
        {
            return null;
        }

        var culture = CultureInfo.CurrentUICulture;
        var names = NamesOf(provider, endpoint, session.Inspection, change);
        return new GuideView(
            Words.Find($"Guide.{guide.Id}.Title", names, culture) ?? FindingText.Title(change, culture),
            [.. guide.Steps.Select(s => new GuideLine(Words.Get($"Guide.{guide.Id}.{s.Key}", names, culture), s.Value is null ? null : Fill(s.Value, names)))],
            [.. guide.Commands.Select(c => Fill(c, names))],
            UrlOf(guide, names),
            guide.Restarts);
    }

    /// <summary>Instructions to send to somebody who may open the console.</summary>
    public static string Markdown(WizardSession session, Finding finding, IReadOnlyList<ConsoleChange> changes)
    {
        var parts = FindingText.For(finding, CultureInfo.CurrentUICulture);
        var text = new StringBuilder()
            .Append(CultureInfo.InvariantCulture, $"## {parts.Title}\n\n{parts.Why} {parts.Consequence}\n\n")
            .Append(CultureInfo.InvariantCulture, $"{Ui.T("Guide.Server")}: `{session.Endpoint?.ShownHost}`\n");
        foreach (var guide in changes.Select(c => For(session, c)).OfType<GuideView>())
        {
            text.Append(CultureInfo.InvariantCulture, $"\n### {guide.Title}\n\n");
            foreach (var (step, number) in guide.Steps.Select((s, i) => (s, i + 1)))
            {
                text.Append(CultureInfo.InvariantCulture, $"{number}. {step.Text}{(step.Value is null ? "" : $" `{step.Value}`")}\n");
            }

            if (guide.Commands.Count > 0)
            {
                text.Append(CultureInfo.InvariantCulture, $"\n{Ui.T("Guide.Commands")}:\n\n```sh\n{string.Join('\n', guide.Commands)}\n```\n");
            }
        }

        return text.ToString();
    }

    private static Dictionary<string, object?> NamesOf(ProviderProfile provider, SourceEndpoint endpoint, Inspection? inspection, ConsoleChange change)
    {
        var names = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var (name, value) in provider.NamesFromHost(endpoint.ShownHost))
        {
            names[name] = value;
        }

        foreach (var (name, value) in change.Arguments)
        {
            names[name] = value;
        }

        names["host"] = endpoint.ShownHost;
        names["port"] = endpoint.Port.ToString(CultureInfo.InvariantCulture);
        names["database"] = endpoint.Database;
        names["setting"] = change.Setting;
        names["value"] = change.Value;
        if (inspection?.Snapshot?.Server.Major is { } major)
        {
            names.TryAdd("major", major.ToString(CultureInfo.InvariantCulture));
            names.TryAdd("family", "postgres" + major.ToString(CultureInfo.InvariantCulture));
        }

        return names;
    }

    /// <summary>A page that can be opened: none when a part of its address is not known.</summary>
    private static string? UrlOf(ConsoleGuide guide, Dictionary<string, object?> names) =>
        guide.ConsoleUrl is { } template && Fill(template, names) is var url && !url.Contains('<', StringComparison.Ordinal) ? url : null;

    /// <summary>A name that cannot be known stays visible, in angle brackets.</summary>
    private static string Fill(string template, Dictionary<string, object?> names)
    {
        var text = Words.Fill(template, names, CultureInfo.InvariantCulture);
        var open = text.IndexOf('{', StringComparison.Ordinal);
        while (open >= 0 && text.IndexOf('}', open) is var close and > 0)
        {
            text = $"{text[..open]}<{text[(open + 1)..close]}>{text[(close + 1)..]}";
            open = text.IndexOf('{', open);
        }

        return text;
    }
}
