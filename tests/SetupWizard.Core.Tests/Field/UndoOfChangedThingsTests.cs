using SetupWizard.Core.Model;
using SetupWizard.Core.Tests.Support;
using SetupWizard.Sandbox;

namespace SetupWizard.Core.Tests.Field;

/// <summary>What somebody set after the wizard is theirs: an undo leaves it and says so.</summary>
[Collection(SandboxFixture.Rules)]
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
