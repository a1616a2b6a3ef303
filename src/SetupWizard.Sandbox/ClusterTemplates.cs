using System.Collections.Concurrent;

namespace SetupWizard.Sandbox;

/// <summary>Clusters that are made once in this process, filled and shut down, to be copied.</summary>
internal static class ClusterTemplates
{
    // The sandbox stays referenced: when its keeper is let go, its directory goes.
    private static readonly ConcurrentDictionary<(SandboxProfile, string), Lazy<Task<(OwnedSandbox Keeping, ClusterFiles Files)>>> s_made = [];

    /// <summary>The files of one; made by whoever asks first, and tried again after a failure.</summary>
    public static async Task<ClusterFiles> FilesAsync(SandboxProfile profile, PostgresBinaries binaries)
    {
        var key = (profile, binaries.Postgres);
        var making = s_made.GetOrAdd(key, _ => new(() => MakeAsync(profile, binaries.Major)));
        try
        {
            return (await making.Value.ConfigureAwait(false)).Files;
        }
        catch
        {
            s_made.TryRemove(new(key, making));
            throw;
        }
    }

    private static async Task<(OwnedSandbox Keeping, ClusterFiles Files)> MakeAsync(SandboxProfile profile, int major)
    {
        var sandbox = await OwnedSandbox.StartAsync(new SandboxOptions { Profile = profile, Major = major, AnyMajor = true, Writer = false }, progress: null, CancellationToken.None).ConfigureAwait(false);
        try
        {
            return (sandbox, await sandbox.FreezeAsync().ConfigureAwait(false));
        }
        catch
        {
            await sandbox.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}
