using SetupWizard.Core.Connecting;
using SetupWizard.Core.Model;
using SetupWizard.Core.Reading;
using SetupWizard.Core.Requirements;
using SetupWizard.Core.Sql;
using SetupWizard.Core.Wording;
using SetupWizard.Sandbox;
using SetupWizard.Server.Tests.Support;

namespace SetupWizard.Server.Tests.Source;

[Collection(SandboxFixture.Collection)]
public sealed class ColumnReaderTests(SandboxFixture sandboxes)
{
    [Theory]
    [InlineData(12)]
    [InlineData(13)]
    [InlineData(14)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(18)]
    public async Task Columns_of_every_supported_version_are_read_by_an_ordinary_login(int major)
    {
        var sandbox = await sandboxes.SharedAsync(SandboxProfile.AmazonRds, major);
        await using var source = await SourceConnector.OpenAsync(sandbox.Target(), "test", CancellationToken.None);
        TableRef[] tables = [new("public", "orders"), new("public", "no such table"), new("public", "events")];

        var read = await ColumnReader.ReadAsync(source, tables, CancellationToken.None);

        Assert.Equal([tables[0], tables[2]], read.Select(t => t.Table));
        Assert.Contains(read[0].Columns, c => c is { Name: "id", KeyPosition: 1 });
        Assert.All(read, t => Assert.True(t.Columns.Count > 1, "Columns are missing."));
    }

