using System.Runtime.CompilerServices;
using SetupWizard.Core.Audit;
using SetupWizard.Core.Connecting;
using SetupWizard.Core.Engine;
using SetupWizard.Core.Model;
using SetupWizard.Core.Providers;
using SetupWizard.Core.Requirements;
using SetupWizard.Core.Sql;

namespace SetupWizard.Web.Tests.Cli;

/// <summary>An engine that says what a test tells it, and remembers what it was asked.</summary>
internal sealed class ScriptedRunner : ISetupRunner
{
    public static readonly SqlChange CreateUser = new()
    {
        For = RequirementId.User,
        Kind = "create-user",
        Phase = ChangePhase.User,
        Statement = new SqlText($"CREATE USER \"clickpipes_user\" PASSWORD {SqlText.PasswordHole}"),
        Undo = new SqlText("DROP USER \"clickpipes_user\""),
        Arguments = new Dictionary<string, object?> { ["user"] = "clickpipes_user" },
    };

    public static readonly SqlChange CreatePublication = new()
    {
        For = RequirementId.Publication,
        Kind = "create-publication",
        Phase = ChangePhase.Publication,
        Statement = new SqlText("CREATE PUBLICATION \"clickpipes\" FOR TABLE \"public\".\"orders\""),
        Undo = new SqlText("DROP PUBLICATION \"clickpipes\""),
        Arguments = new Dictionary<string, object?> { ["publication"] = "clickpipes" },
    };

    public Inspection Answer { get; set; } = Ready;

    public IReadOnlyList<SqlChange> Changes { get; set; } = [];

    public IReadOnlyList<SqlChange> HandOff { get; set; } = [];

    public IReadOnlyList<WaitingChange> Waiting { get; set; } = [];

    public IReadOnlyList<SqlChange> UndoChanges { get; set; } = [];

    public IReadOnlyList<LeftAlone> UndoLeft { get; set; } = [];

    public IReadOnlyList<ApplyEvent> Events { get; set; } = [];

    public IReadOnlyList<ProofEvent> Proof { get; set; } = [];

    public IReadOnlyList<FeedPulse> Feed { get; set; } = [];

    public IReadOnlyList<LivePulse> Pulses { get; set; } = [];

    public Action? WhileReading { get; set; }

    public Action<ProofEvent>? WhileProving { get; set; }

    /// <summary>How many events, pulses and stages somebody took.</summary>
    public int Pulled { get; private set; }

    public SetupTarget? Target { get; private set; }

    public SetupGoal? Goal { get; private set; }

    public SetupPlan? Applied { get; private set; }

    public bool DryRun { get; private set; }

    public static Inspection Ready => new()
    {
        Goal = new SetupGoal(),
        Endpoint = new SourceEndpoint { Host = "db.example", Database = "shop" },
        Provider = SelfManaged.Profile,
        Detection = ProviderDetection.None,
        Snapshot = new SourceSnapshot
        {
            ReadAt = DateTimeOffset.UnixEpoch,
            Server = new ServerFacts { VersionNumber = 160004, VersionText = "PostgreSQL 16.4", Database = "shop", CurrentUser = "admin" },
        },
        Findings = [Found(RequirementId.Reachable, Area.Connect, FindingState.Satisfied)],
        Cost = new ReadCost(2, TimeSpan.FromMilliseconds(12)),
    };

    public static Inspection Blocked => Ready with
    {
        Findings =
        [
            .. Ready.Findings,
            Found(RequirementId.WalLevel, Area.Replication, FindingState.Pending),
            Found(RequirementId.User, Area.Access, FindingState.Blocking) with { Fixes = [CreateUser] },
            Found(RequirementId.Tls, Area.Connect, FindingState.Warning),
        ],
    };

    public static Inspection Unreadable => Ready with
    {
        Snapshot = null,
        Findings = [Found(RequirementId.Reachable, Area.Connect, FindingState.Blocking)],
        Cost = new ReadCost(0, TimeSpan.Zero),
    };

