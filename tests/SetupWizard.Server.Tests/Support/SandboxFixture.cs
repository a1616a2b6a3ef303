using SetupWizard.Sandbox;

namespace SetupWizard.Server.Tests.Support;

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

    /// <summary>The collection of the tests about families of tables and set-ups.</summary>
    public const string Families = "sandboxes of families";

    /// <summary>How many tables <see cref="WithManyTablesAsync"/> adds.</summary>
    public const int ManyTables = 5000;

    private readonly Dictionary<(SandboxProfile Profile, int? Major), Task<PostgresSandbox>> _shared = [];
    private readonly Lock _lock = new();
    private Task<PostgresSandbox>? _many;

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

    /// <summary>The shared sandbox with <see cref="ManyTables"/> more tables: to make them takes seconds.</summary>
    public Task<PostgresSandbox> WithManyTablesAsync()
    {
        lock (_lock)
        {
            return _many = _many is null or { IsFaulted: true } ? MakeAsync() : _many;
        }

        static async Task<PostgresSandbox> MakeAsync()
        {
            var sandbox = await FreshAsync(SandboxProfile.AmazonRds);
            await sandbox.SeedManyTablesAsync(ManyTables, CancellationToken.None);
            return sandbox;
        }
    }

    /// <summary>A sandbox of the caller's own, who disposes it.</summary>
    public static Task<PostgresSandbox> FreshAsync(SandboxProfile profile, int? major = null, bool writer = false) =>
        PostgresSandbox.StartAsync(new SandboxOptions { Copied = true, Profile = profile, Major = major, Writer = writer }, progress: null, CancellationToken.None);

    public Task InitializeAsync() => Task.CompletedTask;

    // Side by side: each of them waits for its server to end.
    public Task DisposeAsync() => Task.WhenAll(_shared.Values.Append(_many).OfType<Task<PostgresSandbox>>().Where(s => s.IsCompletedSuccessfully).Select(async s => await (await s).DisposeAsync()));
}
