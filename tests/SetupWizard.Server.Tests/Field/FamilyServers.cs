using SetupWizard.Sandbox;
using SetupWizard.Server.Tests.Support;

namespace SetupWizard.Server.Tests.Field;

/// <summary>One server of each version for the classes about families of tables, with as many databases as there are tests. Logical decoding is on.</summary>
public sealed class FamilyServers : IAsyncLifetime
{
    private readonly Dictionary<int, Task<PostgresSandbox>> _servers = [];
    private int _made;

    /// <summary>A database of its own with these tables, made by the administrator. <c>{n}</c> in the statements tells names of roles apart.</summary>
    public async Task<FamilySource> MakeAsync(int major, string sql, string superuserFirst = "")
    {
        return await FamilySource.MakeAsync(await ServerAsync(major), ++_made, sql, superuserFirst);
    }

    /// <summary>The server of a version.</summary>
    public Task<PostgresSandbox> ServerAsync(int major)
    {
        if (!_servers.TryGetValue(major, out var server) || server.IsFaulted)
        {
            _servers[major] = server = StartAsync(major);
        }

        return server;
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => Task.WhenAll(_servers.Values.Where(s => s.IsCompletedSuccessfully).Select(async s => await (await s).DisposeAsync()));

    private static async Task<PostgresSandbox> StartAsync(int major)
    {
        var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.AmazonRds, major);
        await sandbox.SetParameterAsync("rds.logical_replication", "1", CancellationToken.None);
        await sandbox.RebootAsync(CancellationToken.None);
        return sandbox;
    }
}
