using Microsoft.Extensions.Logging.Abstractions;
using SetupWizard.Core.Audit;
using SetupWizard.Core.Connecting;
using SetupWizard.Core.Engine;
using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;
using SetupWizard.Core.Sql;
using SetupWizard.Sandbox;

namespace SetupWizard.Server.Tests.Support;

/// <summary>The engine against one sandbox, as its least-privileged administrator, with an audit of its own.</summary>
public sealed class EngineHarness : IDisposable
{
    public const string ClickPipesPassword = "it's \\ a:very%40 odd pass\"word 비밀";

    private readonly string _directory = System.IO.Directory.CreateTempSubdirectory("setupwizard-test-").FullName;

    public EngineHarness(PostgresSandbox sandbox, Func<IAuditLog, IAuditLog>? wrapAudit = null, TimeProvider? time = null)
    {
        Sandbox = sandbox;
        var audit = new JsonLinesAuditLog(_directory, TimeProvider.System);
        Runner = new SetupRunner(wrapAudit?.Invoke(audit) ?? audit, time ?? TimeProvider.System, NullLogger<SetupRunner>.Instance);
        Target = TargetOf(sandbox);
    }

    public PostgresSandbox Sandbox { get; }

    public string File => Path.Combine(_directory, JsonLinesAuditLog.FileName);

    /// <summary>Where the record and its key are.</summary>
    public string Directory => _directory;

    public SetupRunner Runner { get; }

    public SetupTarget Target { get; }

    public SetupGoal Goal { get; init; } = new();

    public static SetupTarget TargetOf(PostgresSandbox sandbox) => new(
        new SourceEndpoint
        {
            Host = sandbox.Host,
            Port = sandbox.Port,
            Database = sandbox.Database,
            CaCertificatePem = System.IO.File.ReadAllText(sandbox.CaCertificatePath),
            ConsoleHost = sandbox.ConsoleHost,
        },
        new SourceCredentials(sandbox.AdminUser, SecretString.From(sandbox.AdminPassword), SecretString.From(ClickPipesPassword)));

    public async Task<Inspection> InspectAsync()
    {
        await SettleAsync();
        return await Runner.InspectAsync(Target, Goal, CancellationToken.None);
    }

    public async Task<SetupPlan> PlanAsync() => Runner.Plan(await InspectAsync());

    public async Task<List<ApplyEvent>> ApplyAsync(SetupPlan plan, CancellationToken cancellationToken = default) =>
        await Runner.ApplyAsync(Target, plan, cancellationToken).ToListAsync(CancellationToken.None);

    public async Task<List<ProofEvent>> VerifyAsync()
    {
        await SettleAsync();
        return await Runner.VerifyAsync(Target, Goal, CancellationToken.None).ToListAsync();
    }

    /// <summary>Waits for what the service does by itself: on RDS a membership has its effect a moment after it was granted.</summary>
    public Task SettleAsync() => Sandbox.Profile == SandboxProfile.AmazonRds ? Sandbox.RefreshAsync(CancellationToken.None) : Task.CompletedTask;

    /// <summary>What the provider's console would be used for, done in the sandbox.</summary>
    public async Task TurnOnLogicalReplicationAsync()
    {
        if (Sandbox.Profile == SandboxProfile.AmazonRds)
        {
            await Sandbox.SetParameterAsync("rds.logical_replication", "1", CancellationToken.None);
            await Sandbox.RebootAsync(CancellationToken.None);
        }
        else
        {
            await Sandbox.SetParameterAsync("wal_level", "logical", CancellationToken.None);
            await Sandbox.RebootAsync(CancellationToken.None);
        }
    }

    public static string DescribeFailure(IEnumerable<ApplyEvent> events)
    {
        var finished = events.OfType<ApplyFinished>().Single();
        return $"{finished.Outcome}: {finished.Problem?.Key} {string.Join(", ", finished.Problem?.Arguments.Select(a => $"{a.Key}={a.Value}") ?? [])} {finished.Problem?.Server?.SqlState} {finished.Problem?.Server?.Text} | {string.Join(" ; ", finished.NotInEffect)}";
    }

    public static string DescribeProblems(Inspection inspection) =>
        string.Join("\n", inspection.Findings.Where(f => f.IsProblem).Select(f => $"{f.Id.Code} {f.Case} {f.State}: {f.Actual} -> {f.Desired} [{string.Join(", ", f.Subjects.Select(s => s.Name))}]"));

    public void Dispose() => System.IO.Directory.Delete(_directory, recursive: true);
}
