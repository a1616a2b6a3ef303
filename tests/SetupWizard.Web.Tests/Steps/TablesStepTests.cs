using System.Globalization;
using Bunit;
using SetupWizard.Components.Steps;
using SetupWizard.Components.Tables;
using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;
using SetupWizard.Sessions.Choosing;
using SetupWizard.Web.Tests.Support;

namespace SetupWizard.Web.Tests.Steps;

public sealed class TablesStepTests : WebTest
{
    [Fact]
    public void Rows_count_what_is_there_what_is_chosen_and_what_needs_something()
    {
        var rows = Rows();
        Assert.Equal((6, 2, 2, 4), (rows.Total, rows.Selected, rows.Problems, rows.Selectable));
    }

    [Theory]
    [InlineData("ORD", "open_orders,orders")]
    [InlineData(" audit ", "audit_log")]
    [InlineData("nothing", "")]
    public void Filter_finds_by_part_of_the_name_whatever_the_case(string filter, string expected) =>
        Assert.Equal(expected, string.Join(',', Rows(filter).Visible.Select(r => r.Table.Ref.Name)));

    [Fact]
    public void Kinds_that_cannot_be_published_say_why_and_cannot_be_picked()
    {
        var refusals = Rows().Visible.Where(r => r.Refusal is not null).ToDictionary(r => r.Table.Ref.Name, r => r.Refusal);
        Assert.Equal("view", refusals["open_orders"]);
        Assert.Equal("unlogged", refusals["session_cache"]);
        Assert.Equal(2, refusals.Count);
    }

    [Fact]
    public void Partition_is_not_listed_beside_its_root()
    {
        var inspection = Given.Inspection() with
        {
            Snapshot = Given.Snapshot with { Tables = [Given.Table("events") with { Kind = RelationKind.Partitioned }, Given.Table("events_1") with { Root = new TableRef("public", "events") }] },
        };
        Assert.Equal(["events"], TableRows.Of(inspection, new SetupGoal(), "", "", TableRows.Show.All, TableRows.Order.Name, false).Visible.Select(r => r.Table.Ref.Name));
    }

    [Fact]
    public void Child_of_a_chosen_table_comes_with_it_and_has_an_identity_of_its_own()
    {
        var child = Given.Table("kid") with { Parents = [new TableRef("public", "base")], PrimaryKey = KeyState.None };
        var inspection = Given.Inspection() with { Snapshot = Given.Snapshot with { Tables = [Given.Table("base"), child] } };
        var with = TableRows.Of(inspection with { Tables = new TableSelection { Chosen = [Given.Table("base")] } }, new SetupGoal(), "", "", TableRows.Show.All, TableRows.Order.Name, false);
        Assert.Equal((1, 1, 1), (with.Selected, with.Selectable, with.Problems));
        Assert.Equal((new TableRef("public", "base"), false), (with.Visible[1].Parent!.Value, with.Visible[1].Pickable));
        var alone = TableRows.Of(inspection with { Tables = TableSelection.Empty }, new SetupGoal(), "", "", TableRows.Show.All, TableRows.Order.Name, false);
        Assert.Equal((null, 2), (alone.Visible[1].Parent, alone.Selectable));
    }

    [Fact]
    public void Table_that_has_FULL_without_a_key_needs_something_until_it_is_agreed_that_it_only_grows()
    {
        var log = Given.Table("log") with { Identity = ReplicaIdentityKind.Full, PrimaryKey = KeyState.None };
        var inspection = Given.Inspection() with { Snapshot = Given.Snapshot with { Tables = [log] }, Tables = new TableSelection { Chosen = [log] } };
        TableRows Shown(params IdentityChoice[] choices) => TableRows.Of(inspection, new SetupGoal { Identities = choices }, "", "", TableRows.Show.Problems, TableRows.Order.Name, false);

        Assert.True(Assert.Single(Shown().Visible).AsksWhetherItGrows);
        Assert.Equal(1, Shown().Problems);
        Assert.Empty(Shown(new IdentityChoice(log.Ref, IdentityKind.Full, OnlyGrows: true)).Visible);
        Assert.Empty(TableRows.Of(inspection with { Snapshot = inspection.Snapshot! with { Tables = [log with { PrimaryKey = KeyState.Usable }] } }, new SetupGoal(), "", "", TableRows.Show.Problems, TableRows.Order.Name, false).Visible);
    }

