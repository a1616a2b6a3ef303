using SetupWizard.Core.Model;
using SetupWizard.Sandbox;
using SetupWizard.Server.Tests.Support;

namespace SetupWizard.Server.Tests.Field;

/// <summary>What somebody set after the wizard is theirs: an undo leaves it and says so.</summary>
[Collection(SandboxFixture.Families)]
public sealed class UndoOfChangedThingsTests(SandboxFixture sandboxes)
{
    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Identity_publication_and_its_options_that_somebody_changed_since_stay(int major)
    {
        await using var source = await UndoSource.AtAsync(sandboxes.SharedAsync(SandboxProfile.AmazonRds, major));
        await source.Admin.ExecuteAsync($"""
            CREATE TABLE {source.Schema}.full_1 (v text); CREATE TABLE {source.Schema}.full_2 (v text); CREATE TABLE {source.Schema}.keyed (id int PRIMARY KEY);
            CREATE TABLE {source.Schema}.parted (id int PRIMARY KEY) PARTITION BY RANGE (id);
            CREATE PUBLICATION {source.Goal.Publication} FOR TABLE {source.Schema}.keyed WITH (publish = 'insert')
            """);
        source.Goal = source.Goal with { Identities = [new(new(source.Schema, "full_1"), IdentityKind.Full, OnlyGrows: true), new(new(source.Schema, "full_2"), IdentityKind.Full, OnlyGrows: true)] };
        await source.ApplyAsync();
        Assert.Equal("ff true tttf", await StateAsync());

        await source.Admin.ExecuteAsync($"ALTER TABLE {source.Schema}.full_1 REPLICA IDENTITY NOTHING; ALTER PUBLICATION {source.Goal.Publication} SET (publish = 'insert, delete')");
        var undo = await source.UndoAsync();

        Assert.Equal("nd false tftf", await StateAsync());
        Assert.Equal(
            ["identity-full NOTHING", "publication-operations insert, delete"],
            undo.LeftAlone.Select(l => $"{l.Change.Kind["undo-".Length..]} {l.Problem.Arguments["now"]}").Order(StringComparer.Ordinal));
        Assert.Empty((await source.UndoPlanAsync()).Changes);

        async Task<string> StateAsync() => await source.Superuser.ScalarAsync<string>($"""
            SELECT (SELECT string_agg(relreplident::text, '' ORDER BY relname) FROM pg_class WHERE relnamespace = '{source.Schema}'::regnamespace AND relname LIKE 'full%')
                || ' ' || pubviaroot || ' ' || concat(pubinsert, pubupdate, pubdelete, pubtruncate) FROM pg_publication WHERE pubname = '{source.Goal.Publication}'
            """);
    }

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Publication_that_has_somebody_elses_tables_by_now_stays_with_all_its_tables(int major)
    {
        await using var source = await UndoSource.AtAsync(sandboxes.SharedAsync(SandboxProfile.AmazonRds, major));
        await source.Admin.ExecuteAsync($"CREATE TABLE {source.Schema}.t (id int PRIMARY KEY); CREATE TABLE {source.Schema}.theirs (id int PRIMARY KEY)");
        source.Goal = source.Goal with { Schemas = [], Tables = [new(source.Schema, "t")] };
        await source.ApplyAsync();
        await source.Admin.ExecuteAsync($"ALTER PUBLICATION {source.Goal.Publication} ADD TABLE {source.Schema}.theirs");

        var undo = await source.UndoAsync();

        var left = Assert.Single(undo.LeftAlone);
        Assert.Equal(("undo-left-publication", $"{source.Schema}.theirs"), (left.Problem.Key, (string)left.Problem.Arguments["members"]!));
        Assert.Equal(2, await source.Superuser.ScalarAsync<long>($"SELECT count(*) FROM pg_publication_tables WHERE pubname = '{source.Goal.Publication}'"));
        Assert.False(await source.Superuser.ScalarAsync<bool>($"SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = '{source.Goal.User}')"));
    }

