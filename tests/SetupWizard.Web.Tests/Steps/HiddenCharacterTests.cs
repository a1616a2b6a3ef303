using AngleSharp.Dom;
using Bunit;
using Microsoft.AspNetCore.Components;
using SetupWizard.Components.Basics;
using SetupWizard.Components.Findings;
using SetupWizard.Components.Forms;
using SetupWizard.Components.Layout;
using SetupWizard.Components.Pages;
using SetupWizard.Components.Runs;
using SetupWizard.Components.Steps;
using SetupWizard.Components.Tables;
using SetupWizard.Core.Audit;
using SetupWizard.Core.Engine;
using SetupWizard.Core.Model;
using SetupWizard.Core.Providers;
using SetupWizard.Core.Requirements;
using SetupWizard.Core.Sql;
using SetupWizard.Sessions.Steps;
using SetupWizard.Web.Tests.Support;

namespace SetupWizard.Web.Tests.Steps;

/// <summary>Names and messages with what nobody sees in them: whoever reviews a page sees all of it, and what is copied is exact.</summary>
public sealed class HiddenCharacterTests : WebTest
{
    [Fact]
    public void Statement_shows_what_is_hidden_and_is_copied_as_it_is()
    {
        var sql = Hidden.Change.Statement.Display + ";\nSELECT 1;";

        var block = Show<SqlBlock>(p => p.Add(b => b.Text, sql));

        Assert.Equal($"GRANT SELECT ON \"{Hidden.Shown}\".\"{Hidden.Shown}\" TO \"{Hidden.Shown}\";\nSELECT 1;", block.Find("code").TextContent);

        // It says for two seconds that it was copied, and no clock runs here.
        _ = PressAsync(block, "Copy");
        block.WaitForAssertion(() => Assert.Equal(sql, Module.Invocations["copy"].Single().Arguments[0]));
    }

    [Fact]
    public void Code_of_other_languages_keeps_its_lines_in_quotes() =>
        Assert.Equal("policy='{\n}⟨U+202E⟩'", Show<SqlBlock>(p => p.Add(b => b.Text, "policy='{\n}\u202e'").Add(b => b.Code, true)).Find("code").TextContent);

    [Fact]
    public async Task Review_shows_titles_roles_and_statements()
    {
        await ConnectAsync();
        var other = Hidden.Change with { RunBy = Hidden.Name };
        var plan = new SetupPlan
        {
            Goal = new SetupGoal { User = Hidden.Name, Publication = Hidden.Name },
            Provider = "amazon-rds",
            Fingerprint = "f",
            Changes = [Hidden.Change],
            HandOff = [other],
            Waiting = [new WaitingChange(Hidden.Change with { Kind = "create-publication" }, [other])],
            LeftAlone = [new LeftAlone(Hidden.Change, new Problem("undo-left-unread", Hidden.Arguments, Hidden.Message))],
        };

        AllIsSeen(Show<ReviewPanel>(p => p.Add(r => r.Plan, plan).Add(r => r.Step, WizardStep.Access)));
    }

