using Bunit;
using SetupWizard.Components.Tables;
using SetupWizard.Core.Model;
using SetupWizard.Web.Tests.Support;

namespace SetupWizard.Web.Tests.Steps;

public sealed class MappingListTests : WebTest
{
    [Fact]
    public async Task Types_are_read_only_when_a_table_is_opened_and_its_neighbours_with_it()
    {
        await ConnectAsync();
        var list = Show<MappingList>();
        Assert.Equal(0, Runner.ColumnReadings);

        await Row(list, "public.orders").ClickAsync();
        Assert.Contains("Int64", list.Find("#mapping-detail").TextContent);
        Assert.Equal("true", Row(list, "public.orders").GetAttribute("aria-expanded"));
        await Row(list, "public.customers").ClickAsync();

        Assert.Equal("public.customers", list.Find("#mapping-detail h3").TextContent);
        Assert.Equal(1, Runner.ColumnReadings);
        await Row(list, "public.customers").ClickAsync();
        Assert.Empty(list.FindAll("#mapping-detail h3"));
    }

    [Fact]
    public async Task Columns_that_lose_something_are_marked_and_say_what()
    {
        Runner.Columns = tables => new ColumnReading([.. tables.Select(t => new TableColumns(t, [
            new TableColumn("id", new PostgresType("int8", "bigint"), ColumnOrigin.Written, 1),
            new TableColumn("at", new PostgresType("timetz", "time with time zone"), ColumnOrigin.Written, 0),
            new TableColumn("sum", new PostgresType("int4", "integer"), ColumnOrigin.Stored, 0)]))]);
        await ConnectAsync();
        var list = Show<MappingList>();
        await Row(list, "public.orders").ClickAsync();

        Assert.Contains("The time zone is lost.", Assert.Single(list.FindAll(".losing")).TextContent);
        Assert.Contains("1 of 3 columns does not carry every value as it is.", list.Find("#mapping-detail").TextContent);
        Assert.Contains("Generated", list.FindAll(".mapping-columns li")[2].TextContent);
        Assert.Equal(["orders", "ReplacingMergeTree"], list.FindAll(".value-list dd code").Take(2).Select(c => c.TextContent));
        Assert.Contains("id", list.FindAll(".value-list dd")[2].TextContent);
    }

    [Fact]
    public async Task What_becomes_of_NULL_is_said_column_by_column()
    {
        Runner.Columns = tables => new ColumnReading([.. tables.Select(t => new TableColumns(t, [
            new TableColumn("id", new PostgresType("int8", "bigint"), ColumnOrigin.Written, 1),
            new TableColumn("paid_at", new PostgresType("timestamptz", "timestamp with time zone"), ColumnOrigin.Written, 0, Nullable: true),
            new TableColumn("state", new PostgresType("state", "state", 'e'), ColumnOrigin.Written, 0, Nullable: true),
            new TableColumn("tags", new PostgresType("text", "text[]", IsArray: true), ColumnOrigin.Written, 0, Nullable: true)]))]);
        await ConnectAsync();
        const string years = "Years before 1900 and after 2299 move to that bound; infinity becomes NULL or 1970-01-01.";
        Assert.Equal(["", years + " NULL arrives as 1970-01-01.", "NULL arrives as an empty text.", "NULL arrives as an empty list."], await NotesAsync());

        await Session.SetGoalAsync(Session.Goal with { Pipe = new PipeSettings { AllowNullableColumns = true } });

        // An array has no room for NULL, whatever is allowed.
        Assert.Equal(["", years, "", "NULL arrives as an empty list."], await NotesAsync());

        async Task<IEnumerable<string>> NotesAsync()
        {
            var list = Show<MappingList>();
            await Row(list, "public.orders").ClickAsync();
            Assert.Equal(
                Session.Goal.Pipe.AllowNullableColumns == true ? ["Int64", "Nullable(DateTime64(6))", "LowCardinality(Nullable(String))", "Array(String)"] : ["Int64", "DateTime64(6)", "LowCardinality(String)", "Array(String)"],
                list.FindAll(".mapping-types code:last-child").Select(c => c.TextContent));
            return [.. list.FindAll(".mapping-columns li").Select(l => l.QuerySelector(".mapping-note")?.TextContent ?? "")];
        }
    }

    [Fact]
    public async Task Source_that_went_away_is_said_and_can_be_asked_again()
    {
        Runner.Columns = _ => new ColumnReading([], Given.Finding(RequirementId.Reachable, Area.Connect, FindingState.Blocking, "refused"));
        await ConnectAsync();
        var list = Show<MappingList>();
        await Row(list, "public.orders").ClickAsync();
        Assert.Equal("The columns could not be read", list.Find(".callout-title").TextContent);

        Runner.Columns = null;
        await PressAsync(list, "Read again");

        Assert.Contains("Int64", list.Find("#mapping-detail").TextContent);
    }

    [Fact]
    public async Task Columns_that_arrive_after_another_reading_are_not_taken_for_its_own()
    {
        await ConnectAsync();
        var list = Show<MappingList>();
        Runner.ColumnsHold = new TaskCompletionSource();
        var opening = list.InvokeAsync(() => Row(list, "public.orders").ClickAsync());
        Runner.Inspection = Given.Inspection() with { Snapshot = Given.Snapshot with { ReadAt = Given.Noon.AddMinutes(1) } };
        await Session.InspectAsync();
        Runner.ColumnsHold.SetResult();
        await opening;

        Assert.Empty(list.FindAll("#mapping-detail h3"));
        await Row(list, "public.orders").ClickAsync();
        Assert.Equal(2, Runner.ColumnReadings);
        Assert.Equal("public.orders", list.Find("#mapping-detail h3").TextContent);
    }

    [Fact]
    public async Task Table_that_was_dropped_meanwhile_is_said()
    {
        Runner.Columns = _ => new ColumnReading([]);
        await ConnectAsync();
        var list = Show<MappingList>();
        await Row(list, "public.orders").ClickAsync();
        Assert.Contains("public.orders is not there any more", list.Find(".callout").TextContent);
    }

    [Fact]
    public async Task Filter_finds_by_part_of_the_name_and_counts()
    {
        await ConnectAsync();
        var list = Show<MappingList>();
        await list.Find("#mapping-filter").InputAsync(" CUST ");
        Assert.Equal("1 of 2 tables", list.Find("[role=status]").TextContent);
        Assert.Equal("public.customers", Assert.Single(list.FindAll(".mapping-row")).TextContent);
    }

    private static AngleSharp.Dom.IElement Row(IRenderedComponent<MappingList> list, string table) => list.FindAll(".mapping-row").Single(r => r.TextContent == table);
}
