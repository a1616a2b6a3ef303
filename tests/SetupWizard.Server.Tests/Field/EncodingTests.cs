using System.Globalization;
using Npgsql;
using Npgsql.Replication;
using Npgsql.Replication.PgOutput;
using Npgsql.Replication.PgOutput.Messages;
using SetupWizard.Core.Engine;
using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;
using SetupWizard.Core.Wording;
using SetupWizard.Sandbox;
using SetupWizard.Server.Tests.Support;

namespace SetupWizard.Server.Tests.Field;

/// <summary>Databases that are not in UTF-8, and names that a client of UTF-8 cannot be given.</summary>
public sealed class EncodingTests(EncodingTests.Server server) : IClassFixture<EncodingTests.Server>
{
    private static readonly CultureInfo s_english = CultureInfo.GetCultureInfo("en");

    /// <summary>One server with logical replication for all of these databases.</summary>
    public sealed class Server : IAsyncLifetime
    {
        public PostgresSandbox Sandbox { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            Sandbox = await SandboxFixture.FreshAsync(SandboxProfile.AmazonRds, 18);
            using var engine = new EngineHarness(Sandbox);
            await engine.TurnOnLogicalReplicationAsync();
        }

        public async Task DisposeAsync() => await Sandbox.DisposeAsync();
    }

    [Fact]
    public async Task In_a_database_without_an_encoding_one_bad_name_costs_one_table()
    {
        using var legacy = await AnotherDatabase.MakeAsync(server.Sandbox, "legacy", "SQL_ASCII");
        await legacy.AdminAsync("CREATE TABLE plain (id int PRIMARY KEY, name text); CREATE TABLE \"naïve\" (id int PRIMARY KEY)");
        await legacy.AdminInBytesAsync("CREATE TABLE \"caf\u00e9\" (id int PRIMARY KEY)");
        await legacy.AdminInBytesAsync($"CREATE TABLE \"{new string('\u00e9', 63)}\" (id int PRIMARY KEY)");
        await legacy.AdminInBytesAsync("CREATE TABLE seasons (id int PRIMARY KEY, \"\u00e9t\u00e9\" text)");
        await legacy.AdminInBytesAsync("CREATE TABLE log (id int, d date, PRIMARY KEY (id, d)) PARTITION BY RANGE (d)");
        await legacy.AdminInBytesAsync("CREATE TABLE \"log_ao\u00fbt\" PARTITION OF log FOR VALUES FROM ('2026-08-01') TO ('2026-09-01')");
        await legacy.AdminAsync("CREATE TABLE base (id int PRIMARY KEY); CREATE TABLE heir (PRIMARY KEY (id)) INHERITS (base)");
        await legacy.AdminInBytesAsync("CREATE TABLE \"h\u00e9ritier\" (PRIMARY KEY (id)) INHERITS (heir)");
        await legacy.AdminInBytesAsync("CREATE SCHEMA \"\u00fcber\"");
        await legacy.AdminInBytesAsync("CREATE TABLE \"\u00fcber\".t (id int PRIMARY KEY)");

        var inspection = await legacy.InspectAsync();
        var applied = await legacy.ApplyAsync();
        var proof = await legacy.VerifyAsync();

        Assert.Empty(inspection.Snapshot!.Unreadable);
        Assert.DoesNotContain(inspection.Findings, f => f.IsUndetermined);
        Assert.Equal((FindingState.Warning, "no-encoding", "SQL_ASCII"), Of(inspection, RequirementId.Encoding));
        Assert.Equal(["public.\"naïve\"", "public.plain"], inspection.Tables.Chosen.Select(t => t.Ref.ToString()).Order(StringComparer.Ordinal));
        var leftOut = Assert.Single(inspection.Findings, f => f.Id == RequirementId.Names);
        Assert.Equal((FindingState.Advice, "bytes-left-out"), (leftOut.State, leftOut.Case));
        Assert.Equal(
            [$"public.\"{string.Concat(Enumerable.Repeat("\\xE9", 63))}\"", "public.\"caf\\xE9\"", "public.\"h\\xE9ritier\"", "public.\"log_ao\\xFBt\"", "public.seasons.\\xE9t\\xE9"],
            leftOut.Subjects.Select(s => s.Name).Order(StringComparer.Ordinal));
        Assert.True(applied.Outcome == ApplyOutcome.Completed, applied.Problem?.Server?.Text);
        Assert.All(proof, e => Assert.True(e.State != ProofState.Failed, e.Id + " " + e.Problem?.Key));
        Assert.Equal("id", Assert.Single(Assert.Single((await legacy.ColumnsAsync(new TableRef("public", "naïve"))).Tables).Columns).Name);
        Assert.Equal(ApplyOutcome.Completed, (await legacy.UndoAsync()).Outcome);
        var undone = (await legacy.InspectAsync()).Snapshot!;
        Assert.Null(undone.Publication);
        Assert.DoesNotContain(undone.Tables, t => t.UserCanSelect == true);
    }