    [Fact]
    public async Task Run_shows_problems_notices_and_what_the_server_said()
    {
        await ConnectAsync();
        var plan = new SetupPlan { Goal = new SetupGoal(), Provider = "amazon-rds", Fingerprint = "f", Changes = [Hidden.Change] };
        Session.StartApply(plan, WizardStep.Access);
        ApplyEvent[] events =
        [
            Given.Started(1),
            Given.Running(0, Hidden.Change),
            new ChangeNotice(0, Hidden.Message) { At = Given.Noon },
            new ChangeFailed(0, Hidden.Problem) { At = Given.Noon },
            Given.Finished(ApplyOutcome.Failed, [], [0], problem: Hidden.Problem),
        ];
        foreach (var happened in events)
        {
            Runner.Applying.Writer.TryWrite(happened);
        }

        Runner.Applying.Writer.Complete();
        await Eventually.TrueAsync(() => Task.FromResult(Session.Run is { IsRunning: false }), "The run does not end.", Patience);

        var run = Show<RunProgress>(p => p.Add(r => r.Run, Session.Run!));

        AllIsSeen(run);
        Assert.Contains("permission denied for table a⟨U+202E⟩b", run.Find(".server-words code").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Finding_shows_subjects_evidence_and_what_the_server_said()
    {
        await ConnectAsync(Hidden.Finding);

        AllIsSeen(Show<FindingCard>(p => p.Add(c => c.Finding, Hidden.Finding).Add(c => c.Open, true)));
        AllIsSeen(Show<SubjectList>(p => p.Add(c => c.Subjects, Hidden.Finding.Subjects)));
    }

    [Fact]
    public async Task Tables_and_columns_show_their_names()
    {
        Runner.Columns = tables => new ColumnReading([.. tables.Select(t => new TableColumns(t, [new TableColumn(Hidden.Name, new PostgresType(Hidden.Name, Hidden.Name), ColumnOrigin.Written, 1)]))]);
        Runner.Inspection = Given.Inspection() with
        {
            Snapshot = Given.Snapshot with { Schemas = [new(Hidden.Name, Hidden.Name, null, true, false, true)], Tables = [Given.Table(Hidden.Name, Hidden.Name), Given.Table("keyless" + Hidden.Name) with { PrimaryKey = KeyState.None, CandidateIndex = Hidden.Name }] },
            Tables = new TableSelection { Chosen = [Given.Table(Hidden.Name, Hidden.Name)] },
        };
        await Session.ConnectAsync(Given.Endpoint, "shop_admin", new SecretString("s3cret"));

        AllIsSeen(Show<TablePicker>());
        var list = Show<MappingList>();
        await list.Find(".mapping-row").ClickAsync();
        list.WaitForElement(".mapping-columns li");
        AllIsSeen(list);
    }

    [Fact]
    public async Task Every_step_shows_names_of_databases_users_and_publications()
    {
        Runner.Inspection = Given.Inspection(Hidden.Finding) with { Provider = SelfManaged.Profile, Goal = new SetupGoal { User = Hidden.Name, Publication = Hidden.Name } };
        await Session.ConnectAsync(Given.Endpoint with { Database = Hidden.Name }, Hidden.Name, new SecretString("s3cret"));
        await Session.SetGoalAsync(Session.Goal with { User = "x\u202ey", Publication = "p\u200bq" });

        AllIsSeen(Show<ConnectionPill>());
        AllIsSeen(Show<AccessStep>());
        AllIsSeen(Show<TablesStep>());
        AllIsSeen(Show<FinishStep>());
        AllIsSeen(Show<Start>());

        // These have no name of their own to show.
        AllIsSeen(Show<ConnectStep>(), some: false);
        AllIsSeen(Show<ReplicationStep>(), some: false);
        AllIsSeen(Show<VerifyStep>(), some: false);
    }

    [Fact]
    public async Task Record_of_changes_shows_statements_and_errors()
    {
        await ConnectAsync();
        Audit.Entries.Add(new AuditEntry
        {
            At = Given.Noon,
            Run = "r",
            Index = 0,
            Event = AuditEvent.Failed,
            Source = Given.Endpoint.Identity,
            Login = Hidden.Name,
            Code = "SW301",
            Kind = "create-user",
            Phase = nameof(ChangePhase.User),
            Sql = Hidden.Change.Statement.Display,
            SqlState = "42501",
            Message = Hidden.Message.Text,
        });

        AllIsSeen(Show<Activity>());
    }

    [Fact]
    public void Input_that_cannot_show_it_says_it_below()
    {
        var field = Show<TextField>(p => p.Add(f => f.Id, "user").Add(f => f.Label, "User").Add(f => f.Value, "click\u200bpipes").Add(f => f.Help, "Help"));

        Assert.Equal("click\u200bpipes", field.Find("input").GetAttribute("value"));
        Assert.Equal("click⟨U+200B⟩pipes", field.Find("#user-visible").TextContent);
        Assert.Equal("user-help user-visible", field.Find("input").GetAttribute("aria-describedby"));
        Assert.Empty(Show<TextField>(p => p.Add(f => f.Id, "user").Add(f => f.Label, "User").Add(f => f.Value, "주문📦")).FindAll("#user-visible"));
    }

    /// <summary>Nothing hidden stands where a person reads or hears it; the values of inputs and choices are data.</summary>
    private static void AllIsSeen<T>(IRenderedComponent<T> page, bool some = true)
        where T : IComponent
    {
        var nodes = page.Nodes.SelectMany(static n => n.GetDescendantsAndSelf()).ToList();
        Assert.True(!some || page.Markup.Contains("⟨U+20", StringComparison.Ordinal), page.Markup);
        foreach (var text in nodes.OfType<IText>())
        {
            Hidden.IsNowhereIn(text.Data);
        }

        foreach (var attribute in nodes.OfType<IElement>().SelectMany(static e => e.Attributes).Where(a => a.Name is not "value"))
        {
            Hidden.IsNowhereIn(attribute.Value);
        }
    }
}