    [Fact]
    public async Task Identity_of_a_child_is_chosen_without_picking_it()
    {
        await ConnectAsync();
        var prices = new TableRef("public", "prices");
        var goal = TableChoice.WithIdentity(Session, prices, new IdentityChoice(prices, IdentityKind.Full), pick: false);
        Assert.Equal(prices, Assert.Single(goal.Identities).Table);
        Assert.DoesNotContain(prices, goal.Tables);
    }

    [Fact]
    public void Sorting_by_size_downwards_puts_the_largest_first()
    {
        var inspection = Given.Inspection() with { Snapshot = Given.Snapshot with { Tables = [Given.Table("small"), Given.Table("large") with { EstimatedBytes = 1 << 30 }] } };
        Assert.Equal("large", TableRows.Of(inspection, new SetupGoal(), "", "", TableRows.Show.All, TableRows.Order.Size, true).Visible[0].Table.Ref.Name);
    }

    [Fact]
    public async Task Table_dropped_from_a_whole_schema_is_excluded_and_picked_again_is_not()
    {
        await ConnectAsync();
        var orders = new TableRef("public", "orders");
        await Session.SetGoalAsync(TableChoice.With(Session, [orders], picked: false));
        Assert.Equal((1, 1), (Session.Goal.Schemas.Count, Session.Goal.Excluded.Count));
        await Session.SetGoalAsync(TableChoice.With(Session, [orders], picked: true));
        Assert.Empty(Session.Goal.Excluded);
    }

    [Fact]
    public async Task Table_of_a_schema_that_is_not_chosen_is_named_alone()
    {
        await ConnectAsync();
        var invoices = new TableRef("sales", "invoices");
        var goal = TableChoice.With(Session, [invoices], picked: true);
        Assert.Equal([invoices], goal.Tables);
        Assert.Equal(["public"], goal.Schemas);
    }

    [Fact]
    public async Task Identity_chosen_picks_the_table_and_dropping_the_table_drops_it()
    {
        await ConnectAsync();
        var prices = new TableRef("public", "prices");
        await Session.SetGoalAsync(TableChoice.WithIdentity(Session, prices, new IdentityChoice(prices, IdentityKind.Index, "prices_sku")));
        Assert.Contains(prices, Session.Goal.Tables);
        await Session.SetGoalAsync(TableChoice.With(Session, [prices], picked: false));
        Assert.Empty(Session.Goal.Identities);
        Assert.DoesNotContain(prices, Session.Goal.Tables);
    }

    [Theory]
    [InlineData("en", "audit_log only grows: rows are only inserted, and all differ", "Every UPDATE leaves the old row there")]
    [InlineData("ko", "audit_log 테이블은 추가만 함", "UPDATE마다 이전 행이 남고")]
    public async Task Whole_row_without_a_key_asks_whether_the_table_only_grows_and_keeps_the_answer(string culture, string label, string consequence)
    {
        CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(culture);
        await ConnectAsync();
        var log = new TableRef("public", "audit_log");
        var page = Show<TablePicker>();
        Assert.Empty(page.FindAll(".only-grows"));
        Assert.Empty(page.FindAll("#only-grows-note"));

        await page.Find("select[aria-label*='audit_log']").ChangeAsync("full");

        Assert.Equal([new IdentityChoice(log, IdentityKind.Full)], Session.Goal.Identities);
        Assert.Contains("row-problem", page.Find("tr:has(.only-grows)").ClassName, StringComparison.Ordinal);
        var box = page.Find(".only-grows input[type=checkbox]");
        Assert.Contains(label, box.GetAttribute("aria-label"), StringComparison.Ordinal);
        Assert.Contains(consequence, page.Find("#" + box.GetAttribute("aria-describedby")).TextContent, StringComparison.Ordinal);

        await box.ChangeAsync(true);
        Assert.Equal([new IdentityChoice(log, IdentityKind.Full, OnlyGrows: true)], Session.Goal.Identities);
        Assert.DoesNotContain("row-problem", page.Find("tr:has(.only-grows)").ClassName ?? "", StringComparison.Ordinal);
        await Session.SetGoalAsync(TableChoice.With(Session, [new("public", "customers")], picked: false));
        Assert.True(page.Find(".only-grows input").HasAttribute("checked"));

        await page.Find(".only-grows input").ChangeAsync(false);
        Assert.Equal([new IdentityChoice(log, IdentityKind.Full)], Session.Goal.Identities);
        await page.Find("select[aria-label*='audit_log']").ChangeAsync("");
        Assert.Empty(Session.Goal.Identities);
        Assert.Empty(page.FindAll(".only-grows"));
    }

