using Npgsql;
using SetupWizard.Core.Connecting;
using SetupWizard.Core.Engine;
using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;
using SetupWizard.Core.Sql;
using SetupWizard.Sandbox;
using SetupWizard.Server.Tests.Support;

namespace SetupWizard.Server.Tests.Requirements.OnServers;

/// <summary>A real server that is set up and green, to be broken one way at a time.</summary>
public sealed class PreparedSource : IAsyncDisposable
{
    public const string User = SetupGoal.DefaultUser;

    private readonly EngineHarness _engine;
    private readonly List<IAsyncDisposable> _held = [];

    private PreparedSource(PostgresSandbox sandbox)
    {
        Sandbox = sandbox;
        _engine = new EngineHarness(sandbox);
        Target = _engine.Target;
    }

    public PostgresSandbox Sandbox { get; }

    /// <summary>What the next reading is for; <see cref="RestoreAsync"/> sets it back.</summary>
    public SetupGoal Goal { get; set; } = new();

    /// <summary>Who reads, and how; <see cref="RestoreAsync"/> sets it back.</summary>
    public SetupTarget Target { get; set; }

    /// <summary>How much later than the server's clock the next reading is judged; <see cref="RestoreAsync"/> sets it back.</summary>
    public TimeSpan Later { get; set; }

    public int Major => Sandbox.Major;

    /// <summary>The password the ClickPipes user has; <see cref="RestoreAsync"/> sets it back.</summary>
    private string UserPassword { get; set; } = EngineHarness.ClickPipesPassword;

    public static async Task<PreparedSource> StartAsync(SandboxProfile profile, int major)
    {
        var source = new PreparedSource(await SandboxFixture.FreshAsync(profile, major));
        await source._engine.TurnOnLogicalReplicationAsync();
        await source.RestoreAsync();
        return source;
    }

    public async Task<Inspection> InspectAsync()
    {
        await _engine.SettleAsync();
        var now = await _engine.Runner.InspectAsync(Target, Goal, CancellationToken.None);
        return now.Snapshot is { } snapshot && Later > TimeSpan.Zero
            ? _engine.Runner.Reconsider(now with { Snapshot = snapshot with { ReadAt = snapshot.ReadAt + Later } }, Goal)
            : now;
    }

    /// <summary>What ClickPipes would look at if the pipe were created now: the tables the reading hands over, and those asked for by name.</summary>
    public ClickPipesValidation Validation(Inspection inspection) => new(
        new NpgsqlConnectionStringBuilder
        {
            Host = Sandbox.Host,
            Port = Sandbox.Port,
            Database = Sandbox.Database,
            Username = Goal.User,
            Password = Goal.User == Sandbox.AdminUser ? Sandbox.AdminPassword : UserPassword,
            SslMode = SslMode.VerifyFull,
            RootCertificate = Sandbox.CaCertificatePath,
            Pooling = false,
        },
        Goal.Publication,
        [.. inspection.Tables.Chosen.Select(t => t.Ref).Union(Goal.Tables)]);

    /// <summary>The proof.</summary>
    public async Task<IReadOnlyList<ProofEvent>> VerifyAsync()
    {
        var target = Target with { Credentials = Target.Credentials with { ClickPipesPassword = new SecretString(Goal.User == Sandbox.AdminUser ? Sandbox.AdminPassword : UserPassword) } };
        return await _engine.Runner.VerifyAsync(target, Goal, CancellationToken.None).WithTrafficAsync(Sandbox, Major);
    }

    public async Task SuperuserAsync(string sql)
    {
        await using var superuser = await Sandbox.OpenSuperuserAsync(null, CancellationToken.None);
        await superuser.ExecuteAsync(sql);
    }

    /// <summary>Changes parameters as a superuser and has the server read them; with a restart when asked for.</summary>
    public async Task SetAsync(string name, string? value, bool restart = false)
    {
        await using (var superuser = await Sandbox.OpenSuperuserAsync(null, CancellationToken.None))
        {
            await superuser.ExecuteAsync(value is null ? $"ALTER SYSTEM RESET {name}" : $"ALTER SYSTEM SET {name} = '{value}'");
            await superuser.ReloadAsync();
        }

        if (restart)
        {
            await Sandbox.RebootAsync(CancellationToken.None);
        }
    }

