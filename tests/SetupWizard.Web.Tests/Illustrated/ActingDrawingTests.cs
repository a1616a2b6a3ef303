using Bunit;
using SetupWizard.Components.Guides;
using SetupWizard.Components.Steps;
using SetupWizard.Core.Model;
using SetupWizard.Core.Providers;
using SetupWizard.Sessions;
using SetupWizard.Sessions.Runs;
using SetupWizard.Sessions.Sandboxes;
using SetupWizard.Sessions.Steps;
using SetupWizard.Web.Tests.Support;

namespace SetupWizard.Web.Tests.Illustrated;

/// <summary>In the sandbox a drawing is the console: what is typed and pressed there happens to the server, and nothing else does.</summary>
public sealed class ActingDrawingTests : WebTest
{
    private FakeSandbox Server => Sandboxes.Started.Single();

    private SandboxConsole Console => Session.Sandbox!.Console!;

    [Fact]
    public async Task Values_reach_the_RDS_server_only_when_their_group_is_attached_and_the_instructions_follow_along()
    {
        var page = await WalkAsync(AmazonRds.Profile, Given.Console());
        Assert.Equal("1", At(page));

        await PressIn(page, "Create parameter group");
        await Type(page, "Parameter group name", "mine");
        await Type(page, "Description", "For ClickPipes");
        Assert.Equal("3", At(page));
        await Field(page, "Parameter group family").ChangeAsync("postgres16");
        await PressIn(page, "Create");
        Assert.Equal("4", At(page));
        await PressIn(page, "mine");
        await PressIn(page, "Edit");
        Assert.Equal("5", await LookForAsync(page, "rds.logical_replication"));
        await Type(page, "Value of rds.logical_replication", "1");
        Assert.Equal("6", await LookForAsync(page, "wal_sender_timeout"));
        await Type(page, "Value of wal_sender_timeout", "0");
        await PressIn(page, "Save changes");
        Assert.Equal("7", At(page));
        await PressIn(page, "Databases");
        await page.InvokeAsync(() => page.Find("figure .cx-row .spot.now button").ClickAsync(new()));
        await PressIn(page, "Modify");
        Assert.Equal("8", At(page));
        Assert.Equal(7, page.FindAll(".walk-steps .done .glyph").Count);
        Assert.Empty(Server.Actions);
        Assert.Equal(ConsolePhase.Saved, Console.Phase);

        await Field(page, "DB parameter group").ChangeAsync("mine");
        await PressIn(page, "Continue");
        await page.FindAll("figure input[type=radio]")[1].ChangeAsync(true);
        await PressIn(page, "Modify DB instance");
        Assert.Equal(["rds.logical_replication=1", "wal_sender_timeout=0"], Server.Actions);
        Assert.Equal(ConsolePhase.WaitingForRestart, Console.Phase);
        Assert.Contains("Pending reboot", page.Find("figure").TextContent);

        await PressIn(page, "Actions");
        await PressIn(page, "Reboot");
        await PressIn(page, "Confirm");
        Assert.Equal("reboot", Server.Actions[^1]);
        Assert.Equal(ConsolePhase.Back, Console.Phase);
        Assert.Equal([TimelineStage.Edited, TimelineStage.Saved, TimelineStage.Waiting], Session.Story.Entries.Select(e => e.Stage));
    }

    [Fact]
    public async Task A_static_parameter_of_Azure_is_saved_and_restarted_by_the_question_that_Save_asks()
    {
        var page = await WalkAsync(AzureFlexible.Profile, Azure());

        await PressIn(page, "Server parameters");
        await Type(page, "Search to filter items", "wal_level");
        await Field(page, "Value of wal_level").ChangeAsync("LOGICAL");
        Assert.Contains("1 unsaved parameter change", page.Find("figure").TextContent);
        await PressIn(page, "Save");
        Assert.Empty(Server.Actions);
        await PressIn(page, "Save and Restart");

        Assert.Equal(["wal_level=LOGICAL", "reboot"], Server.Actions);
    }