    [Fact]
    public async Task Lasting_cost_has_to_be_understood_before_it_is_applied()
    {
        await ConnectAsync(Given.Finding(RequirementId.ReplicaIdentity, Area.Tables, FindingState.Blocking, "missing", Given.Sql("ALTER TABLE t REPLICA IDENTITY FULL", risk: ChangeRisk.Cost)));
        var page = Show<TablesStep>();
        await page.Find(".action-bar .primary").ClickAsync();
        await page.Find(".review .primary").ClickAsync();
        Assert.Null(Session.Run);
        Assert.Contains("Tick the box", page.Find(".review .callout").TextContent);
        await page.Find("#review-consent input").ChangeAsync(true);
        await page.Find(".review .primary").ClickAsync();
        Assert.NotNull(Session.Run);
    }

    [Fact]
    public async Task Publication_that_somebody_else_reads_is_left_for_one_of_ones_own_or_changed_with_consent()
    {
        await ConnectAsync(Given.Finding(RequirementId.PublicationReaders, Area.Tables, FindingState.Blocking, "read-elsewhere") with
        {
            Arguments = new Dictionary<string, object?>
            {
                ["publication"] = "clickpipes",
                ["own"] = "clickpipes_2",
                ["readers"] = "debezium (dbz, pid 4711)",
                ["slots"] = "debezium",
                ["changes"] = "ADD TABLE \"public\".\"orders\"",
            },
        });
        var page = Show<TablesStep>();

        await page.Find("#SW415 .finding-actions input").ChangeAsync(true);
        Assert.True(Session.Goal.ChangePublication);
        Assert.Equal("clickpipes", Session.Goal.Publication);

        // Consent is for this publication and for no other.
        await page.Find("#SW415 .finding-actions button").ClickAsync();
        Assert.Equal(("clickpipes_2", false), (Session.Goal.Publication, Session.Goal.ChangePublication));
    }

    [Fact]
    public async Task Filter_without_a_match_says_so_and_can_be_cleared()
    {
        await ConnectAsync();
        var page = Show<TablePicker>();
        await page.Find("#table-filter").InputAsync("ordr");
        Assert.Contains("No table matches \"ordr\"", page.Find(".callout").TextContent);
        await page.Find(".callout button").ClickAsync();
        Assert.Empty(page.FindAll(".callout"));
    }

    [Fact]
    public async Task Boxes_of_a_schema_and_of_the_whole_list_tick_what_is_listed()
    {
        await ConnectAsync();
        var page = Show<TablePicker>();
        Assert.Equal(["mixed", "mixed"], page.FindAll(".tri").Select(static b => b.GetAttribute("aria-checked")));
        Assert.Contains("2 of 6 selected", page.Find("tr.group").TextContent, StringComparison.Ordinal);
        Assert.Equal("8", page.Find("table").GetAttribute("aria-rowcount"));

        await page.Find("#table-filter").InputAsync("prices");
        await page.Find("tr.group .tri").ClickAsync(new());
        Assert.Equal([new TableRef("public", "prices")], Session.Goal.Tables);
        Assert.Contains("1 of 6 tables shown, 0 of them selected; 2 selected in all", page.Find("[role=status]").TextContent, StringComparison.Ordinal);

        await page.Find("#table-filter").InputAsync("orders,customers");
        Assert.Equal("true", page.Find("thead .tri").GetAttribute("aria-checked"));
        await page.Find("thead .tri").ClickAsync(new());
        Assert.Equal(["customers", "orders"], Session.Goal.Excluded.Select(static t => t.Name));
    }

