using SetupWizard.Cli;
using SetupWizard.Core.Export;
using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;

namespace SetupWizard.Web.Tests.Cli;

/// <summary>Many chunks of one thing are told in one breath, and only what stands alike.</summary>
public sealed class ChangeGroupTests
{
    [Fact]
    public void Chunks_are_one_group_that_counts_all_tables_and_names_the_first_and_the_last()
    {
        var groups = ChangeGroup.Of([Create(), Chunk(1), Chunk(2), Chunk(3)]);
        Assert.Equal([(0, 1), (1, 3)], groups.Select(g => (g.First, g.Changes.Count)));
        Assert.Equal(3000, groups[1].Whole.Arguments["count"]);
        Assert.Equal(("many.t1000", "many.t3999"), groups[1].Range);
        Assert.Null(groups[0].Range);
    }

    [Fact]
    public void Chunks_of_an_undo_come_backwards_and_are_named_forwards() =>
        Assert.Equal(("many.t1000", "many.t3999"), Assert.Single(ChangeGroup.Of([Chunk(3), Chunk(2), Chunk(1)])).Range);

    [Fact]
    public void Chunks_that_are_in_effect_and_chunks_that_are_not_are_told_apart()
    {
        var groups = ChangeGroup.Of([Chunk(1), Chunk(2), Chunk(3)], i => i < 2 ? ChangeState.InEffect : ChangeState.Skipped);
        Assert.Equal([("many.t1000", "many.t2999"), ("many.t3000", "many.t3999")], groups.Select(g => g.Range!.Value));
    }

    [Fact]
    public void Changes_that_share_a_transaction_are_told_one_by_one() =>
        Assert.Equal(2, ChangeGroup.Of([Chunk(1) with { OwnTransaction = false }, Chunk(2) with { OwnTransaction = false }]).Count);

    private static SqlChange Create() => new()
    {
        For = RequirementId.Publication,
        Kind = "create-publication",
        Phase = ChangePhase.Publication,
        Statement = new SqlText("CREATE PUBLICATION \"clickpipes\""),
    };

    private static SqlChange Chunk(int number) => new()
    {
        For = RequirementId.PublicationTables,
        Kind = "publication-add-tables",
        Phase = ChangePhase.Publication,
        OwnTransaction = true,
        Statement = new SqlText($"ALTER PUBLICATION \"clickpipes\" ADD TABLE \"many\".\"t{number}000\""),
        Arguments = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["publication"] = "clickpipes",
            ["count"] = 1000,
            ["first"] = $"many.t{number}000",
            ["last"] = $"many.t{number}999",
        },
    };
}
