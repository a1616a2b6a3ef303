using System.Reflection;

namespace SetupWizard.Core.Providers;

/// <summary>
/// A guide's code before the user's names are in it. Templates are files beside the providers: <c>Providers/Code/{guide}.{extension}</c>.
/// <para><c>{{name}}</c> is the value of a guide's argument as a whole literal of the language, quotes included, and
/// <c>{{"text {name} text"}}</c> one literal made of several; nothing of a value is ever written outside a literal.</para>
/// <para>A line <c>@steps key key</c> becomes a comment with the numbers of those steps, <c>@say Key</c> a comment with the sentence <c>Code.Key</c>;
/// <c>@each name</c> … <c>@end</c> repeats its lines over a list, <c>@if name</c> … <c>@end</c> keeps them when there is a value; <c>@include file</c> stands for the lines of a part that
/// several templates have.</para>
/// </summary>
/// <param name="Language">What it is written in.</param>
/// <param name="Text">The template, with <c>\n</c> at each line's end.</param>
public sealed record CodeTemplate(CodeLanguage Language, string Text)
{
    private const string Folder = "SetupWizard.Core.Providers.Code.";
    private const string Parts = "SetupWizard.Core.Providers.CodePart.";

    /// <summary>The templates there are for a guide, in the order of <see cref="CodeLanguage"/>; empty when there is none.</summary>
    public static IReadOnlyList<CodeTemplate> Of(string guide) =>
        [.. from language in Enum.GetValues<CodeLanguage>() let text = Read($"{Folder}{guide}.{language.Extension()}") where text is not null select new CodeTemplate(language, text)];

    /// <summary>The guides that have templates.</summary>
    public static IReadOnlyCollection<string> Guides { get; } =
        [.. typeof(CodeTemplate).Assembly.GetManifestResourceNames().Where(n => n.StartsWith(Folder, StringComparison.Ordinal)).Select(n => Path.GetFileNameWithoutExtension(n[Folder.Length..])).Distinct(StringComparer.Ordinal)];

    private static string? Read(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name);
        if (stream is null)
        {
            return null;
        }

        using var reader = new StreamReader(stream);
        return string.Join('\n', reader.ReadToEnd().ReplaceLineEndings("\n").Split('\n').SelectMany(Included));
    }

    /// <summary>The line, or the lines of the part it names, as deep as it stands.</summary>
    private static IEnumerable<string> Included(string line)
    {
        var words = line.TrimStart().Split(' ');
        if (words[0] != "@include")
        {
            return [line];
        }

        var part = Read(Parts + words[1]) ?? throw new InvalidOperationException(line + ": there is no such part.");
        var depth = line[..^line.TrimStart().Length];
        return part.TrimEnd('\n').Split('\n').Select(l => l.Length == 0 ? l : depth + l);
    }
}