    [Fact]
    public async Task Save_only_leaves_the_server_waiting_for_its_restart()
    {
        var page = await WalkAsync(AzureFlexible.Profile, Azure());
        await PressIn(page, "Server parameters");
        await Type(page, "Search to filter items", "wal_level");
        await Field(page, "Value of wal_level").ChangeAsync("LOGICAL");
        await PressIn(page, "Save");
        await PressIn(page, "Save only");

        Assert.Equal(["wal_level=LOGICAL"], Server.Actions);
        Assert.Equal(ConsolePhase.WaitingForRestart, Console.Phase);
        Assert.True(Session.Story.Has(TimelineStage.Waiting));
    }

    [Fact]
    public async Task A_group_of_another_family_a_value_out_of_range_and_a_later_window_are_refused_in_words()
    {
        var page = await WalkAsync(AmazonRds.Profile, Given.Console());
        await PressIn(page, "Create parameter group");
        await Type(page, "Parameter group name", "mine");
        await Type(page, "Description", "For ClickPipes");
        await Field(page, "Parameter group family").ChangeAsync("postgres15");
        await PressIn(page, "Create");
        Assert.Equal("A group of this family cannot be attached to the server. Choose postgres16.", Refusal(page));
        Assert.Null(Console.Group);

        await Field(page, "Parameter group family").ChangeAsync("postgres16");
        await PressIn(page, "Create");
        await PressIn(page, "default.postgres16");
        Assert.StartsWith("default.postgres16 is a default group", Refusal(page), StringComparison.Ordinal);
        await PressIn(page, "mine");
        await PressIn(page, "Edit");
        Assert.Empty(page.FindAll("figure [aria-label='Value of rds.logical_replication']"));
        await LookForAsync(page, "rds.log");
        await Type(page, "Value of rds.logical_replication", "yes");
        await PressIn(page, "Save changes");
        Assert.Equal("This value is not allowed for rds.logical_replication. Allowed values: 0, 1", Refusal(page));
        Assert.Empty(Console.Saved);

        await Type(page, "Value of rds.logical_replication", "1");
        await LookForAsync(page, "wal_sender");
        await Type(page, "Value of wal_sender_timeout", "0");
        await PressIn(page, "Save changes");
        await PressIn(page, "Databases");
        await page.InvokeAsync(() => page.Find("figure .cx-row .spot.now button").ClickAsync(new()));
        await PressIn(page, "Modify");
        await PressIn(page, "Continue");
        Assert.StartsWith("Choose your own group", Refusal(page), StringComparison.Ordinal);
        await Field(page, "DB parameter group").ChangeAsync("mine");
        await PressIn(page, "Continue");
        await PressIn(page, "Modify DB instance");
        Assert.StartsWith("That would wait for the maintenance window.", Refusal(page), StringComparison.Ordinal);
        Assert.Empty(Server.Actions);
    }

    [Fact]
    public async Task What_the_server_refuses_stands_in_the_drawing_and_the_instruction_stays()
    {
        var page = await WalkAsync(AzureFlexible.Profile, Azure());
        Server.Refusal = "invalid value for parameter";
        await PressIn(page, "Server parameters");
        await Type(page, "Search to filter items", "wal_level");
        await Field(page, "Value of wal_level").ChangeAsync("LOGICAL");
        await PressIn(page, "Save");
        await PressIn(page, "Save and Restart");

        Assert.Equal("The server did not accept this. It said: invalid value for parameter", Refusal(page));
        Assert.Equal("invalid value for parameter", page.Find(".cx-refusal [lang=en]").TextContent);
        Assert.DoesNotContain("reboot", Server.Actions);
        Assert.Equal("5", At(page));
        Assert.False(Session.Story.Has(TimelineStage.Saved));
    }

    [Fact]
    public async Task A_default_group_cannot_be_edited()
    {
        var page = await WalkAsync(AmazonRds.Profile, Given.Console() with { GuideId = AmazonRds.ParameterGuide, Setting = "max_replication_slots", Value = "20" });
        await PressIn(page, "Configuration");
        await PressIn(page, "default.postgres16");

        Assert.StartsWith("default.postgres16 is a default group", Refusal(page), StringComparison.Ordinal);
        Assert.Equal("2", At(page));
    }