    public static Inspection With(FindingState state) => Ready with { Findings = [Found(RequirementId.WalRetention, Area.Replication, state)] };

    public static Finding Found(RequirementId id, Area area, FindingState state) =>
        new() { Id = id, Area = area, State = state, Case = "sample", Actual = "here", Desired = "there" };

    public Task<ConnectReport> ConnectAsync(SetupTarget target, SetupGoal goal, IProgress<StageResult>? progress, CancellationToken cancellationToken) =>
        throw new NotSupportedException("The command line reads; it does not connect in stages.");

    public Task<Inspection> InspectAsync(SetupTarget target, SetupGoal goal, CancellationToken cancellationToken)
    {
        (Target, Goal) = (target, goal);
        WhileReading?.Invoke();
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(Answer);
    }

    public Task<Inspection> AsAdministratorAsync(SetupTarget target, Inspection inspection, CancellationToken cancellationToken) => Task.FromResult(inspection);

    public Inspection Reconsider(Inspection inspection, SetupGoal goal) => inspection with { Goal = goal };

    public SetupPlan Plan(Inspection inspection, IReadOnlySet<RequirementId>? only = null) =>
        new() { Goal = inspection.Goal, Provider = inspection.Provider.Id, Changes = Changes, HandOff = HandOff, Waiting = Waiting, Fingerprint = "f" };

    public UndoRequest? Asked { get; private set; }

    public Problem? Unrecorded { get; set; }

    /// <summary>What an undo would hurt.</summary>
    public IReadOnlyList<Problem> Obstacles { get; set; } = [];

    public Task<SetupPlan> UndoPlanAsync(SetupTarget target, SetupGoal goal, UndoRequest request, CancellationToken cancellationToken)
    {
        Asked = request;
        return Task.FromResult(new SetupPlan { Goal = goal, Provider = "self-managed", Changes = UndoChanges, LeftAlone = UndoLeft, Undo = request, Unrecorded = Unrecorded, Obstacles = Obstacles, Fingerprint = "u" });
    }

    public IAsyncEnumerable<ApplyEvent> ApplyAsync(SetupTarget target, SetupPlan plan, CancellationToken cancellationToken)
    {
        (Target, Applied) = (target, plan);
        return Replay(Events, cancellationToken);
    }

    public IAsyncEnumerable<ApplyEvent> DryRunAsync(SetupTarget target, SetupPlan plan, CancellationToken cancellationToken)
    {
        DryRun = true;
        (Target, Applied) = (target, plan);
        return Replay(Events, cancellationToken);
    }

    public Problem? RecordTrouble { get; set; }

    public Task<Problem?> RecordTroubleAsync(CancellationToken cancellationToken) => Task.FromResult(RecordTrouble);

    public Task<IReadOnlyList<AuditEntry>> AppliedAsync(Inspection inspection, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<AuditEntry>>([]);

    public Task<ColumnReading> ReadColumnsAsync(SetupTarget target, IReadOnlyList<TableRef> tables, CancellationToken cancellationToken) => Task.FromResult(new ColumnReading([]));

    public IAsyncEnumerable<ProofEvent> VerifyAsync(SetupTarget target, SetupGoal goal, CancellationToken cancellationToken)
    {
        Target = target;
        return Replay(Proof, cancellationToken, WhileProving);
    }

    public IAsyncEnumerable<FeedPulse> FeedAsync(SetupTarget target, SetupGoal goal, CancellationToken cancellationToken) => Replay(Feed, cancellationToken);

    public IAsyncEnumerable<LivePulse> WatchAsync(SetupTarget target, SetupGoal goal, CancellationToken cancellationToken) =>
        Replay(Pulses, cancellationToken);

    private async IAsyncEnumerable<T> Replay<T>(IReadOnlyList<T> events, [EnumeratorCancellation] CancellationToken cancellationToken, Action<T>? after = null)
    {
        foreach (var happened in events)
        {
            await Task.Yield();
            cancellationToken.ThrowIfCancellationRequested();
            Pulled++;
            yield return happened;
            after?.Invoke(happened);
        }
    }
}
