using SetupWizard.Core.Export;
using SetupWizard.Core.Guides;
using SetupWizard.Core.Model;
using SetupWizard.Core.Providers;
using SetupWizard.Core.Requirements;

namespace SetupWizard.Cli;

/// <summary>What <c>guide</c> was asked for.</summary>
/// <param name="Guide">One guide of the provider; null for all that the source needs.</param>
/// <param name="Language">The code in one language; null for Markdown with everything.</param>
internal sealed record GuideOptions(string? Guide, CodeLanguage? Language);

/// <summary><c>guide</c>: what a person does in the provider's console, written to standard output with the same bytes as in the browser.</summary>
internal static class GuideCommand
{
    public static async Task<int> RunAsync(CliSession session, GuideOptions options, CancellationToken cancellationToken)
    {
        var inspection = await session.Runner.InspectAsync(session.Target, session.Goal, cancellationToken);
        if (options.Guide is { } id && inspection.Provider.Guides.All(g => g.Id != id))
        {
            throw new UsageException(session.Say("Cli.UnknownGuide", ("value", id), ("known", string.Join(", ", inspection.Provider.Guides.Select(g => g.Id)))));
        }

        if (inspection.Snapshot is null && options.Guide is null)
        {
            session.View.Read(inspection);
            return session.End(new CliReport(inspection) { ExitCode = ExitCode.Undetermined });
        }

        var changes = Changes(session, inspection, options.Guide);
        if (changes.Count == 0)
        {
            session.Host.Error.WriteLine(session.Say("Cli.NothingInConsole"));
        }

        await session.Host.Output.WriteAsync(options.Language is { } language
            ? string.Join('\n', changes.Select(c => Code(session, inspection, c, language)))
            : AdminGuide.Write(inspection, changes, session.Culture));
        return ExitCode.Ready;
    }

    /// <summary>The change a finding asks for, with its addresses or its value; a guide nobody asks for is shown all the same.</summary>
    private static IReadOnlyList<ConsoleChange> Changes(CliSession session, Inspection inspection, string? guide)
    {
        if (guide is null)
        {
            return session.Runner.Plan(inspection).ConsoleChanges;
        }

        List<ConsoleChange> wanted = [.. inspection.Findings.SelectMany(f => f.Fixes).OfType<ConsoleChange>().Where(c => c.GuideId == guide).DistinctBy(c => c.Key)];
        return wanted.Count > 0 ? wanted : [AdminGuide.Change(inspection.Provider, guide)];
    }

    private static string Code(CliSession session, Inspection inspection, ConsoleChange change, CodeLanguage language)
    {
        var guide = GuideText.For(inspection, change, session.Culture);
        return guide.Code.FirstOrDefault(c => c.Language == language)?.Text ?? throw new UsageException(session.Say(
            "Cli.NoSuchCode",
            ("guide", change.GuideId),
            ("language", language.Name()),
            ("known", string.Join(", ", guide.Code.Select(c => c.Language.ToString().ToLowerInvariant())))));
    }
}