    [Fact]
    public async Task The_place_in_the_instructions_outlives_the_page()
    {
        var page = await WalkAsync(AmazonRds.Profile, Given.Console());
        await PressIn(page, "Create parameter group");
        await Type(page, "Parameter group name", "mine");
        await Type(page, "Description", "For ClickPipes");

        Assert.Equal("3", At(Show<ConsoleWalkthrough>(p => p.Add(w => w.Change, Given.Console()))));
    }

    [Fact]
    public async Task On_a_real_server_an_instruction_can_be_looked_at_and_nothing_can_be_done()
    {
        await ConnectAsync();
        var page = Show<ConsoleWalkthrough>(p => p.Add(w => w.Change, Given.Console()));
        await page.FindAll(".walk-step")[6].ClickAsync(new());

        Assert.Equal("7", At(page));
        Assert.Equal(["rds.logical_replication", "1"], await TypedAtAsync(4));
        Assert.Equal(4, page.FindAll(".walk-steps .done").Count);
        await page.FindAll(".walk-step")[6].ClickAsync(new());
        Assert.Equal("step", page.FindAll(".walk-step")[6].GetAttribute("aria-current"));
        Assert.Empty(page.FindAll("figure button, figure input, figure select"));

        // No field of the console takes "name = value".
        async Task<IEnumerable<string>> TypedAtAsync(int step)
        {
            await page.FindAll(".walk-step")[step].ClickAsync(new());
            return page.FindAll(".walk-now .value code").Select(static c => c.TextContent);
        }
    }

    [Fact]
    public async Task The_drawing_of_a_problem_is_open_from_the_start_in_the_sandbox_once()
    {
        await StartAsync(AmazonRds.Profile, Given.Console());
        var page = Show<ReplicationStep>();

        Assert.Single(page.FindAll("figure.drawing"));
    }

    [Fact]
    public async Task The_drawing_of_a_firewall_stays_folded_in_the_sandbox_for_it_could_not_act()
    {
        await StartAsync(AmazonRds.Profile, Given.Console() with { GuideId = AmazonRds.SecurityGroupGuide, Setting = null, Value = null });

        Assert.Empty(Show<ReplicationStep>().FindAll("figure.drawing"));
    }

    [Fact]
    public async Task The_story_is_told_by_what_was_observed_and_in_order()
    {
        await StartAsync(AzureFlexible.Profile, Azure());
        using var look = Session.Live.Look();
        Pulse(reachable: false);
        Pulse();
        Pulse(pending: true);
        await SeenAsync(TimelineStage.Waiting);
        Assert.Equal([TimelineStage.Waiting], Session.Story.Entries.Select(e => e.Stage));

        Pulse(reachable: false);
        await SeenAsync(TimelineStage.Gone);
        Runner.Inspection = Given.Inspection(Given.Finding(RequirementId.WalLevel, Area.Replication, FindingState.Satisfied, "ok"));
        Pulse();
        await SeenAsync(TimelineStage.Green);
        Assert.Equal([TimelineStage.Waiting, TimelineStage.Gone, TimelineStage.Back, TimelineStage.Green], Session.Story.Entries.Select(e => e.Stage));

        Console.Edit("wal_sender_timeout", "0");
        Assert.Equal([TimelineStage.Edited], Session.Story.Entries.Select(e => e.Stage));
    }

    [Fact]
    public async Task Rules_saved_in_the_drawn_security_group_count_as_allowed_addresses()
    {
        var page = await FirewallAsync(AmazonRds.Profile, AmazonRds.SecurityGroupGuide);
        await PressIn(page, "Connectivity & security");
        await page.InvokeAsync(() => page.Find("figure .spot.now button").ClickAsync(new()));
        await PressIn(page, "Edit inbound rules");
        Assert.Empty(page.FindAll("figure .rules .cx-row.mine"));
        Assert.Empty(page.FindAll("figure .spot.now button.primary:not([disabled])"));
        await PressIn(page, "Add rule");
        await SavedAsync(page, "Save rules");
    }

    [Fact]
    public async Task Rules_saved_in_the_drawn_firewall_of_Azure_count_as_allowed_addresses()
    {
        var page = await FirewallAsync(AzureFlexible.Profile, AzureFlexible.FirewallGuide);
        await PressIn(page, "Networking");
        await PressIn(page, "Add rules");
        await SavedAsync(page, "Save");
    }

