using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using SetupWizard.Core.Audit;
using SetupWizard.Core.Connecting;
using SetupWizard.Core.Engine;
using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;
using SetupWizard.Sandbox;

namespace SetupWizard.Benchmarks;

/// <summary>One sandbox with many small tables, and the engine against it, directly and from a distance.</summary>
internal sealed class BenchmarkSource : IAsyncDisposable
{
    /// <summary>How long each direction takes from a distance: 20 ms for a round trip.</summary>
    public static readonly TimeSpan Distance = TimeSpan.FromMilliseconds(10);

    private readonly JsonLinesAuditLog _audit;

    private BenchmarkSource(PostgresSandbox sandbox, string directory)
    {
        Sandbox = sandbox;
        Directory = directory;
        Relay = new Relay(sandbox.Port, Distance);
        _audit = new JsonLinesAuditLog(directory, TimeProvider.System);
        Runner = new SetupRunner(_audit, TimeProvider.System, NullLogger<SetupRunner>.Instance);
        Near = TargetOf(sandbox, sandbox.Port);
        Far = TargetOf(sandbox, Relay.Port);
    }

    public PostgresSandbox Sandbox { get; }

    /// <summary>A directory for the time of the run.</summary>
    public string Directory { get; }

    public Relay Relay { get; }

    public SetupRunner Runner { get; }

    /// <summary>The sandbox itself.</summary>
    public SetupTarget Near { get; }

    /// <summary>The same through the relay.</summary>
    public SetupTarget Far { get; }

    /// <summary>All tables of the schema with many.</summary>
    public SetupGoal Goal { get; } = new() { Schemas = ["many"] };

    public static async Task<BenchmarkSource> StartAsync(CancellationToken cancellationToken)
    {
        var options = new SandboxOptions { Profile = SandboxProfile.AzureFlexible, Writer = false, ExtraSettings = LockTable.Of(64) };
        var sandbox = await PostgresSandbox.StartAsync(options, progress: null, cancellationToken);
        try
        {
            await sandbox.SetParameterAsync("wal_level", "logical", cancellationToken);
            await sandbox.RebootAsync(cancellationToken);
            return new BenchmarkSource(sandbox, System.IO.Directory.CreateTempSubdirectory("setupwizard-bench-").FullName);
        }
        catch
        {
            await sandbox.DisposeAsync();
            throw;
        }
    }

    /// <summary>Makes it that many tables, and tells the server's planner about its catalog, as autovacuum would after a while.</summary>
    public async Task GrowAsync(int tables, CancellationToken cancellationToken)
    {
        await Sandbox.SeedManyTablesAsync(tables, cancellationToken);
        await TidyAsync(cancellationToken);
    }

    /// <summary>What autovacuum does to the catalog sooner or later, done now: it must not happen in the middle of a measurement.</summary>
    public async Task TidyAsync(CancellationToken cancellationToken)
    {
        await using var superuser = await Sandbox.OpenSuperuserAsync(null, cancellationToken);
        await using var vacuum = new NpgsqlCommand(
            "VACUUM (ANALYZE) pg_class, pg_index, pg_attribute, pg_type, pg_depend, pg_shdepend, pg_constraint, pg_publication_rel, pg_inherits",
            superuser)
        { CommandTimeout = 0 };
        await vacuum.ExecuteNonQueryAsync(cancellationToken);
        await using var checkpoint = new NpgsqlCommand("CHECKPOINT", superuser) { CommandTimeout = 0 };
        await checkpoint.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>An engine whose audit, the same as that of <see cref="Runner"/>, lets a benchmark act in between.</summary>
    public SetupRunner RunnerWith(HookedAudit hook) => new(hook.Around(_audit), TimeProvider.System, NullLogger<SetupRunner>.Instance);

    /// <summary>Opens a session just as the engine does: what follows on it can be timed without the opening.</summary>
    public static Task<OpenedSource> OpenAsync(SetupTarget target, CancellationToken cancellationToken) =>
        SourceConnector.OpenAsync(target, "benchmark", cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await Relay.DisposeAsync();
        await Sandbox.DisposeAsync();
        _audit.Dispose();
        System.IO.Directory.Delete(Directory, recursive: true);
    }

    private static SetupTarget TargetOf(PostgresSandbox sandbox, int port) => new(
        new SourceEndpoint
        {
            Host = sandbox.Host,
            Port = port,
            Database = sandbox.Database,
            CaCertificatePem = File.ReadAllText(sandbox.CaCertificatePath),
            ConsoleHost = sandbox.ConsoleHost,
        },
        new SourceCredentials(sandbox.AdminUser, SecretString.From(sandbox.AdminPassword)));
}
