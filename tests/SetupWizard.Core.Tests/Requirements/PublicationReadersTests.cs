using SetupWizard.Core.Model;

namespace SetupWizard.Core.Tests.Requirements;

public sealed class PublicationReadersTests
{
    [Fact]
    public void While_somebody_else_reads_the_publication_no_rule_plans_a_change_to_it()
    {
        var source = Everything().Reader("debezium", [SetupGoal.DefaultPublication]);

        Assert.Empty(OfPublication(source));
        Assert.NotEmpty(OfPublication(source.Goal(g => g with { ChangePublication = true })));
    }

    [Theory]
    [InlineData("peerflow_slot_mirror", "somebody")]
    [InlineData("by_any_name", SnapshotBuilder.User)]
    public void ClickPipes_own_reader_holds_nothing_back(string slot, string user)
    {
        var source = Everything().Reader(slot, [SetupGoal.DefaultPublication], user: user);

        Assert.NotEmpty(OfPublication(source));
        Assert.Equal(FindingState.Satisfied, source.One("SW415").State);
    }

    [Fact]
    public void Reader_of_another_publication_holds_nothing_back()
    {
        var source = Everything().Reader("debezium", [SetupGoal.DefaultPublication + "2"]);

        Assert.NotEmpty(OfPublication(source));
        Assert.Equal(FindingState.Satisfied, source.One("SW415").State);
    }

    [Fact]
    public void Readers_that_could_not_be_looked_for_hold_a_change_back()
    {
        Assert.Empty(OfPublication(Everything().Unreadable("pg_replication_slots readers")));
    }

    [Fact]
    public void Name_of_ones_own_is_free_and_not_the_one_that_is_read()
    {
        var finding = Everything().Reader("debezium", [SetupGoal.DefaultPublication]).One("SW415");

        Assert.Equal("clickpipes_2", finding.Arguments["own"]);
        Assert.Equal("debezium (dbz, Debezium Streaming, pid 4711)", finding.Arguments["readers"]);
    }

    /// <summary>A publication that lacks a table, operations, the root and generated columns.</summary>
    private static SnapshotBuilder Everything() => SnapshotBuilder.Rds(180001)
        .Publication(p => p with { Delete = false })
        .Table("public", "orders", t => t with { InPublication = false })
        .Table("public", "events", t => t with { Kind = RelationKind.Partitioned })
        .Column("customers", "slug", new("text", "text"), ColumnOrigin.Stored);

    private static List<SqlChange> OfPublication(SnapshotBuilder source) =>
        [.. source.JudgeAll().SelectMany(f => f.Fixes).OfType<SqlChange>().Where(c => c.Phase == ChangePhase.Publication)];
}