    private async Task<IRenderedComponent<ConsoleWalkthrough>> FirewallAsync(ProviderProfile provider, string guide)
    {
        var page = await WalkAsync(provider, new ConsoleChange { For = RequirementId.Reachable, Kind = "allow-list", Phase = ChangePhase.Parameters, GuideId = guide });
        Runner.Inspection = Runner.Inspection with
        {
            Findings = [Given.Finding(RequirementId.AllowList, Area.Network, FindingState.Unknown, "unseen") with { Confidence = Confidence.OnlyClickPipesCanTell, Subjects = [.. ClickPipesRegions.AddressesFor(new SetupGoal { Region = "aws:eu-central-1" }).Select(static a => new Subject(SubjectKind.Address, a))] }],
        };
        await Session.SetGoalAsync(Session.Goal with { Region = "aws:eu-central-1" });
        await Session.InspectAsync();
        Assert.Equal(StepState.ByHand, Session.StatusOf(WizardStep.Network).State);
        return page;
    }

    private async Task SavedAsync(IRenderedComponent<ConsoleWalkthrough> page, string save)
    {
        Assert.Contains(AddressesToAllow.Of(Session.State)!.All[0], page.Find("figure").TextContent, StringComparison.Ordinal);
        Assert.Null(Session.State.AddressesAllowed);
        await PressIn(page, save);
        Assert.Equal(AddressesToAllow.Of(Session.State)!.Key, Session.State.AddressesAllowed);
        Assert.Empty(Server.Actions);
    }

    private static ConsoleChange Azure() => Given.Console() with { GuideId = AzureFlexible.WalLevelGuide, Setting = "wal_level", Value = "LOGICAL" };

    private async Task StartAsync(ProviderProfile provider, ConsoleChange change)
    {
        Runner.Inspection = Given.Inspection(
            Given.Finding(RequirementId.WalLevel, Area.Replication, FindingState.Blocking, "not-logical", change),
            Given.Finding(RequirementId.RdsLogicalReplication, Area.Replication, FindingState.Blocking, "off", change)) with
        {
            Provider = provider,
        };
        await Session.StartSandboxAsync(provider.Id);
        Assert.True(Session.OnSandbox);
    }

    private async Task<IRenderedComponent<ConsoleWalkthrough>> WalkAsync(ProviderProfile provider, ConsoleChange change)
    {
        await StartAsync(provider, change);
        return Show<ConsoleWalkthrough>(p => p.Add(w => w.Change, change));
    }

    private void Pulse(bool reachable = true, bool pending = false) => Runner.Pulses.Writer.TryWrite(
        new LivePulse(Given.Noon, reachable, TimeSpan.Zero) { PendingRestart = pending ? ["wal_level"] : [] });

    private Task SeenAsync(TimelineStage stage) => Eventually.TrueAsync(() => Session.Story.Has(stage), $"{stage} was never seen.", Patience);

    private static string At(IRenderedComponent<ConsoleWalkthrough> page) => page.FindAll("figure .spot.now")[0].GetAttribute("data-spot")!;

    private static string Refusal(IRenderedComponent<ConsoleWalkthrough> page) => page.Find("figure [role=alert]").TextContent.Trim();

    private static AngleSharp.Dom.IElement Field(IRenderedComponent<ConsoleWalkthrough> page, string label) => page.Find($"figure [aria-label='{label}']");

    /// <summary>Types into the console's own search; the instruction stays the same.</summary>
    private static async Task<string> LookForAsync(IRenderedComponent<ConsoleWalkthrough> page, string name)
    {
        await Type(page, "Filter parameters", name);
        return At(page);
    }

    private static Task PressIn(IRenderedComponent<ConsoleWalkthrough> page, string name) =>
        page.InvokeAsync(() => page.FindAll("figure button").Single(b => b.TextContent.Trim() == name).ClickAsync(new()));

    /// <summary>Types as a browser reports it: key by key, and once more when the field is left.</summary>
    private static async Task Type(IRenderedComponent<ConsoleWalkthrough> page, string label, string value)
    {
        await Field(page, label).InputAsync(value);
        if (page.FindAll($"figure [aria-label='{label}']") is [var field, ..])
        {
            await field.ChangeAsync(value);
        }
    }
}
