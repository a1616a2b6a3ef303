using SetupWizard.Sandbox;

namespace SetupWizard.Core.Tests.Support;

/// <summary>
/// One sandbox per profile and major, started when a test first asks for it, shared by all classes of the collection and gone at the end.
/// The classes of the collection run one after the other. A test that changes what others look at takes a <see cref="FreshAsync"/> one.
/// </summary>
public sealed class SandboxFixture : IAsyncLifetime
{
    /// <summary>The name for <c>[Collection(SandboxFixture.Collection)]</c>.</summary>
    public const string Collection = "sandbox";

    /// <summary>Another one beside it, with sandboxes of its own: half of the time on a machine with two cores.</summary>
    public const string Rules = "rules on servers";

    private readonly Dictionary<(SandboxProfile Profile, int? Major), Task<PostgresSandbox>> _shared = [];
    private readonly Lock _lock = new();

    /// <summary>The shared sandbox of a profile and a major (null: the newest on the machine).</summary>
    public Task<PostgresSandbox> SharedAsync(SandboxProfile profile, int? major = null)
    {
        lock (_lock)
        {
            if (!_shared.TryGetValue((profile, major), out var sandbox) || sandbox.IsFaulted)
            {
                _shared[(profile, major)] = sandbox = FreshAsync(profile, major);
            }

            return sandbox;
        }
    }

    /// <summary>A sandbox of the caller's own, who disposes it.</summary>
    public static Task<PostgresSandbox> FreshAsync(SandboxProfile profile, int? major = null, bool writer = false) =>
        PostgresSandbox.StartAsync(new SandboxOptions { Profile = profile, Major = major, Writer = writer }, progress: null, CancellationToken.None);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var starting in _shared.Values)
        {
            if (starting.IsCompletedSuccessfully)
            {
                var sandbox = await starting;
                await sandbox.DisposeAsync();
            }
        }
    }
}
