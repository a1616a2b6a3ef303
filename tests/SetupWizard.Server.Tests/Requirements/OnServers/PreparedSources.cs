using SetupWizard.Sandbox;

namespace SetupWizard.Server.Tests.Requirements.OnServers;

/// <summary>Prepared servers by profile and major, each used by one test at a time; one that a test could not make green again is thrown away.</summary>
public sealed class PreparedSources : IAsyncLifetime
{
    private readonly Dictionary<(SandboxProfile, int), Task<PreparedSource>> _sources = [];

    /// <summary>States that were produced, named, mended and seen green.</summary>
    public HashSet<string> Mended { get; } = new(StringComparer.Ordinal);

    /// <summary>Compares what was said with what ClickPipes says.</summary>
    public Doubt Doubt { get; } = new();

    /// <summary>Begins to start one that has to have run for a while when it is taken.</summary>
    public void Foresee(SandboxProfile profile, int major)
    {
        if (!_sources.ContainsKey((profile, major)))
        {
            _sources[(profile, major)] = PreparedSource.StartAsync(profile, major);
        }
    }

    public async Task<PreparedSource> TakeAsync(SandboxProfile profile, int major)
    {
        if (!_sources.TryGetValue((profile, major), out var source) || source.IsFaulted)
        {
            _sources[(profile, major)] = source = PreparedSource.StartAsync(profile, major);
        }

        return await source;
    }

    public async Task ThrowAwayAsync(PreparedSource source)
    {
        _sources.Remove((source.Sandbox.Profile, source.Major));
        await source.DisposeAsync();
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var starting in _sources.Values)
        {
            await starting.ContinueWith(_ => { }, TaskScheduler.Default);
            if (starting.IsCompletedSuccessfully)
            {
                var source = await starting;
                await source.DisposeAsync();
            }
        }
    }
}
