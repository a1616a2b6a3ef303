using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;
using SetupWizard.Core.Watching;
using SetupWizard.Sessions;
using SetupWizard.Sessions.Steps;
using SetupWizard.Web.Tests.Support;

namespace SetupWizard.Web.Tests.Sessions;

/// <summary>The way of a change is never drawn further open than it is.</summary>
public sealed class ChangePathTests
{
    [Fact]
    public void Nothing_is_open_before_a_reading()
    {
        Assert.Equal(5, ChangePath.Of(SessionState.Empty, new PipeStatus(PipeState.Connected)).Count);
        Assert.All(ChangePath.Of(SessionState.Empty, new PipeStatus(PipeState.Connected)), static s => Assert.Equal((StationState.Ahead, "About"), (s.State, s.Note)));
    }

    [Fact]
    public void Nothing_is_open_while_the_source_cannot_be_reached()
    {
        var state = Ready() with { LostConnection = Given.Finding(RequirementId.Reachable, Area.Connect, FindingState.Blocking, "refused") };
        Assert.All(ChangePath.Of(state, new PipeStatus(PipeState.Connected)), static s => Assert.Equal((StationState.Ahead, "Lost"), (s.State, s.Note)));
    }

    [Fact]
    public void What_is_set_up_but_not_proved_is_not_shown_as_proved()
    {
        var path = ChangePath.Of(Ready(), null);
        Assert.Equal([StationState.Open, StationState.Open, StationState.Ahead, StationState.Ahead, StationState.Ahead], path.Select(static s => s.State));
        Assert.Equal("NotProved", path[2].Note);
    }

    [Theory]
    [InlineData(FindingState.Blocking, "missing", StationState.Held, "NotMade")]
    [InlineData(FindingState.Unknown, "unreadable", StationState.Ahead, "NotKnown")]
    public void A_publication_counts_once_it_was_read(FindingState state, string reason, StationState expected, string note)
    {
        var path = ChangePath.Of(Ready(Given.Finding(RequirementId.Publication, Area.Tables, state, reason)), null);
        Assert.Equal((expected, note), (path[1].State, path[1].Note));
    }

    [Fact]
    public void A_publication_without_some_of_the_tables_holds_changes_back()
    {
        var state = Ready(Given.Finding(RequirementId.PublicationTables, Area.Tables, FindingState.Blocking, "missing"));
        Assert.Equal((StationState.Held, "Incomplete"), ChangePath.Of(state, null) is var path ? (path[1].State, path[1].Note) : default);
    }

    [Theory]
    [InlineData(WizardStep.Replication, "ReplicationOff")]
    [InlineData(WizardStep.Access, "UserNotReady")]
    public void A_slot_waits_for_what_it_needs(WizardStep step, string note)
    {
        var id = step == WizardStep.Replication ? RequirementId.WalLevel : RequirementId.User;
        var path = ChangePath.Of(Ready(Given.Finding(id, Given.AreaOf(step), FindingState.Blocking, "off")), null);
        Assert.Equal((StationState.Held, note), (path[2].State, path[2].Note));
    }

    [Theory]
    [InlineData(PipeState.NotSeen, StationState.Ahead, StationState.Ahead)]
    [InlineData(PipeState.Copying, StationState.Working, StationState.Ahead)]
    [InlineData(PipeState.Connected, StationState.Open, StationState.Open)]
    [InlineData(PipeState.Lagging, StationState.Held, StationState.Ahead)]
    [InlineData(PipeState.Gone, StationState.Broken, StationState.Ahead)]
    public void Rows_arrive_only_where_somebody_reads(PipeState pipe, StationState expected, StationState arrival)
    {
        var path = ChangePath.Of(Ready(), new PipeStatus(pipe));
        Assert.Equal((expected, arrival), (path[3].State, path[4].State));
    }

    /// <summary>A source with one chosen table and a publication, and what else was found.</summary>
    private static SessionState Ready(params Finding[] findings)
    {
        Finding[] all =
        [
            .. findings,
            .. findings.Any(static f => f.Id == RequirementId.Publication) ? [] : new[] { Given.Finding(RequirementId.Publication, Area.Tables, FindingState.Satisfied, "ok") },
        ];
        var inspection = Given.Inspection(all);
        return SessionState.Empty with { Inspection = inspection with { Tables = new TableSelection { Chosen = [Given.Table("orders")] } } };
    }
}
