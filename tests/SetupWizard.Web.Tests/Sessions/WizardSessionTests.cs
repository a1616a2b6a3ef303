using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using SetupWizard.Configuration;
using SetupWizard.Core.Engine;
using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;
using SetupWizard.Sessions;
using SetupWizard.Sessions.Runs;
using SetupWizard.Sessions.Steps;
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
        await older.WaitAsync(Patience);
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
        Pulse(pulse with { At = Given.Noon.AddSeconds(4) });

        // The third is seen when all that the second led to is done.
        await Until(() => Session.Live.Pulse?.At == Given.Noon.AddSeconds(4));
        Assert.Equal(0, Runner.Inspections);
    }

    [Fact]
    public async Task Pulse_of_the_source_before_is_not_heard_while_another_is_connected()
    {
        await ConnectAsync();
        using var look = Session.Live.Look();
        Pulse(new LivePulse(Given.Noon, true, TimeSpan.Zero) { StartedAt = Given.Noon });
        await Until(() => Session.Watch.Report(Session.Goal, null) is not null);
        Runner.Hold = new TaskCompletionSource();

        var connecting = Session.ConnectAsync(Given.Endpoint with { Database = "other" }, "shop_admin", new SecretString("s3cret"));

        await Until(() => Runner.Watchers == 0);
        Assert.Null(Session.Live.Pulse);
        Assert.Null(Session.Watch.Report(Session.Goal, null));
        Runner.Hold.SetResult();
        await connecting;
        await Until(() => Runner.Watchers == 1);
    }

    [Fact]
    public async Task End_of_a_run_is_told_when_its_own_reading_is_in_place()
    {
        await ConnectAsync(Given.ToFix(WizardStep.Access));
        Session.StartVerify();
        Runner.Proving.Writer.TryWrite(new ProofEvent(RequirementId.ProofLogin, ProofState.Passed, TimeSpan.Zero));
        Runner.Proving.Writer.Complete();
        await Until(() => Session.Proof is { IsRunning: false });
        var run = Session.StartApply(Session.PlanFor(WizardStep.Access)!, WizardStep.Access)!;
        var told = new TaskCompletionSource<(int Findings, ProofRun? Proof)>(TaskCreationOptions.RunContinuationsAsynchronously);
        Session.Changed += () =>
        {
            if (!run.IsRunning)
            {
                told.TrySetResult((Session.Inspection!.Findings.Count, Session.Proof));
            }
        };

        Runner.Happen(Given.Finished(ApplyOutcome.Completed, [0, 1], [], Given.Inspection()));

        Assert.Equal((0, null), await told.Task.WaitAsync(Patience));
    }

    [Fact]
    public async Task Check_by_itself_that_breaks_is_logged()
    {
        var logs = new List<Exception?>();
        await using var session = new WizardSession("pulse", Runner, Sandboxes, Clock, new Listening(logs));
        await session.ConnectAsync(Given.Endpoint, "shop_admin", new SecretString("s3cret"));
        using var look = session.Live.Look();
        var pulse = new LivePulse(Given.Noon, true, TimeSpan.Zero) { StartedAt = Given.Noon };
        Runner.Hold = new TaskCompletionSource();
        Runner.Hold.SetException(new InvalidOperationException("broken"));
        Pulse(pulse);
        Pulse(pulse with { StartedAt = Given.Noon.AddMinutes(1) });

        await Until(() => Runner.Inspections == 1);
        await Until(() => Logged() is [InvalidOperationException]);
        Assert.False(session.Checking);

        List<Exception?> Logged()
        {
            lock (logs)
            {
                return [.. logs.Where(e => e is not null)];
            }
        }
    }

    [Fact]
    public async Task Server_that_changes_is_nobodys_use_of_the_session()
    {
        await using var store = Store();
        var session = store.Get("a");
        await session.ConnectAsync(Given.Endpoint, "admin", new SecretString("x"));
        using var look = session.Live.Look();
        Clock.Advance(TimeSpan.FromMinutes(29));
        Pulse(new LivePulse(Given.Noon, true, TimeSpan.Zero) { StartedAt = Given.Noon });
        Pulse(new LivePulse(Given.Noon, true, TimeSpan.Zero) { StartedAt = Given.Noon.AddMinutes(1) });
        await Until(() => Runner.Inspections == 1);
        Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(1, await store.SweepAsync());
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

    /// <summary>An attempt that nobody ends would keep what was typed for ever.</summary>
    [Fact]
    public async Task Connection_that_breaks_in_an_unforeseen_way_is_over_and_its_session_is_wiped_in_its_time()
    {
        await using var store = Store();
        var session = store.Get("a");
        Runner.Hold = new TaskCompletionSource();
        Runner.Hold.SetException(new InvalidOperationException("broken"));

        await Assert.ThrowsAsync<InvalidOperationException>(() => session.ConnectAsync(Given.Endpoint, "admin", new SecretString("x")));

        Assert.False(session.Connecting);
        Assert.NotNull(session.Credentials);
        Clock.Advance(TimeSpan.FromMinutes(31));
        Assert.Equal(1, await store.SweepAsync());
        Assert.Null(session.Credentials);
    }

    [Fact]
    public async Task Watching_is_use_and_idleness_is_counted_from_its_end()
    {
        await using var store = Store();
        var session = store.Get("a");
        await session.ConnectAsync(Given.Endpoint, "admin", new SecretString("x"));
        var watching = session.Attend();
        Clock.Advance(TimeSpan.FromHours(5));
        Assert.Equal(0, await store.SweepAsync());

        watching.Dispose();
        watching.Dispose();

        Assert.Equal(0, await store.SweepAsync());
        Clock.Advance(TimeSpan.FromMinutes(31));
        Assert.Equal(1, await store.SweepAsync());
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

    private static Task Until(Func<bool> condition) => Eventually.TrueAsync(condition, "The session did not get there.", Patience);

    private void Pulse(LivePulse pulse) => Assert.True(Runner.Pulses.Writer.TryWrite(pulse));

    private WizardSessionStore Store() => new(Runner, Sandboxes, Options.Create(new WizardOptions()), Clock, NullLoggerFactory.Instance);

    /// <summary>Remembers what broke.</summary>
    private sealed class Listening(List<Exception?> heard) : ILogger<WizardSession>
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (heard)
            {
                heard.Add(exception);
            }
        }
    }
}