    /// <summary>What a publication lists has to be known before it goes: anybody may have put something into it.</summary>
    [Theory]
    [InlineData(15, "pg_publication_namespace")]
    [InlineData(18, "pg_inherits")]
    public async Task Publication_whose_tables_cannot_be_read_stays(int major, string catalog)
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.AmazonRds, major);
        await using var source = await UndoSource.AtAsync(Task.FromResult(sandbox));
        await source.Admin.ExecuteAsync($"CREATE TABLE {source.Schema}.t (id int PRIMARY KEY); CREATE SCHEMA theirs");
        await source.ApplyAsync();
        await source.Superuser.ExecuteAsync($"ALTER PUBLICATION {source.Goal.Publication} ADD TABLES IN SCHEMA theirs; REVOKE SELECT ON pg_catalog.{catalog} FROM PUBLIC");

        var undo = await source.UndoPlanAsync();

        Assert.DoesNotContain(undo.Changes, static c => c.Phase == ChangePhase.Publication);
        var left = Assert.Single(undo.LeftAlone, static l => l.Change.Kind == "undo-create-publication");
        Assert.Equal(("undo-left-unread", "42501"), (left.Problem.Key, (string)left.Problem.Arguments["reason"]!));
    }

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Index_that_identified_rows_before_does_so_again(int major)
    {
        await using var source = await UndoSource.AtAsync(sandboxes.SharedAsync(SandboxProfile.AmazonRds, major));
        await source.Admin.ExecuteAsync($"""
            CREATE TABLE {source.Schema}.q (id int PRIMARY KEY, w int NOT NULL); CREATE UNIQUE INDEX "q X" ON {source.Schema}.q (w);
            ALTER TABLE {source.Schema}.q REPLICA IDENTITY USING INDEX "q X"
            """);
        source.Goal = source.Goal with { Identities = [new(new(source.Schema, "q"), IdentityKind.Full)] };
        await source.ApplyAsync();
        Assert.Equal("f", await IdentityAsync(source, "q"));

        var undo = await source.UndoAsync();

        Assert.Empty(undo.LeftAlone);
        Assert.Equal("i", await IdentityAsync(source, "q"));
        Assert.Equal("q X", await source.Superuser.ScalarAsync<string>($"SELECT x.relname::text FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid WHERE i.indrelid = '{source.Schema}.q'::regclass AND i.indisreplident"));
    }

    /// <summary>An index may go while whole rows are logged, and cannot be gone back to then; and one that was chosen may go, and is not what it was left at.</summary>
    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Identity_whose_index_is_gone_is_left_and_said(int major)
    {
        await using var source = await UndoSource.AtAsync(sandboxes.SharedAsync(SandboxProfile.AmazonRds, major));
        await source.Admin.ExecuteAsync($"""
            CREATE TABLE {source.Schema}.was (id int PRIMARY KEY, w int NOT NULL); CREATE UNIQUE INDEX was_w ON {source.Schema}.was (w);
            ALTER TABLE {source.Schema}.was REPLICA IDENTITY USING INDEX was_w;
            CREATE TABLE {source.Schema}.became (id int PRIMARY KEY, w int NOT NULL); CREATE UNIQUE INDEX became_w ON {source.Schema}.became (w)
            """);
        source.Goal = source.Goal with { Identities = [new(new(source.Schema, "was"), IdentityKind.Full), new(new(source.Schema, "became"), IdentityKind.Index, "became_w")] };
        await source.Admin.ExecuteAsync($"ALTER TABLE {source.Schema}.became REPLICA IDENTITY NOTHING");
        await source.ApplyAsync();
        await source.Admin.ExecuteAsync($"DROP INDEX {source.Schema}.was_w, {source.Schema}.became_w");

        var undo = await source.UndoAsync();

        Assert.Equal(
            [$"undo-left-changed {source.Schema}.became", $"undo-left-index {source.Schema}.was"],
            undo.LeftAlone.Select(l => $"{l.Problem.Key} {l.Change.Arguments["table"]}").Order(StringComparer.Ordinal));
        Assert.Equal(("f", "i"), (await IdentityAsync(source, "was"), await IdentityAsync(source, "became")));
        Assert.Empty((await source.UndoPlanAsync()).Changes);
    }

    /// <summary>The publication is the older change; were the identity taken back before it, UPDATE would fail in between, and for good if the publication then stayed.</summary>
    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task What_publishes_goes_before_what_identifies_rows(int major)
    {
        await using var source = await UndoSource.AtAsync(sandboxes.SharedAsync(SandboxProfile.AmazonRds, major));
        await source.Admin.ExecuteAsync($"CREATE TABLE {source.Schema}.k (id int CONSTRAINT k_key PRIMARY KEY, v text); INSERT INTO {source.Schema}.k VALUES (1, 'a')");
        await source.ApplyAsync();
        await source.Admin.ExecuteAsync($"ALTER TABLE {source.Schema}.k DROP CONSTRAINT k_key");
        source.Goal = source.Goal with { Identities = [new(new(source.Schema, "k"), IdentityKind.Full, OnlyGrows: true)] };
        await source.ApplyAsync();

        var plan = await source.UndoPlanAsync();

        var kinds = plan.Changes.Select(static c => c.Kind).ToList();
        Assert.InRange(kinds.IndexOf("undo-identity-full"), kinds.IndexOf("undo-create-publication") + 1, int.MaxValue);
        await source.RunAsync(plan);
        Assert.Equal("d", await IdentityAsync(source, "k"));
        await source.Admin.ExecuteAsync($"UPDATE {source.Schema}.k SET v = 'b'; DELETE FROM {source.Schema}.k");
    }

    [Theory]
    [InlineData(15, "FOR TABLE {0}.nk")]
    [InlineData(18, "FOR TABLE {0}.nk")]
    [InlineData(18, "FOR TABLES IN SCHEMA {0}")]
    [InlineData(18, "FOR TABLE {0}.root")]
    public async Task Identity_that_somebody_elses_publication_needs_by_now_stays(int major, string what)
    {
        await using var source = await UndoSource.AtAsync(sandboxes.SharedAsync(SandboxProfile.AmazonRds, major));
        await source.Admin.ExecuteAsync($"""
            CREATE TABLE {source.Schema}.nk (id int, v text); INSERT INTO {source.Schema}.nk VALUES (1, 'a'); CREATE TABLE {source.Schema}.free (id int, v text);
            CREATE TABLE {source.Schema}.root (id int, v text) PARTITION BY RANGE (id); ALTER TABLE {source.Schema}.root ATTACH PARTITION {source.Schema}.nk FOR VALUES FROM (0) TO (10)
            """);
        source.Goal = source.Goal with { Identities = [new(new(source.Schema, "root"), IdentityKind.Full, OnlyGrows: true), new(new(source.Schema, "free"), IdentityKind.Full, OnlyGrows: true)] };
        await source.ApplyAsync();
        var other = source.Schema + "_other";
        await source.Superuser.ExecuteAsync($"CREATE PUBLICATION {other} " + string.Format(System.Globalization.CultureInfo.InvariantCulture, what, source.Schema));
        try
        {
            var undo = await source.UndoAsync();

            Assert.Contains(undo.LeftAlone, l => l.Problem.Key == "undo-left-identity" && (string)l.Problem.Arguments["table"]! == $"{source.Schema}.nk" && (string)l.Problem.Arguments["publications"]! == other);
            Assert.Equal("f", await IdentityAsync(source, "nk"));
            Assert.Equal(what.Contains("SCHEMA", StringComparison.Ordinal) ? "f" : "d", await IdentityAsync(source, "free"));
            await source.Admin.ExecuteAsync($"UPDATE {source.Schema}.root SET v = 'b'; UPDATE {source.Schema}.free SET v = 'b'; DELETE FROM {source.Schema}.root");
        }
        finally
        {
            await source.Superuser.ExecuteAsync($"DROP PUBLICATION {other}");
        }
    }

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Identity_is_taken_back_on_the_table_it_was_given_whatever_has_its_name_by_now(int major)
    {
        await using var source = await UndoSource.AtAsync(sandboxes.SharedAsync(SandboxProfile.AmazonRds, major));
        await source.Admin.ExecuteAsync($"CREATE TABLE {source.Schema}.t (id int, v text)");
        source.Goal = source.Goal with { Identities = [new(new(source.Schema, "t"), IdentityKind.Full, OnlyGrows: true)] };
        await source.ApplyAsync();
        await source.Admin.ExecuteAsync($"ALTER TABLE {source.Schema}.t RENAME TO t_old; CREATE TABLE {source.Schema}.t (id int, v text); ALTER TABLE {source.Schema}.t REPLICA IDENTITY FULL");

        await source.UndoAsync();

        Assert.Equal(("d", "f"), (await IdentityAsync(source, "t_old"), await IdentityAsync(source, "t")));
    }

    private static async Task<string> IdentityAsync(UndoSource source, string table) =>
        await source.Superuser.ScalarAsync<string>($"SELECT relreplident::text FROM pg_class WHERE oid = '{source.Schema}.{table}'::regclass");

    /// <summary>Two changes of one thing are taken back one after the other; when somebody came between them, only as far as it is the wizard's.</summary>
    [Fact]
    public async Task Parameter_that_somebody_changed_since_is_not_reset_and_a_reload_alone_is_nothing_to_undo()
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.Plain, 18);
        await using var source = await UndoSource.AtAsync(Task.FromResult(sandbox));
        await source.Superuser.SetAsync("max_slot_wal_keep_size", "10GB");
        await source.ApplyAsync(RequirementId.WalRetention);
        await source.Superuser.SetAsync("max_slot_wal_keep_size", "321GB");

        var undo = await source.UndoPlanAsync();

        Assert.Empty(undo.Changes);
        var left = Assert.Single(undo.LeftAlone);
        Assert.Equal(("undo-left-changed", "321GB", "200GB"), (left.Problem.Key, (string)left.Problem.Arguments["now"]!, (string)left.Problem.Arguments["set"]!));

        // Back at what the wizard had set, it is the wizard's again, and what was there before it comes back.
        await source.Superuser.SetAsync("max_slot_wal_keep_size", "200GB");
        await source.UndoAsync();
        await Eventually.TrueAsync(async () => await source.Superuser.ScalarAsync<string>("SHOW max_slot_wal_keep_size") == "10GB", "The former value did not come back.");
    }
}
