using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using SetupWizard.Core.Audit;
using SetupWizard.Core.Engine;
using SetupWizard.Core.HandOff;
using SetupWizard.Sandbox;
using SetupWizard.Server.Tests.Support;

namespace SetupWizard.Server.Tests.Cli;

/// <summary>A server of one test class's own, and the command line in front of it with the engine as it is, over a way on which one packet meets a fault.</summary>
public sealed class CutServer : IAsyncLifetime
{
    private DirectoryInfo _data = Directory.CreateTempSubdirectory("setupwizard-test-");

    internal PostgresSandbox Sandbox { get; private set; } = null!;

    public async Task InitializeAsync() => Sandbox = await PostgresSandbox.StartAsync(
        new SandboxOptions { Profile = SandboxProfile.Plain, Writer = false, ExtraSettings = new Dictionary<string, string> { ["wal_level"] = "logical" } },
        progress: null,
        CancellationToken.None);

    public async Task DisposeAsync()
    {
        await Sandbox.DisposeAsync();
        _data.Delete(recursive: true);
    }

    /// <summary>Begins a new record, while nothing of the one before stands: each run reads it whole, and hundreds of cases would make it long.</summary>
    internal void BeginAnew()
    {
        _data.Delete(recursive: true);
        _data = Directory.CreateTempSubdirectory("setupwizard-test-");
    }

    /// <summary>Runs a verb with nothing in its way.</summary>
    internal Task<CliRun> RunAsync(string verb) => RunAsync(verb, Sandbox.Port, hurried: false);

    /// <summary>Runs a verb whose packet of that number meets a fault, and tells whether there was one.</summary>
    internal async Task<(CliRun Run, bool Struck)> RunAsync(string verb, Fault fault, bool toServer, int number)
    {
        await using var relay = new FaultyRelay(Sandbox.Port, fault, toServer, number);
        var run = await RunAsync(verb, relay.Port, hurried: fault == Fault.Silence);
        return (run, relay.Struck);
    }

    internal async Task<long> CountAsync(string sql)
    {
        await using var superuser = await Sandbox.OpenSuperuserAsync(null, CancellationToken.None);
        await using var command = superuser.CreateCommand();
        command.CommandText = sql;
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private async Task<CliRun> RunAsync(string verb, int port, bool hurried)
    {
        // Pauses between the looks of a watch pass faster; the limits of everything else are those of every day.
        TimeProvider clock = hurried || verb.StartsWith("watch", StringComparison.Ordinal) ? new FastClock() : TimeProvider.System;
        using var log = new JsonLinesAuditLog(_data.FullName, TimeProvider.System);
        ISetupRunner engine = new SetupRunner(log, clock, NullLogger<SetupRunner>.Instance);
        var url = string.Create(CultureInfo.InvariantCulture, $"postgres://{Sandbox.AdminUser}@localhost:{port}/{Sandbox.Database}?sslmode=verify-full");
        return await CliRun.RunAsync(
            hurried ? new HurriedRunner(engine) : engine,
            $"{verb} --ca-file {Sandbox.CaCertificatePath} --schema public --url {url}",
            new PlanKeys(Path.Combine(_data.FullName, "keys"), TimeProvider.System),
            new Dictionary<string, string>(StringComparer.Ordinal) { ["SETUPWIZARD_ADMIN_PASSWORD"] = Sandbox.AdminPassword, ["SETUPWIZARD_CLICKPIPES_PASSWORD"] = "pipe-Secret-1" });
    }
}
