using System.Globalization;

namespace SetupWizard.Cli;

/// <summary>The language of what the command line prints: <c>--lang</c>, else the environment's, else English.</summary>
internal static class Language
{
    public static readonly string[] Known = ["en", "ko"];
    private static readonly string[] s_variables = ["LC_ALL", "LC_MESSAGES", "LANG"];

    public static CultureInfo Of(IReadOnlyList<string> args, Func<string, string?> variable)
    {
        var asked = Asked(args) ?? Environment(variable) ?? "en";
        return CultureInfo.GetCultureInfo(asked.StartsWith("ko", StringComparison.OrdinalIgnoreCase) ? "ko" : "en");
    }

    private static string? Asked(IReadOnlyList<string> args)
    {
        for (var i = 0; i < args.Count; i++)
        {
            if (args[i] == "--lang" && i + 1 < args.Count)
            {
                return args[i + 1];
            }

            if (args[i].StartsWith("--lang=", StringComparison.Ordinal))
            {
                return args[i]["--lang=".Length..];
            }
        }

        return null;
    }

    private static string? Environment(Func<string, string?> variable) =>
        s_variables.Select(variable).FirstOrDefault(v => !string.IsNullOrEmpty(v));
}
