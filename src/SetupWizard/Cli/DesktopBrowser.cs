using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using SetupWizard.Core.Audit;

namespace SetupWizard.Cli;

/// <summary>The browser of whoever sits in front of this machine.</summary>
public static class DesktopBrowser
{
    /// <summary>Set where nobody sits in front of this machine, or looks at another one.</summary>
    private static readonly string[] s_away = ["CI", "SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY", "DOTNET_RUNNING_IN_CONTAINER", "container"];

    private static readonly string[] s_containers = ["/.dockerenv", "/run/.containerenv"];
    private static readonly string[] s_displays = ["DISPLAY", "WAYLAND_DISPLAY"];

    /// <summary>A browser that was not running yet takes a moment before it reads the page.</summary>
    private static readonly TimeSpan s_whileItStarts = TimeSpan.FromSeconds(30);

    /// <summary>Whether there is one: not in a container, over SSH or in CI, and with a display.</summary>
    /// <param name="variable">An environment variable.</param>
    /// <param name="exists">Whether a file exists.</param>
    /// <param name="desktop">Whether the system always has a display.</param>
    public static bool IsHere(Func<string, string?> variable, Func<string, bool> exists, bool desktop)
    {
        bool Set(string name) => !string.IsNullOrEmpty(variable(name));
        return !s_away.Any(Set) && !s_containers.Any(exists) && (desktop || s_displays.Any(Set));
    }

    /// <summary>The same of this process, started by hand on a terminal.</summary>
    public static bool IsHere() =>
        !Console.IsOutputRedirected && IsHere(Environment.GetEnvironmentVariable, File.Exists, OperatingSystem.IsMacOS() || OperatingSystem.IsWindows());

    /// <summary>
    /// Opens an address. It has a token, and everybody on this machine can read the arguments of a program: the browser is given a page of this user's own that leads there.
    /// That lies in the home directory, under a name that is not hidden, because a browser in a snap may read nothing else.
    /// </summary>
    /// <param name="url">The address, which was printed as well: nothing is said where this does not work.</param>
    /// <param name="home">The home directory.</param>
    /// <param name="stopping">Ends the wait for the browser; the page is removed then.</param>
    /// <param name="start">Opens a file with the program for it.</param>
    public static async Task OpenAsync(string url, string home, Action<string> start, CancellationToken stopping)
    {
        if (!Directory.Exists(home))
        {
            return;
        }

        var page = Path.Combine(home, string.Create(CultureInfo.InvariantCulture, $"SetupWizard-{Guid.NewGuid():N}.html"));
        try
        {
            await using (var file = PrivateFiles.Open(page, FileMode.CreateNew, FileShare.None))
            await using (var writer = new StreamWriter(file))
            {
                await writer.WriteAsync($"<!DOCTYPE html><meta charset=\"utf-8\"><title>SetupWizard</title><meta http-equiv=\"refresh\" content=\"0; url={WebUtility.HtmlEncode(url)}\">");
            }

            start(page);
            await Task.Delay(s_whileItStarts, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        catch (Exception e) when (e is Win32Exception or IOException or UnauthorizedAccessException)
        {
            // No such program, or no place for the page.
        }
        finally
        {
            File.Delete(page);
        }
    }

    /// <summary>The same with this user's home and this system's program for it.</summary>
    public static Task OpenAsync(string url, CancellationToken stopping) =>
        OpenAsync(url, Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), Start, stopping);

    private static void Start(string page)
    {
        // In a session of its own, where there is a program for that: Ctrl+C here is not meant for a browser.
        using var opened = OperatingSystem.IsWindows()
            ? Process.Start(new ProcessStartInfo(page) { UseShellExecute = true })
            : Process.Start(
                "/bin/sh",
                ["-c", "exec $(command -v setsid) \"$1\" \"$2\" </dev/null >/dev/null 2>&1", "open", OperatingSystem.IsMacOS() ? "open" : "xdg-open", page]);
    }
}