    [Fact]
    public async Task Nothing_can_be_selected_where_nothing_matches()
    {
        await ConnectAsync();
        var page = Show<TablePicker>();
        await page.Find("#table-filter").InputAsync("open_*");
        var all = page.FindAll("button").Single(static b => b.TextContent.StartsWith("Select all", StringComparison.Ordinal));
        Assert.Equal("Select all 0 that match", all.TextContent);
        Assert.True(all.HasAttribute("disabled"));
    }

    [Fact]
    public async Task Schema_folds_to_its_line_and_keeps_its_box()
    {
        await ConnectAsync();
        var page = Show<TablePicker>();
        await page.Find(".group-fold").ClickAsync(new());
        Assert.Equal("false", page.Find(".group-fold").GetAttribute("aria-expanded"));
        Assert.Single(page.FindAll("tbody tr[aria-rowindex]"));
        Assert.Equal("2", page.Find("table").GetAttribute("aria-rowcount"));
    }

    [Fact]
    public async Task Pasted_names_are_picked_and_unknown_ones_told()
    {
        await ConnectAsync();
        var page = Show<TablePicker>();
        await PressAsync(page, "Paste names");
        await page.Find("#table-names").InputAsync("prices\n\"public\".audit_log, orders\nno_such, open_orders");
        await PressAsync(page, "Select these tables");

        Assert.Equal(["audit_log", "prices"], Session.Goal.Tables.Select(static t => t.Name));
        var said = page.Find("#table-paste .callout").TextContent;
        Assert.Contains("2 tables newly selected.", said, StringComparison.Ordinal);
        Assert.Contains("no_such, public.open_orders", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Types_of_a_table_are_shown_where_it_is_chosen_and_before_it_is()
    {
        await ConnectAsync();
        var page = Show<TablePicker>();
        Assert.Contains("Your choice: 2 tables, about 200 rows", page.Find(".table-weight").TextContent, StringComparison.Ordinal);
        await page.Find("[aria-label='public.prices: types in ClickHouse']").ClickAsync(new());
        page.WaitForAssertion(() => Assert.Equal("public.prices", page.Find("#table-types h3").TextContent));
        Assert.Contains("Int64", page.Find("#table-types").TextContent, StringComparison.Ordinal);
        await PressAsync(page, "Close");
        Assert.Empty(page.FindAll("#table-types h3"));
    }

    [Fact]
    public void Five_thousand_tables_are_listed_schema_by_schema_each_with_its_place()
    {
        var tables = Enumerable.Range(0, 5000).Select(static i => Given.Table("t" + i.ToString(CultureInfo.InvariantCulture), "s" + (i % 3).ToString(CultureInfo.InvariantCulture))).ToList();
        var rows = TableRows.Of(Given.Inspection() with { Snapshot = Given.Snapshot with { Tables = tables }, Tables = TableSelection.Empty }, new SetupGoal(), "", "", TableRows.Show.All, TableRows.Order.Size, true, new HashSet<string> { "s1" });
        Assert.Equal(Enumerable.Range(0, 3 + 1667 + 1666), rows.Lines.Select(static l => l.Index));
        Assert.Equal([("s0", 1667, false), ("s1", 1667, true), ("s2", 1666, false)], rows.Lines.Select(static l => l.Group).OfType<TableRows.Group>().Select(static g => (g.Schema, g.Count, g.Folded)));
        Assert.Equal(1667, rows.Meant("s1", picked: true).Count);
    }

    private static TableRows Rows(string filter = "") =>
        TableRows.Of(Given.Inspection(), new SetupGoal(), filter, "", TableRows.Show.All, TableRows.Order.Name, false);

    [Theory]
    [InlineData("Keep NULL", true)]
    [InlineData("Replace NULL by defaults", false)]
    public async Task What_becomes_of_NULL_is_decided_at_its_finding(string button, bool kept)
    {
        await ConnectAsync(Given.Finding(RequirementId.Nullable, Area.Tables, FindingState.Advice, "undecided"));
        var page = Show<TablesStep>();
        await PressAsync(page, button);
        Assert.Equal(kept, Session.Goal.Pipe.AllowNullableColumns);
    }
}
