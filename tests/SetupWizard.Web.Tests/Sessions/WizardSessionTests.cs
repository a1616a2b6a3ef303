using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using SetupWizard.Configuration;
using SetupWizard.Core.Model;
using SetupWizard.Sessions;
using SetupWizard.Web.Tests.Support;

namespace SetupWizard.Web.Tests.Sessions;

public sealed class WizardSessionTests : WebTest
{
    [Fact]
    public async Task Goal_with_the_same_user_and_publication_is_judged_without_reading_again()
    {
        await ConnectAsync();
        await Session.SetGoalAsync(Session.Goal with { Schemas = ["sales"] });
        Assert.Equal((0, 1), (Runner.Inspections, Runner.Reconsiderations));
        Assert.Equal(["sales"], Session.Inspection!.Goal.Schemas);
    }

    [Fact]
    public async Task Goal_with_another_user_reads_again()
    {
        await ConnectAsync();
        await Session.SetGoalAsync(Session.Goal with { User = "other" });
        Assert.Equal((1, 0), (Runner.Inspections, Runner.Reconsiderations));
    }

    [Fact]
    public async Task Newer_check_cancels_the_older_one()
    {
        await ConnectAsync();
        Runner.Hold = new TaskCompletionSource();
        var older = Session.InspectAsync();
        Runner.Hold = null;
        await Session.InspectAsync();
        await older.WaitAsync(TimeSpan.FromSeconds(5));
        Assert.False(Session.Checking);
        Assert.NotNull(Session.CheckedAt);
    }

    [Fact]
    public async Task Cancelled_connection_keeps_what_was_typed()
    {
        Session.Draft.Host = "db.example.com";
        Runner.Hold = new TaskCompletionSource();
        var connecting = Session.ConnectAsync(Given.Endpoint, "admin", null);
        Assert.True(Session.Connecting);
        Session.CancelConnect();
        await connecting;
        Assert.True(Session.Attempt!.Cancelled);
        Assert.False(Session.Connecting);
        Assert.Equal("db.example.com", Session.Draft.Host);
    }

    [Fact]
    public async Task Forgetting_wipes_secrets_readings_and_the_sandbox()
    {
        await Session.StartSandboxAsync("amazon-rds");
        Session.SetClickPipesPassword(new SecretString("x"));
        await Session.ForgetAsync();
        Assert.Null(Session.Credentials);
        Assert.Null(Session.Inspection);
        Assert.Equal("", Session.Draft.Password);
        Assert.True(Sandboxes.Started.Single().Disposed);
        Assert.False(Session.Connected);
    }

    [Fact]
    public async Task Sandbox_connects_with_its_own_endpoint_and_admin()
    {
        await Session.StartSandboxAsync("amazon-rds");
        Assert.True(Session.OnSandbox);
        Assert.Equal("localhost", Runner.LastTarget!.Endpoint.Host);
        Assert.Equal("shop_admin", Runner.LastTarget.Credentials.AdminUser);
        Assert.Equal("amazon-rds", Session.Goal.Provider);
    }

    [Fact]
    public async Task Sandbox_that_cannot_start_says_why()
    {
        Sandboxes.Refusal = "Install PostgreSQL.";
        await Session.StartSandboxAsync("amazon-rds");
        Assert.Equal("Install PostgreSQL.", Session.Sandbox!.Error);
        Assert.False(Session.Sandbox.Starting);
    }

    [Fact]
    public async Task Console_change_done_in_the_sandbox_sets_the_parameter_and_reboots()
    {
        await Session.StartSandboxAsync("amazon-rds");
        await Session.DoInSandboxAsync(Given.Console());
        Assert.Equal(["rds.logical_replication=1", "reboot"], Sandboxes.Started.Single().Actions);
        Assert.Equal(1, Runner.Inspections);
    }

    [Fact]
    public async Task Console_change_the_sandbox_refuses_is_shown_and_reboots_nothing()
    {
        await Session.StartSandboxAsync("amazon-rds");
        Sandboxes.Started.Single().Refusal = "not allowed";
        await Session.DoInSandboxAsync(Given.Console());
        Assert.Equal("not allowed", Session.Sandbox!.Console!.Problem!.Message);
        Assert.DoesNotContain("reboot", Sandboxes.Started.Single().Actions);
    }

    [Fact]
    public async Task Run_started_twice_is_one_run()
    {
        await ConnectAsync(Given.ToFix(WizardStep.Access));
        var plan = Session.PlanFor(WizardStep.Access)!;
        Assert.Same(Session.StartApply(plan, WizardStep.Access), Session.StartApply(plan, WizardStep.Access));
    }