    /// <summary>What the warning says of a single value is what the server does.</summary>
    [Fact]
    public async Task In_a_database_without_an_encoding_one_bad_value_stops_the_copy_and_the_stream()
    {
        using var legacy = await AnotherDatabase.MakeAsync(server.Sandbox, "valued", "SQL_ASCII");
        await legacy.AdminAsync("CREATE TABLE people (id int PRIMARY KEY, name text)");
        await legacy.AdminInBytesAsync("INSERT INTO people VALUES (1, 'Ren\u00e9')");
        var applied = await legacy.ApplyAsync();
        Assert.True(applied.Outcome == ApplyOutcome.Completed, applied.Problem?.Server?.Text);

        var said = FindingText.For(Assert.Single((await legacy.InspectAsync()).Findings, f => f.Id == RequirementId.Encoding && f.State == FindingState.Warning), s_english);
        Assert.Equal("One value that is not UTF-8 is enough: the first copy fails with 22021, or the stream stops there and the slot holds WAL until somebody drops it.", said.Consequence);
        const string Look = "\\copy (SELECT * FROM \"public\".\"people\") to /dev/null";
        Assert.Contains(Look, said.Fix, StringComparison.Ordinal);
        var (_, error) = await PsqlRun.AsAdminAsync(server.Sandbox, "SET client_encoding TO UTF8;\n" + Look, "", "valued");
        Assert.Contains("invalid byte sequence for encoding \"UTF8\": 0xe9", error, StringComparison.Ordinal);

        var login = new NpgsqlConnectionStringBuilder(server.Sandbox.AdminConnectionString)
        {
            Database = "valued",
            Username = legacy.Goal.User,
            Password = EngineHarness.ClickPipesPassword,
            Pooling = false,
        }.ConnectionString;
        await using (var copy = new NpgsqlConnection(login))
        {
            await copy.OpenAsync();
            Assert.Equal("UTF8", await copy.ScalarAsync<string>("SHOW client_encoding"));
            Assert.Equal(1L, await copy.ScalarAsync<long>("SELECT count(*) FROM people"));
            var refused = await Assert.ThrowsAsync<PostgresException>(() => copy.ScalarAsync<int>("SELECT * FROM people"));
            Assert.Equal(PostgresErrorCodes.CharacterNotInRepertoire, refused.SqlState);
        }

        await using (var maker = new LogicalReplicationConnection(login))
        {
            await maker.Open();
            await maker.CreatePgOutputReplicationSlot("legacy_values");
        }

        await using var superuser = await server.Sandbox.OpenSuperuserAsync("valued", CancellationToken.None);
        try
        {
            await legacy.AdminAsync("INSERT INTO people VALUES (2, 'Rene')");
            var good = await superuser.ScalarAsync<string>("SELECT pg_current_wal_insert_lsn()::text");
            await legacy.AdminInBytesAsync("INSERT INTO people VALUES (3, 'Ren\u00e9')");
            await legacy.AdminAsync("INSERT INTO people VALUES (4, 'Rene')");

            // The good one before it arrives, and nothing behind it, however often somebody connects.
            Assert.Equal((1, PostgresErrorCodes.CharacterNotInRepertoire), await StreamAsync());
            var (commits, state) = await StreamAsync();
            Assert.Equal((true, PostgresErrorCodes.CharacterNotInRepertoire), (commits <= 1, state));
            Assert.True(await superuser.ScalarAsync<bool>($"SELECT confirmed_flush_lsn <= '{good}' AND restart_lsn <= '{good}' FROM pg_replication_slots WHERE slot_name = 'legacy_values'"));
        }
        finally
        {
            await superuser.ExecuteAsync("SELECT pg_drop_replication_slot('legacy_values')");
        }

        async Task<(int Commits, string State)> StreamAsync()
        {
            await using var stream = new LogicalReplicationConnection(login);
            await stream.Open();
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            var commits = 0;
            var refused = await Assert.ThrowsAsync<PostgresException>(async () =>
            {
                await foreach (var message in stream.StartReplication(new PgOutputReplicationSlot("legacy_values"), new PgOutputReplicationOptions("clickpipes", PgOutputProtocolVersion.V1), patience.Token))
                {
                    stream.SetReplicationStatus(message.WalEnd);
                    commits += message is CommitMessage ? 1 : 0;
                }
            });
            await Eventually.TrueAsync(async () => !await superuser.ScalarAsync<bool>("SELECT active FROM pg_replication_slots WHERE slot_name = 'legacy_values'"), "The slot stays in use.");
            return (commits, refused.SqlState);
        }
    }

