using SetupWizard.Localization;

namespace SetupWizard.Cli;

/// <summary>Says where the web app is.</summary>
public static class Welcome
{
    /// <summary>The URL with a line before it. On a terminal it stands between two lines; beside it stands nothing, so that it can be clicked and copied whole where it is wrapped.</summary>
    /// <param name="url">The URL.</param>
    /// <param name="token">Whether it holds a token.</param>
    /// <param name="width">The columns of the terminal; null where it is none.</param>
    public static string Text(string url, bool token, int? width)
    {
        var words = Ui.T(token ? "App.Open" : "App.OpenFreely") + Environment.NewLine;
        if (width is null)
        {
            return words + url + Environment.NewLine;
        }

        var line = new string('─', Math.Clamp(url.Length + 4, 20, width.Value)) + Environment.NewLine;
        return line + words + Environment.NewLine + "  " + url + Environment.NewLine + line;
    }

    /// <summary>The same on this process's own output.</summary>
    public static Task WriteAsync(string url, bool token) => Console.Out.WriteAsync(Text(url, token, Console.IsOutputRedirected ? null : Math.Max(Console.WindowWidth, 20)));
}