    [Fact]
    public async Task Run_replays_every_event_to_whoever_comes_late()
    {
        await ConnectAsync(Given.ToFix(WizardStep.Access));
        var run = Session.StartApply(Session.PlanFor(WizardStep.Access)!, WizardStep.Access)!;
        Runner.Happen(Given.Started(2), Given.Executed(0), Given.Executed(1), Given.Finished(ApplyOutcome.Completed, [0, 1], [], Runner.Inspection));
        await Until(() => !run.IsRunning);
        Assert.Equal([0L, 1, 2, 3], run.EventsFrom(0).Select(e => e.Sequence));
        Assert.IsType<ApplyFinished>(Assert.Single(run.EventsFrom(3)).Event);
        Assert.All(run.Rows, r => Assert.Equal(RunRowState.InEffect, r.State));
    }

    [Fact]
    public async Task Engine_that_breaks_leads_to_reading_again_and_no_claim()
    {
        await ConnectAsync(Given.ToFix(WizardStep.Access));
        var run = Session.StartApply(Session.PlanFor(WizardStep.Access)!, WizardStep.Access)!;
        Runner.Applying.Writer.Complete(new InvalidOperationException("broken"));
        await Until(() => Runner.Inspections == 1);
        Assert.True(run.Crashed);
        Assert.Null(run.Finished);
    }

    [Fact]
    public async Task Watching_begins_with_the_first_page_and_ends_with_the_last()
    {
        await ConnectAsync();
        var first = Session.Live.Look();
        var second = Session.Live.Look();
        await Until(() => Runner.Watchers == 1);
        first.Dispose();
        Assert.Equal(1, Session.Live.Lookers);
        second.Dispose();
        await Until(() => Runner.Watchers == 0);
    }

    [Fact]
    public async Task Server_that_comes_back_changed_is_read_again_by_itself()
    {
        await ConnectAsync();
        using var look = Session.Live.Look();
        Pulse(new LivePulse(Given.Noon, true, TimeSpan.Zero) { StartedAt = Given.Noon });
        await Until(() => Session.Live.Pulse is { Reachable: true });
        Assert.Equal(0, Runner.Inspections);
        Pulse(new LivePulse(Given.Noon, false, TimeSpan.FromSeconds(48)));
        await Until(() => Session.Live.Lost);
        Assert.Equal(0, Runner.Inspections);
        Pulse(new LivePulse(Given.Noon, true, TimeSpan.Zero) { StartedAt = Given.Noon.AddMinutes(1) });
        await Until(() => Runner.Inspections == 1);
        Assert.False(Session.Live.Lost);
    }

    [Fact]
    public async Task Pulse_that_changes_nothing_reads_nothing()
    {
        await ConnectAsync();
        using var look = Session.Live.Look();
        var pulse = new LivePulse(Given.Noon, true, TimeSpan.Zero) { StartedAt = Given.Noon };
        Pulse(pulse);
        Pulse(pulse with { At = Given.Noon.AddSeconds(2) });
        await Until(() => Session.Live.Pulse?.At == Given.Noon.AddSeconds(2));
        Assert.Equal(0, Runner.Inspections);
    }

    [Fact]
    public async Task Idle_session_is_wiped_and_says_so()
    {
        var store = Store();
        await using var owned = store;
        var session = store.Get("a");
        await session.ConnectAsync(Given.Endpoint, "admin", new SecretString("x"));
        Clock.Advance(TimeSpan.FromMinutes(29));
        Assert.Equal(0, await store.SweepAsync());
        Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(1, await store.SweepAsync());
        Assert.Null(session.Credentials);
        Assert.Equal(SessionNotice.Expired, session.Notice);
    }

    [Fact]
    public async Task Idle_session_with_a_run_under_way_is_left_alone()
    {
        var store = Store();
        await using var owned = store;
        var session = store.Get("a");
        Runner.Inspection = Given.Inspection(Given.ToFix(WizardStep.Access));
        await session.ConnectAsync(Given.Endpoint, "admin", new SecretString("x"));
        session.StartApply(session.PlanFor(WizardStep.Access)!, WizardStep.Access);
        Clock.Advance(TimeSpan.FromHours(2));
        Assert.Equal(0, await store.SweepAsync());
        Assert.NotNull(session.Credentials);
    }

    [Fact]
    public async Task Apply_takes_the_proof_back()
    {
        await ConnectAsync(Given.ToFix(WizardStep.Access));
        Session.StartVerify();
        Runner.Proving.Writer.TryWrite(new ProofEvent(RequirementId.ProofLogin, ProofState.Passed, TimeSpan.Zero));
        Runner.Proving.Writer.Complete();
        await Until(() => Session.Proof is { IsRunning: false, Passed: true });
        Session.StartApply(Session.PlanFor(WizardStep.Access)!, WizardStep.Access);
        Runner.Happen(Given.Finished(ApplyOutcome.Completed, [0, 1], [], Runner.Inspection));
        await Until(() => Session.Proof is null);
    }

    private static Task Until(Func<bool> condition) => Eventually.TrueAsync(condition, "The session did not get there.");

    private void Pulse(LivePulse pulse) => Assert.True(Runner.Pulses.Writer.TryWrite(pulse));

    private WizardSessionStore Store() => new(Runner, Sandboxes, Options.Create(new WizardOptions()), Clock, NullLoggerFactory.Instance);
}
