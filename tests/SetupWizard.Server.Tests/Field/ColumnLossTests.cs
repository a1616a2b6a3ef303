using System.Buffers.Binary;
using Npgsql;
using SetupWizard.Core.Connecting;
using SetupWizard.Core.Model;
using SetupWizard.Core.Reading;
using SetupWizard.Core.Requirements;
using SetupWizard.Core.Sql;
using SetupWizard.Core.Wording;
using SetupWizard.Sandbox;
using SetupWizard.Server.Tests.Support;

namespace SetupWizard.Server.Tests.Field;

/// <summary>Values that a pipe carries otherwise than they are, told beforehand and in the list of columns alike.</summary>
[Collection(SandboxFixture.Families)]
public sealed class ColumnLossTests
{
    private static readonly TableRef s_odd = new("field", "Odd \"names\"");

    /// <summary>Until 13 a domain over an array has an element type of its own in the catalog, since 14 it has none.</summary>
    [Theory]
    [InlineData(13)]
    [InlineData(18)]
    public async Task Domain_is_told_by_what_is_behind_it_and_by_what_the_stream_makes_of_it(int major)
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.AmazonRds, major);
        using var engine = new EngineHarness(sandbox) { Goal = new SetupGoal { Tables = [s_odd] } };
        await engine.TurnOnLogicalReplicationAsync();
        await AdminAsync(
            sandbox,
            """"
            CREATE SCHEMA field;
            CREATE TYPE field.mood AS ENUM ('a', 'b');
            CREATE DOMAIN field.flag AS boolean CHECK (value);
            CREATE DOMAIN field.flag2 AS field.flag;
            CREATE DOMAIN field.ints AS int[];
            CREATE DOMAIN field.days AS date[];
            CREATE DOMAIN field.raw AS bytea;
            CREATE DOMAIN field.price AS numeric(12,2);
            CREATE DOMAIN field.price2 AS field.price CHECK (value > 0);
            CREATE DOMAIN field.free AS numeric;
            CREATE DOMAIN field.label AS text;
            CREATE DOMAIN field.feeling AS field.mood;
            CREATE DOMAIN field.born AS date;
            CREATE DOMAIN field.span AS int4range;
            CREATE DOMAIN field.pause AS interval;
            CREATE TABLE field."Odd ""names""" (
              id int PRIMARY KEY, "Is ""on""" field.flag, on2 field.flag2, ints field.ints, days field.days, raw field.raw, price field.price, price2 field.price2,
              free field.free, label field.label, feeling field.feeling, born field.born, span field.span, pause field.pause, labels field.label[], plain boolean, many boolean[]);
            INSERT INTO field."Odd ""names""" VALUES (1, true, true, '{1,2}', '{2020-01-01}', '\x6162', 3.5, 3.5, 1, 'x', 'a', '2000-01-01', '[1,2)', '1 day', '{a}', true, '{t}')
            """");

        var inspection = await engine.InspectAsync();

        Assert.Equal(
            [
                ("digits", FindingState.Advice, "free", "field.free -> Decimal(76, 38)"),
                ("domain-array", FindingState.Warning, "days", "field.days -> Array(Date)"),
                ("domain-array", FindingState.Warning, "ints", "field.ints -> Array(Int32)"),
                ("domain-bool", FindingState.Warning, "\"Is \"\"on\"\"\"", "field.flag -> Bool"),
                ("domain-bool", FindingState.Warning, "on2", "field.flag2 -> Bool"),
                ("domain-bytes", FindingState.Warning, "raw", "field.raw -> String"),
                ("shape", FindingState.Advice, "labels", "field.label[] -> Array(String)"),
                ("shape", FindingState.Advice, "pause", "field.pause -> String"),
                ("shape", FindingState.Advice, "span", "field.span -> String"),
            ],
            Types(inspection).Where(t => t.Case != "years").Select(t => (t.Case, t.State, t.Column, t.Note)));

        // The list of columns says the same of each, and of those that lose nothing.
        await using var source = await SourceConnector.OpenAsync(engine.Target, "test", CancellationToken.None);
        var mapped = Assert.Single(TableMapping.Of(inspection, await ColumnReader.ReadAsync(source, [s_odd], CancellationToken.None)));
        Assert.Equal(
            [
                ("id", "Int32", TypeLoss.None),
                ("Is \"on\"", "Bool", TypeLoss.DomainBool),
                ("on2", "Bool", TypeLoss.DomainBool),
                ("ints", "Array(Int32)", TypeLoss.DomainArray),
                ("days", "Array(Date)", TypeLoss.DomainArray),
                ("raw", "String", TypeLoss.DomainBytes),
                ("price", "Decimal(12, 2)", TypeLoss.None),
                ("price2", "Decimal(12, 2)", TypeLoss.None),
                ("free", "Decimal(76, 38)", TypeLoss.Digits),
                ("label", "String", TypeLoss.None),
                ("feeling", "LowCardinality(String)", TypeLoss.None),
                ("born", "Date32", TypeLoss.Years),
                ("span", "String", TypeLoss.Shape),
                ("pause", "String", TypeLoss.Shape),
                ("labels", "Array(String)", TypeLoss.Shape),
                ("plain", "Bool", TypeLoss.None),
                ("many", "Array(Bool)", TypeLoss.None),
            ],
            mapped.Columns.Select(c => (c.Name, c.ClickHouseType, c.Loss)));
        Assert.Equal("field.price2", mapped.Columns.Single(c => c.Name == "price2").PostgresType);

        // What is lost of a number is what the pipe does, and a way out is one that helps.
        var digits = SetupWizard.Core.Wording.FindingText.For(inspection.Findings.Single(static f => f is { Case: "digits" }), System.Globalization.CultureInfo.GetCultureInfo("en"));
        Assert.Contains("more than 38 digits before the point", digits.Consequence, StringComparison.Ordinal);
        Assert.Contains("NaN and Infinity become 0 or NULL", digits.Consequence, StringComparison.Ordinal);
        Assert.Contains("numeric(p,s)", digits.Fix, StringComparison.Ordinal);
        Assert.DoesNotContain("String", digits.Fix, StringComparison.Ordinal);

        await ServerShowsTheBaseTypeAndStreamsTheDomainAsync(sandbox);

        // What the finding says to do is done without writing the table anew, and helps.
        var before = await ScalarAsync<uint>(sandbox, "SELECT relfilenode FROM pg_class WHERE relname = 'Odd \"names\"'");
        foreach (var finding in inspection.Findings.Where(f => f.Case.StartsWith("domain-", StringComparison.Ordinal)))
        {
            await AdminAsync(sandbox, (string)finding.Arguments["statement"]!);
        }

        Assert.Equal(before, await ScalarAsync<uint>(sandbox, "SELECT relfilenode FROM pg_class WHERE relname = 'Odd \"names\"'"));
        Assert.Equal(
            ["days domain-array", "free digits", "labels shape", "on2 domain-bool", "pause shape", "span shape"],
            Types(await engine.InspectAsync()).Where(t => t.Case != "years").Select(t => t.Column + " " + t.Case).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Dates_are_told_once_and_by_name_where_the_statistics_show_lost_ones()
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.AmazonRds, 15);
        var seen = new TableRef("field", "contracts");
        using var engine = new EngineHarness(sandbox) { Goal = new SetupGoal { Schemas = ["field"] } };
        using var numbers = new EngineHarness(sandbox) { Goal = new SetupGoal { Tables = [new("field", "numbers")] } };
        await AdminAsync(
            sandbox,
            """
            CREATE SCHEMA field;
            CREATE DOMAIN field.day AS date;
            CREATE TABLE field.numbers (id int PRIMARY KEY, n numeric(10,2));
            CREATE TABLE field.contracts (
              id int PRIMARY KEY, made timestamptz, "Valid to" date, born field.day, checked timestamp, ended timestamptz, due timestamptz[], note text, stays date);
            CREATE TABLE field.empty (id int PRIMARY KEY, at timestamptz);
            INSERT INTO field.contracts
            SELECT g, now() - g * interval '1 hour', CASE WHEN g % 10 = 0 THEN '9999-12-31' ELSE date '2020-01-01' + g END, date '1850-06-18' + g,
                   timestamp '0044-03-15 12:00:00 BC', CASE WHEN g = 7 THEN 'infinity' ELSE now() + g * interval '1 day' END, ARRAY[timestamptz '2500-01-01'],
                   '1850-01-01', date '1970-01-01' + g
            FROM generate_series(1, 90) g;
            """);

        // Without statistics it is known only that there are dates, and where there are none nothing is said.
        Assert.Equal([("years", "")], (await YearsAsync(engine)).Select(y => (y.Case, y.Column)));
        Assert.Equal(FindingState.Satisfied, (await numbers.InspectAsync()).Findings.Single(f => f.Id == RequirementId.Types).State);

        // However the database is set to write dates.
        await AdminAsync(sandbox, $"ANALYZE field.contracts; ALTER DATABASE \"{sandbox.Database}\" SET datestyle = 'SQL, DMY'");
        Assert.Equal(
            ["\"Valid to\"", "born", "checked", "due", "ended"],
            (await YearsAsync(engine)).Where(y => y.Case == "years-seen").Select(y => y.Column));
        Assert.All(await YearsAsync(engine), y => Assert.Equal(FindingState.Advice, y.State));

        // Whoever may not read the table is shown no statistics of it.
        await using (var superuser = await sandbox.OpenSuperuserAsync(sandbox.Database, CancellationToken.None))
        {
            await superuser.ExecuteAsync("CREATE ROLE looker LOGIN PASSWORD 'looker-looker'");
        }

        var asOther = engine.Target with { Credentials = new SourceCredentials("looker", new SecretString("looker-looker")) };
        var others = await engine.Runner.InspectAsync(asOther, engine.Goal, CancellationToken.None);
        Assert.Equal([("years", "")], Types(others).Select(t => (t.Case, t.Column)));
        Assert.Equal(1, others.Cost.RoundTrips);
    }

    /// <summary>The row decides, not the value: of five values of 700 bytes some are left out.</summary>
    [Fact]
    public async Task Columns_that_an_update_may_leave_out_are_named()
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.AmazonRds, 17);
        var table = new TableRef("field", "notes");
        using var engine = new EngineHarness(sandbox) { Goal = new SetupGoal { Tables = [table] } };
        await engine.TurnOnLogicalReplicationAsync();
        await AdminAsync(
            sandbox,
            """
            CREATE SCHEMA field;
            CREATE TABLE field.notes (id int PRIMARY KEY, n int, a text, b varchar(900), "C c" jsonb, d bytea, e text[], at timestamptz, plain text, twice text GENERATED ALWAYS AS (a || a) STORED);
            ALTER TABLE field.notes ALTER plain SET STORAGE PLAIN;
            """);

        var finding = (await engine.InspectAsync()).Findings.Single(f => f.Id == RequirementId.Toast);

        Assert.Equal(["field.notes.a", "field.notes.b", "field.notes.\"C c\"", "field.notes.d", "field.notes.e"], finding.Subjects.Select(s => s.Name));
        Assert.All(finding.Subjects, s => Assert.Equal((SubjectKind.Column, table), (s.Kind, s.Table)));
        await using var superuser = await sandbox.OpenSuperuserAsync(sandbox.Database, CancellationToken.None);
        await superuser.ExecuteAsync(
            """
            INSERT INTO field.notes (id, n, a, b, d, e)
            SELECT 1, 0, v, v, v::bytea, ARRAY[v] FROM (SELECT string_agg(md5(g::text), '') FROM generate_series(1, 22) g) x(v);
            CREATE PUBLICATION notes FOR TABLE field.notes
            """);
        await superuser.ScalarAsync<object>("SELECT pg_create_logical_replication_slot('notes', 'pgoutput')");
        await superuser.ExecuteAsync("UPDATE field.notes SET n = 1");
        var update = await superuser.ScalarAsync<byte[]>(
            "SELECT data FROM pg_logical_slot_get_binary_changes('notes', NULL, NULL, 'proto_version', '1', 'publication_names', 'notes') WHERE get_byte(data, 0) = ascii('U')");
        Assert.InRange(LeftOut(update), 1, 4);
    }

    /// <summary>How many columns an Update message leaves out as unchanged. See <see href="https://www.postgresql.org/docs/current/protocol-logicalrep-message-formats.html"/>.</summary>
    private static int LeftOut(byte[] message)
    {
        Assert.Equal((byte)'N', message[5]);
        var columns = BinaryPrimitives.ReadInt16BigEndian(message.AsSpan(6));
        var (at, left) = (8, 0);
        for (var column = 0; column < columns; column++)
        {
            var kind = message[at++];
            left += kind == 'u' ? 1 : 0;
            at += kind == 't' ? 4 + BinaryPrimitives.ReadInt32BigEndian(message.AsSpan(at)) : 0;
        }

        Assert.Equal(message.Length, at);
        return left;
    }

    private static async Task ServerShowsTheBaseTypeAndStreamsTheDomainAsync(PostgresSandbox sandbox)
    {
        await using var superuser = await sandbox.OpenSuperuserAsync(sandbox.Database, CancellationToken.None);
        await using (var command = new NpgsqlCommand("SELECT on2, ints, raw, price2 FROM field.\"Odd \"\"names\"\"\"", superuser))
        await using (var reader = await command.ExecuteReaderAsync(System.Data.CommandBehavior.SchemaOnly))
        {
            Assert.Equal([16u, 1007u, 17u, 1700u], Enumerable.Range(0, 4).Select(reader.GetDataTypeOID));
        }

        await superuser.ExecuteAsync("CREATE PUBLICATION domains FOR TABLE field.\"Odd \"\"names\"\"\"");
        await superuser.ScalarAsync<object>("SELECT pg_create_logical_replication_slot('domains', 'pgoutput')");
        await superuser.ExecuteAsync("UPDATE field.\"Odd \"\"names\"\"\" SET price = 4");

        // A column of a Relation message: flags, name, a zero byte, the number of its type.
        Assert.True(await superuser.ScalarAsync<bool>(
            """
            SELECT position('on2'::bytea || '\x00'::bytea || int4send('field.flag2'::regtype::oid::int) IN data) > 0
            FROM pg_logical_slot_get_binary_changes('domains', NULL, NULL, 'proto_version', '1', 'publication_names', 'domains') WHERE get_byte(data, 0) = ascii('R')
            """));
        await superuser.ScalarAsync<object>("SELECT pg_drop_replication_slot('domains')");
        await superuser.ExecuteAsync("DROP PUBLICATION domains");
    }

    /// <summary>What is said of types, column by column; a column without a name stands for all of them.</summary>
    private static List<Said> Types(Inspection inspection) =>
    [
        .. inspection.Findings.Where(f => f.Id == RequirementId.Types)
            .SelectMany(f => f.Subjects.DefaultIfEmpty(), (f, s) => new Said(f.Case, f.State, s is null ? "" : s.Name[(s.Table.ToString()!.Length + 1)..], s?.Note))
            .OrderBy(t => t.Case, StringComparer.Ordinal).ThenBy(t => t.Column, StringComparer.Ordinal),
    ];

    private static async Task<List<Said>> YearsAsync(EngineHarness engine) =>
        Types(await engine.InspectAsync());

    private static async Task AdminAsync(PostgresSandbox sandbox, string sql)
    {
        await using var admin = new NpgsqlConnection(sandbox.AdminConnectionString);
        await admin.OpenAsync();
        await admin.ExecuteAsync(sql);
    }

    private static async Task<T> ScalarAsync<T>(PostgresSandbox sandbox, string sql)
    {
        await using var admin = new NpgsqlConnection(sandbox.AdminConnectionString);
        await admin.OpenAsync();
        return await admin.ScalarAsync<T>(sql);
    }

    private sealed record Said(string Case, FindingState State, string Column, string? Note);
}
