using Microsoft.Extensions.Logging.Abstractions;
using SetupWizard.Core.Audit;
using SetupWizard.Core.Engine;
using SetupWizard.Core.Model;
using SetupWizard.Core.Providers;
using SetupWizard.Core.Requirements;
using SetupWizard.Core.Sql;

namespace SetupWizard.Core.Tests.Engine;

/// <summary>What waits for whom, told from what changes make and need.</summary>
public sealed class WaitingPlanTests
{
    private static readonly Prerequisite s_user = new(PrerequisiteKind.User, "pipes");
    private static readonly Prerequisite s_create = new(PrerequisiteKind.CreateInDatabase, "admin");
    private static readonly Prerequisite s_publication = new(PrerequisiteKind.Publication, "pub");

    [Fact]
    public void A_change_waits_for_the_hand_off_that_makes_what_it_needs_and_the_rest_does_not()
    {
        var user = Make("CREATE USER", ChangePhase.User, runBy: "boss", makes: s_user);
        var grant = Make("GRANT", ChangePhase.Grants, needs: s_user);
        var publication = Make("CREATE PUBLICATION", ChangePhase.Publication, makes: s_publication);

        var plan = Plan(publication, grant, user);

        Assert.Equal(["CREATE PUBLICATION"], Texts(plan.Changes));
        Assert.Equal(["CREATE USER"], Texts(plan.HandOff));
        var waiting = Assert.Single(plan.Waiting);
        Assert.Equal(("GRANT", user), (waiting.Change.Statement.Display, Assert.Single(waiting.For)));
        Assert.Equal(["CREATE USER", "GRANT"], Texts(plan.Afterwards));
        Assert.False(plan.IsEmpty);
    }

    [Fact]
    public void What_needs_a_change_that_waits_waits_too_whoever_runs_it()
    {
        var create = Make("GRANT CREATE", ChangePhase.AdminRights, runBy: "boss", makes: s_create);
        var publication = Make("CREATE PUBLICATION", ChangePhase.Publication, makes: s_publication, needs: s_create);
        var mine = Make("ADD TABLE mine", ChangePhase.Publication, needs: s_publication);
        var theirs = Make("ADD TABLE theirs", ChangePhase.Publication, runBy: "owner", needs: s_publication);

        var plan = Plan(create, publication, mine, theirs);

        Assert.Empty(plan.Changes);
        Assert.Equal(["GRANT CREATE"], Texts(plan.HandOff));
        Assert.Equal(
            [("CREATE PUBLICATION", "GRANT CREATE"), ("ADD TABLE mine", "CREATE PUBLICATION"), ("ADD TABLE theirs", "CREATE PUBLICATION")],
            plan.Waiting.Select(w => (w.Change.Statement.Display, Assert.Single(w.For).Statement.Display)));
        Assert.False(plan.Applyable);
        Assert.False((plan with { HandOff = [] }).IsEmpty);
    }

    [Fact]
    public void Others_do_not_wait_for_what_this_login_makes_nor_for_one_another()
    {
        var plan = Plan(
            Make("CREATE PUBLICATION", ChangePhase.Publication, makes: s_publication),
            Make("ADD TABLE", ChangePhase.Publication, runBy: "owner", needs: s_publication),
            Make("CREATE USER", ChangePhase.User, runBy: "boss", makes: s_user),
            Make("GRANT", ChangePhase.Grants, runBy: "owner", needs: s_user));

        Assert.Equal(["CREATE PUBLICATION"], Texts(plan.Changes));
        Assert.Equal(["CREATE USER", "GRANT", "ADD TABLE"], Texts(plan.HandOff));
        Assert.Empty(plan.Waiting);
    }

    [Fact]
    public void What_is_there_already_is_waited_for_by_nobody()
    {
        var plan = Plan(Make("GRANT", ChangePhase.Grants, needs: s_user), Make("GRANT CREATE", ChangePhase.AdminRights, runBy: "boss", makes: s_create));

        Assert.Equal(["GRANT"], Texts(plan.Changes));
        Assert.Empty(plan.Waiting);
    }

    private static SqlChange Make(string sql, ChangePhase phase, string? runBy = null, Prerequisite? makes = null, Prerequisite? needs = null) => new()
    {
        For = RequirementId.User,
        Kind = "create-user",
        Phase = phase,
        Statement = new SqlText(sql),
        RunBy = runBy,
        Makes = makes is null ? [] : [makes],
        Needs = needs is null ? [] : [needs],
    };

    private static SetupPlan Plan(params SqlChange[] fixes)
    {
        var runner = new SetupRunner(new NoAudit(), TimeProvider.System, NullLogger<SetupRunner>.Instance);
        return runner.Plan(new Inspection
        {
            Goal = new SetupGoal(),
            Endpoint = new SourceEndpoint { Host = "db.example", Database = "shop" },
            Provider = SelfManaged.Profile,
            Detection = ProviderDetection.None,
            Findings = [new Finding { Id = RequirementId.User, Area = Area.Access, State = FindingState.Blocking, Case = "missing", Fixes = fixes }],
        });
    }

    private static IEnumerable<string> Texts(IEnumerable<SqlChange> changes) => changes.Select(c => c.Statement.Display);

    private sealed class NoAudit : IAuditLog
    {
        public Task AppendAsync(IReadOnlyList<AuditEntry> entries, CancellationToken cancellationToken) => Task.CompletedTask;

        public Task<string?> TroubleAsync(CancellationToken cancellationToken) => Task.FromResult<string?>(null);

        public Task<AuditRecord> ReadAsync(AuditSource? about, CancellationToken cancellationToken) => Task.FromResult(new AuditRecord([], null));
    }
}
