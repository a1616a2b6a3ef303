namespace SetupWizard.Sandbox;

/// <summary>Where this user keeps things that outlive a run.</summary>
internal static class UserDirectories
{
    /// <summary>A directory that anyone on the machine can read when we are root, so that the server's user reaches what lies in it; else <see cref="OwnCache"/>.</summary>
    public static string? SharedCache => Environment.IsPrivilegedProcess ? "/var/cache/setupwizard" : OwnCache;

    /// <summary>
    /// The user's own cache directory (https://specifications.freedesktop.org/basedir-spec/latest/), or null for a user without a home:
    /// a place that others could have prepared, such as /tmp, is none for programs we run.
    /// </summary>
    public static string? OwnCache
    {
        get
        {
            var cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
            if (!string.IsNullOrEmpty(cache) && Path.IsPathRooted(cache))
            {
                return Path.Combine(cache, "setupwizard");
            }

            var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
            return string.IsNullOrEmpty(home) ? null : Path.Combine(home, ".cache", "setupwizard");
        }
    }
}