    public async Task AdminAsync(string sql)
    {
        await using var admin = new NpgsqlConnection(Sandbox.AdminConnectionString);
        await admin.OpenAsync();
        await admin.ExecuteAsync(sql);
    }

    /// <summary>Keeps something open until <see cref="RestoreAsync"/>.</summary>
    public void Hold(IAsyncDisposable held) => _held.Add(held);

    /// <summary>Reads as somebody else.</summary>
    public void LogInAs(string login, string password) => Target = Target with { Credentials = new SourceCredentials(login, new SecretString(password)) };

    /// <summary>
    /// Does what a finding gives to do: its statements through a plan, its guides in the console of the sandbox, what is for somebody else as
    /// that somebody; again when what is left is a restart.
    /// </summary>
    public async Task FollowAsync(Finding finding)
    {
        for (var turn = 0; turn < 3 && await FollowOnceAsync(finding); turn++)
        {
        }
    }

    /// <summary>The same, once; false when there is nothing to do.</summary>
    public async Task<bool> FollowOnceAsync(Finding finding)
    {
        var inspection = await InspectAsync();
        if (!inspection.Findings.Any(f => f.Id == finding.Id && f.State != FindingState.Satisfied && f.Fixes.Count > 0))
        {
            return false;
        }

        var plan = _engine.Runner.Plan(inspection, new HashSet<RequirementId> { finding.Id });
        Assert.True(plan.Changes.Count + plan.HandOff.Count + plan.ConsoleChanges.Count > 0, finding.Id + " has fixes that no plan has");
        foreach (var change in plan.HandOff)
        {
            if (change.Statement.Display.Contains(Core.Sql.SqlText.PasswordHole, StringComparison.Ordinal))
            {
                UserPassword = "handed-over";
            }

            await SuperuserAsync(change.Statement.Display.Replace(Core.Sql.SqlText.PasswordHole, "'handed-over'", StringComparison.Ordinal));
        }

        if (plan.Changes.Count > 0)
        {
            await ApplyAsync(plan);
        }

        foreach (var change in plan.ConsoleChanges)
        {
            if (change is { Setting: { } setting, Value: { } value })
            {
                // Azure's portal shows its choices in capitals.
                await Sandbox.SetParameterAsync(setting, value == "LOGICAL" ? "logical" : value, CancellationToken.None);
            }

            if (change.Restart == RestartNeed.Restart)
            {
                await Sandbox.RebootAsync(CancellationToken.None);
            }
        }

        return true;
    }

    /// <summary>Runs the statement in a finding's sentences as somebody who may, and waits until whom it ends is gone.</summary>
    public async Task RunAsync(Finding finding)
    {
        await SuperuserAsync((string)finding.Arguments["statement"]!);
        await Eventually.TrueAsync(
            async () => !(await InspectAsync()).Findings.Any(f => f.Id == finding.Id && f.Case == finding.Case),
            finding.Id.Code + " stays though its statement was run.");
    }

    /// <summary>Green again, by the wizard's own plan.</summary>
    public async Task RestoreAsync()
    {
        foreach (var held in _held)
        {
            await held.DisposeAsync();
        }

        _held.Clear();
        UserPassword = EngineHarness.ClickPipesPassword;
        Later = TimeSpan.Zero;
        Goal = new SetupGoal();
        Target = _engine.Target;
        for (var turn = 0; turn < 3; turn++)
        {
            var inspection = await InspectAsync();
            if (!inspection.Findings.Any(f => f.IsProblem))
            {
                return;
            }

            var finished = await ApplyAsync(_engine.Runner.Plan(inspection));
            if (finished.After!.Findings.Any(f => f.State == FindingState.Pending))
            {
                await Sandbox.RebootAsync(CancellationToken.None);
            }
        }

        var last = await InspectAsync();
        Assert.True(!last.Findings.Any(f => f.IsProblem), EngineHarness.DescribeProblems(last));
    }

    private async Task<ApplyFinished> ApplyAsync(SetupPlan plan)
    {
        var events = await _engine.Runner.ApplyAsync(Target, plan, CancellationToken.None).ToListAsync(CancellationToken.None);
        var finished = events.OfType<ApplyFinished>().Single();
        Assert.True(finished.Done, EngineHarness.DescribeFailure(events));
        return finished;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var held in _held)
        {
            await held.DisposeAsync();
        }

        await Sandbox.DisposeAsync();
        _engine.Dispose();
    }
}