    [Fact]
    public async Task A_bad_name_that_is_published_is_in_the_way_and_can_be_renamed_without_being_typed()
    {
        using var legacy = await AnotherDatabase.MakeAsync(server.Sandbox, "published", "SQL_ASCII");
        await legacy.AdminInBytesAsync("CREATE SCHEMA \"\u00fcber\"");
        await legacy.AdminInBytesAsync("CREATE TABLE \"\u00fcber\".\"caf\u00e9\" (\"cl\u00e9\" int PRIMARY KEY)");
        await legacy.AdminAsync("CREATE TABLE plain (id int PRIMARY KEY)");
        await legacy.SuperuserAsync("CREATE PUBLICATION clickpipes FOR ALL TABLES");
        legacy.Goal = new SetupGoal { Publication = "clickpipes" };
        await legacy.ApplyAsync();

        var found = Names(await legacy.InspectAsync());
        var proof = await legacy.VerifyAsync();

        Assert.Equal((FindingState.Blocking, "bytes"), (found.State, found.Case));
        Assert.Equal(["\"\\xFCber\".\"caf\\xE9\"", "\"\\xFCber\".\"caf\\xE9\".cl\\xE9"], found.Subjects.Select(s => s.Name));
        Assert.DoesNotContain('\uDBFF', FindingText.For(found, s_english).Title);
        var failed = Assert.Single(proof, e => e.State == ProofState.Failed);
        Assert.Equal((RequirementId.ProofPublication, "proof-not-text", RequirementId.Names, "22021"), (failed.Id, failed.Problem!.Key, failed.Owner, failed.Problem.Server!.SqlState));
        for (var left = 3; left > 0; left--)
        {
            await legacy.AdminAsync((string)found.Arguments["statement"]!);
            found = Names(await legacy.InspectAsync());
            Assert.Equal(left > 1 ? "bytes" : "ok", found.Case);
        }

        Assert.DoesNotContain(await legacy.VerifyAsync(), e => e.State == ProofState.Failed);
    }