    /// <summary>The reading puts most types aside by their numbers before anything is looked up: none of them may be one that loses something.</summary>
    [Theory]
    [InlineData(13)]
    [InlineData(18)]
    public async Task Of_all_built_in_types_a_reading_tells_those_that_lose_something(int major)
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.Plain, major);
        await using (var superuser = await sandbox.OpenSuperuserAsync(sandbox.Database, CancellationToken.None))
        {
            await superuser.ExecuteAsync(
                """
                CREATE SCHEMA types;
                DO $$ DECLARE columns text; BEGIN
                  SELECT string_agg(format('%I %s', 'c' || t.oid, format_type(t.oid, NULL)), ', ') INTO columns
                  FROM pg_type t WHERE t.oid < 10000 AND t.typtype IN ('b', 'r', 'm') AND t.typnamespace = 'pg_catalog'::regnamespace AND NOT (t.typelem <> 0 AND EXISTS (SELECT FROM pg_type e WHERE e.oid = t.typelem AND e.typtype IN ('p', 'c')));
                  EXECUTE 'CREATE TABLE types.every (' || columns || ')';
                END $$;
                """);
        }

        await using var source = await SourceConnector.OpenAsync(sandbox.Target(), "test", CancellationToken.None);
        var all = (await ColumnReader.ReadAsync(source, [new TableRef("types", "every")], CancellationToken.None)).Single().Columns;
        var told = (await SnapshotReader.ReadAsync(source, new SetupGoal(), CancellationToken.None)).Snapshot.Columns.Where(c => c.Table.Schema == "types").ToList();

        Assert.True(all.Count > 100, $"Only {all.Count} types.");
        Assert.Contains(told, c => c.Type.Name == "numeric");
        Assert.Equal(
            all.Where(c => ClickHouseTypes.For(c.Type).Loss is not (TypeLoss.None or TypeLoss.Years)).Select(c => c.Type.Shown),
            told.Select(c => c.Type.Shown));
    }

    [Fact]
    public async Task Every_kind_of_column_is_mapped_with_its_key_and_its_losses_in_one_round_trip()
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.Plain);
        await using (var superuser = await sandbox.OpenSuperuserAsync(sandbox.Database, CancellationToken.None))
        {
            await superuser.ExecuteAsync(
                """"
                CREATE SCHEMA "Odd ""S""";
                CREATE TYPE "Odd ""S""".mood AS ENUM ('a', 'b');
                CREATE TABLE "Odd ""S"""."Key ed" (
                  gone int, b text NOT NULL, a uuid NOT NULL, free numeric, money_like numeric(12,2), huge numeric(100,2),
                  days date[], clock timetz, feel "Odd ""S""".mood, feels "Odd ""S""".mood[], span int4range, twice int GENERATED ALWAYS AS (1) STORED,
                  PRIMARY KEY (a, b) INCLUDE (free));
                ALTER TABLE "Odd ""S"""."Key ed" DROP COLUMN gone;
                CREATE TABLE "Odd ""S""".indexed (id int PRIMARY KEY, sku text NOT NULL UNIQUE);
                ALTER TABLE "Odd ""S""".indexed REPLICA IDENTITY USING INDEX indexed_sku_key;
                CREATE TABLE "Odd ""S""".whole (x int, y int, z int GENERATED ALWAYS AS (1) STORED);
                ALTER TABLE "Odd ""S""".whole REPLICA IDENTITY FULL;
                CREATE TABLE "Odd ""S""".bare (x int);
                CREATE TABLE "Odd ""S""".empty ();
                ALTER TABLE "Odd ""S""".empty REPLICA IDENTITY FULL;
                """");
        }

        const string schema = "Odd \"S\"";
        TableRef[] tables = [.. new[] { "Key ed", "indexed", "whole", "bare", "empty" }.Select(n => new TableRef(schema, n))];
        await using var relay = new Relay(sandbox.Port, TimeSpan.Zero);
        var target = sandbox.Target();
        await using var source = await SourceConnector.OpenAsync(target with { Endpoint = target.Endpoint with { Port = relay.Port, Tls = TlsMode.Disable } }, "test", CancellationToken.None);
        var before = relay.RoundTrips;
        var read = await ColumnReader.ReadAsync(source, tables, CancellationToken.None);
        Assert.Equal(1, relay.RoundTrips - before);
        var snapshot = (await SnapshotReader.ReadAsync(source, new SetupGoal(), CancellationToken.None)).Snapshot;
        var mapped = TableMapping.Of(
            new Inspection
            {
                Goal = new SetupGoal(),
                Endpoint = target.Endpoint,
                Provider = Core.Providers.SelfManaged.Profile,
                Detection = Core.Providers.ProviderDetection.None,
                Tables = new TableSelection { Chosen = [.. snapshot.Tables.Where(t => t.Ref.Schema == schema)] },
            },
            read);

        Assert.Equal(tables, mapped.Select(m => m.Table));
        Assert.Equal(
            [SortingKeyOrigin.PrimaryKey, SortingKeyOrigin.IdentityIndex, SortingKeyOrigin.WholeRow, SortingKeyOrigin.None, SortingKeyOrigin.WholeRow],
            mapped.Select(m => m.KeyOrigin));
        Assert.Equal([["a", "b"], ["sku"], ["x", "y"], [], []], mapped.Select(m => m.SortingKey));
        Assert.Equal(
            [
                ("b", "text", "String", TypeLoss.None),
                ("a", "uuid", "UUID", TypeLoss.None),
                ("free", "numeric", "Decimal(76, 38)", TypeLoss.Digits),
                ("money_like", "numeric(12,2)", "Decimal(12, 2)", TypeLoss.None),
                ("huge", "numeric(100,2)", "String", TypeLoss.Shape),
                ("days", "date[]", "Array(Date)", TypeLoss.Range),
                ("clock", "time with time zone", "DateTime64(6)", TypeLoss.Zone),
                ("feel", "\"Odd \"\"S\"\"\".mood", "LowCardinality(String)", TypeLoss.None),
                ("feels", "\"Odd \"\"S\"\"\".mood[]", "Array(LowCardinality(String))", TypeLoss.None),
                ("span", "int4range", "String", TypeLoss.Shape),
                ("twice", "integer", "Int32", TypeLoss.None),
            ],
            mapped[0].Columns.Select(c => (c.Name, c.PostgresType, c.ClickHouseType, c.Loss)));
        Assert.Equal(ColumnOrigin.Stored, mapped[0].Columns[^1].Origin);
        Assert.Equal(5, mapped[0].Losing);

        // A list of columns hides what is not in it; one that lacks the key is no list to go by.
        var inspection = new Inspection
        {
            Goal = new SetupGoal(),
            Endpoint = target.Endpoint,
            Provider = Core.Providers.SelfManaged.Profile,
            Detection = Core.Providers.ProviderDetection.None,
            Tables = new TableSelection { Chosen = [.. snapshot.Tables.Where(t => t.Ref.Schema == schema)] },
        };
        var listed = TableMapping.Of(
            inspection with
            {
                Snapshot = snapshot with
                {
                    Filters =
                    [
                        new FilterFact(new TableRef(schema, "Key ed"), null, ["huge", "days"], false),
                        new FilterFact(new TableRef(schema, "indexed"), null, ["sku"], true),
                    ],
                },
            },
            read);
        Assert.Equal(["b", "a", "free", "money_like", "clock", "feel", "feels", "span", "twice"], listed[0].Columns.Select(c => c.Name));
        Assert.Equal(3, listed[0].Losing);
        Assert.Equal(["a", "b"], listed[0].SortingKey);
        Assert.Equal(["id", "sku"], listed[1].Columns.Select(c => c.Name));
        Assert.Equal(["a", "b"], mapped[0].Columns.Where(c => c.InSortingKey).Select(c => c.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Columns_that_cannot_be_read_give_the_reason_and_throw_nothing()
    {
        var sandbox = await sandboxes.SharedAsync(SandboxProfile.AmazonRds);
        using var engine = new EngineHarness(sandbox);
        var wrong = engine.Target with { Credentials = new SourceCredentials(sandbox.AdminUser, new SecretString("not the password")) };

        var reading = await engine.Runner.ReadColumnsAsync(wrong, [new TableRef("public", "orders")], CancellationToken.None);

        Assert.Empty(reading.Tables);
        Assert.Equal(RequirementId.Reachable, reading.Failure?.Id);
    }
}
