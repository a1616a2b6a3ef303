using System.Globalization;
using SetupWizard.Core.Model;
using SetupWizard.Core.Wording;

namespace SetupWizard.Core.Tests.Field;

/// <summary>PostgreSQL 19 as its manual describes it; there is no server to ask.</summary>
public sealed class NewerServerTests
{
    private static readonly CultureInfo s_english = CultureInfo.GetCultureInfo("en");

    [Fact]
    public void A_level_that_the_server_raises_by_itself_is_still_asked_for_and_why_is_said()
    {
        var source = SnapshotBuilder.Plain(190001).Setting("wal_level", "replica").Setting("effective_wal_level", "logical");

        var finding = source.One("SW201");

        Assert.Equal((FindingState.Blocking, "on-demand"), (finding.State, finding.Case));
        Assert.Contains("effective_wal_level is logical", FindingText.For(finding, s_english).Why, StringComparison.Ordinal);
        Assert.Equal("ALTER SYSTEM SET wal_level = 'logical'", Assert.IsType<SqlChange>(finding.Fixes[0]).Statement.Display);
        Assert.Equal(FindingState.Satisfied, SnapshotBuilder.Plain(190001).Setting("effective_wal_level", "logical").One("SW201").State);
        Assert.Equal("not-logical", SnapshotBuilder.Plain(180003).Setting("wal_level", "replica").One("SW201").Case);
        Assert.Equal("not-logical", SnapshotBuilder.Plain(190001).Setting("wal_level", "minimal").One("SW201").Case);
    }

    [Fact]
    public void What_is_left_out_by_name_comes_back_with_one_statement_and_the_rest_stays_out()
    {
        var finding = SnapshotBuilder.Plain(190001)
            .Publication(p => p with { AllTables = true, AllSequences = true, Excepted = [new("public", "orders"), new("Odd \"x\"", "t")] })
            .Table("public", "orders", t => t with { InPublication = false })
            .Judge("SW402").Single(f => f.Case == "excepted");

        Assert.Equal(FindingState.Blocking, finding.State);
        Assert.Empty(finding.Fixes);
        Assert.Equal("ALTER PUBLICATION \"clickpipes\" SET ALL TABLES EXCEPT (TABLE \"Odd \"\"x\"\"\".\"t\"), ALL SEQUENCES", finding.Arguments["statement"]);
        Assert.Contains("not tried on a server of this version", FindingText.For(finding, s_english).Fix, StringComparison.Ordinal);
    }

    [Fact]
    public void A_root_that_is_left_out_takes_its_partitions_along()
    {
        var publication = new PublicationFact { Name = "p", Owner = "admin", AllTables = true, Excepted = [new("public", "root"), new("public", "other")] };

        Assert.True(publication.LeavesOut(new TableFact { Ref = new("public", "root"), Owner = "admin", Kind = RelationKind.Partitioned }));
        Assert.True(publication.LeavesOut(new TableFact { Ref = new("public", "leaf"), Owner = "admin", Root = new("public", "root") }));
        Assert.False(publication.LeavesOut(new TableFact { Ref = new("public", "orders"), Owner = "admin" }));
    }
}