    [Fact]
    public async Task A_table_asked_for_by_name_is_in_the_way_when_one_of_its_columns_cannot_be_named()
    {
        using var legacy = await AnotherDatabase.MakeAsync(server.Sandbox, "named", "SQL_ASCII");
        await legacy.AdminInBytesAsync("CREATE TABLE seasons (id int PRIMARY KEY, \"\u00e9t\u00e9\" int)");
        legacy.Goal = new SetupGoal { Tables = [new TableRef("public", "seasons")] };

        var inspection = await legacy.InspectAsync();

        Assert.Equal((FindingState.Blocking, "bytes"), (Names(inspection).State, Names(inspection).Case));
        Assert.Empty(inspection.Tables.Chosen);
        Assert.DoesNotContain(legacy.Plan(inspection).Changes, c => c.Statement.Display.Contains("seasons", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_an_encoding_has_no_counterpart_for_is_called_what_it_is()
    {
        using var windows = await AnotherDatabase.MakeAsync(server.Sandbox, "windows", "WIN1252");
        await windows.AdminAsync("CREATE TABLE plain (id int PRIMARY KEY)");
        await windows.ApplyAsync();

        // UTF-8 that was taken for what it is not: "\u00c1" in two bytes, the second of which Windows-1252 has no character for.
        await windows.AdminInBytesAsync("ALTER TABLE plain ADD COLUMN \"\u00c3\u0081\" int");
        var failed = Assert.Single(await windows.VerifyAsync(), e => e.State == ProofState.Failed);
        await windows.AdminInBytesAsync("CREATE TABLE \"\u00c3\u0081\" (id int PRIMARY KEY)");
        var unread = Assert.Single((await windows.InspectAsync()).Findings, f => f.Id == RequirementId.TableKind);

        Assert.Equal((RequirementId.ProofRead, "proof-not-text", RequirementId.Names), (failed.Id, failed.Problem!.Key, failed.Owner));
        Assert.Contains("public.plain", FindingText.For(failed.Problem, s_english).Title, StringComparison.Ordinal);
        Assert.Equal(FindingState.Unknown, unread.State);
        Assert.Contains("not in the database's encoding (22P05)", FindingText.For(unread, s_english).Title, StringComparison.Ordinal);
        Assert.DoesNotContain("connect with a login", FindingText.For(unread, s_english).Fix, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_role_in_the_bytes_of_another_database_costs_nothing()
    {
        using var latin = await AnotherDatabase.MakeAsync(server.Sandbox, "latin", "LATIN1");
        using var unicode = await AnotherDatabase.MakeAsync(server.Sandbox, "unicode");
        await latin.SuperuserAsync("CREATE ROLE \"rené\" LOGIN");
        try
        {
            await unicode.SuperuserAsync(
                """
                CREATE TABLE public.orders (id int PRIMARY KEY);
                CREATE SCHEMA theirs;
                CREATE TABLE theirs.t (id int PRIMARY KEY);
                DO $$BEGIN EXECUTE (SELECT string_agg(format('ALTER %s OWNER TO %I', what, rolname), '; ') FROM pg_roles, unnest(ARRAY['SCHEMA theirs', 'TABLE theirs.t']) what WHERE rolname::text LIKE 'ren%'); END$$;
                """);
            unicode.Goal = new SetupGoal { Schemas = ["public", "theirs"] };

            var inspection = await unicode.InspectAsync();

            Assert.Empty(inspection.Snapshot!.Unreadable);
            Assert.DoesNotContain(inspection.Findings, f => f.IsUndetermined);
            Assert.Contains("ren\\xE9", string.Concat(inspection.Findings.Select(f => FindingText.For(f, s_english).Fix + f.Subjects.Select(s => s.Name).FirstOrDefault())), StringComparison.Ordinal);
            Assert.DoesNotContain(unicode.Plan(inspection).Changes, c => c.Statement.Display.Contains('\uDBFF', StringComparison.Ordinal));
        }
        finally
        {
            await unicode.SuperuserAsync("DROP SCHEMA theirs CASCADE");
            await latin.SuperuserAsync("DROP ROLE \"rené\"");
        }
    }

    [Fact]
    public async Task An_encoding_with_a_conversion_is_fine()
    {
        using var korean = await AnotherDatabase.MakeAsync(server.Sandbox, "korean", "EUC_KR");
        await korean.AdminAsync("CREATE TABLE 주문 (id int PRIMARY KEY, 이름 text)");

        var inspection = await korean.InspectAsync();
        var applied = await korean.ApplyAsync();

        Assert.Equal((FindingState.Satisfied, "ok", "EUC_KR"), Of(inspection, RequirementId.Encoding));
        Assert.Equal("주문", Assert.Single(inspection.Tables.Chosen).Ref.Name);
        Assert.Equal(ApplyOutcome.Completed, applied.Outcome);
        Assert.DoesNotContain(await korean.VerifyAsync(), e => e.State == ProofState.Failed);
    }

    /// <summary>The server counts 63 bytes in its own encoding; in UTF-8 the same name has more.</summary>
    [Fact]
    public async Task A_name_that_fits_in_the_servers_encoding_and_is_longer_in_another_is_a_name_as_any()
    {
        using var korean = await AnotherDatabase.MakeAsync(server.Sandbox, "korean_long", "EUC_KR");
        var name = new string('\uac00', 31);
        await korean.AdminAsync($"CREATE TABLE \"{name}\" (id int PRIMARY KEY); CREATE TABLE \"{name[1..]}\" (id int PRIMARY KEY)");

        var inspection = await korean.InspectAsync();
        var applied = await korean.ApplyAsync();

        Assert.DoesNotContain(inspection.Findings, static f => f.IsUndetermined);
        Assert.Equal([name[1..], name], inspection.Tables.Chosen.Select(static t => t.Ref.Name).Order(StringComparer.Ordinal));
        Assert.True(applied.Outcome == ApplyOutcome.Completed, applied.Problem?.Server?.Text);
        Assert.All(await korean.VerifyAsync(), static e => Assert.True(e.State != ProofState.Failed, e.Id + " " + e.Problem?.Key));
        Assert.Equal(ApplyOutcome.Completed, (await korean.UndoAsync()).Outcome);
    }

    [Fact]
    public async Task An_encoding_without_a_conversion_refuses_the_log_in_and_that_is_said()
    {
        using var mule = await AnotherDatabase.MakeAsync(server.Sandbox, "mule", "MULE_INTERNAL");

        var reachable = Assert.Single((await mule.InspectAsync()).Findings, f => f.Id == RequirementId.Reachable);

        Assert.Equal(("encoding", FindingState.Blocking), (reachable.Case, reachable.State));
        Assert.Contains("MULE_INTERNAL", FindingText.For(reachable, s_english).Why, StringComparison.Ordinal);
    }

    private static (FindingState State, string Case, string Actual) Of(Inspection inspection, RequirementId id)
    {
        var finding = Assert.Single(inspection.Findings, f => f.Id == id);
        return (finding.State, finding.Case, finding.Actual);
    }

    private static Finding Names(Inspection inspection) => Assert.Single(inspection.Findings, f => f.Id == RequirementId.Names);
}
