using System.Collections;
using System.Globalization;
using System.Resources;
using System.Text;
using System.Text.Json;
using SetupWizard.Core.Model;
using SetupWizard.Core.Reading;
using SetupWizard.Core.Requirements;
using SetupWizard.Core.Text;
using SetupWizard.Core.Watching;
using SetupWizard.Core.Wording;

namespace SetupWizard.Core.Tests.Watching;

/// <summary>A finished set-up beside what is read later.</summary>
public sealed class BaselineReviewTests
{
    private static SnapshotBuilder FullPartitions() => SnapshotBuilder.Plain().Publication(p => p with { ViaRoot = true })
        .Table("public", "log", t => t with { Kind = RelationKind.Partitioned, PrimaryKey = KeyState.None, Identity = ReplicaIdentityKind.Full })
        .Table("public", "log_1", t => t with { Root = new("public", "log"), PrimaryKey = KeyState.None, Identity = ReplicaIdentityKind.Full });

    private static readonly DateTimeOffset s_finished = new(2026, 1, 10, 9, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset s_now = new(2026, 1, 15, 12, 0, 0, TimeSpan.Zero);

    /// <summary>One change after the set-up, what it is called, and what it means.</summary>
    public static IReadOnlyList<(string Case, FindingState State, string Words, Func<SnapshotBuilder> Then, Func<SnapshotBuilder, SnapshotBuilder> Change)> Changes { get; } =
    [
        Row("server", FindingState.Satisfied, "PostgreSQL was 16.10 and is 16.13.", b => b.Server(s => s with { VersionNumber = 160013 })),
        Row("standby", FindingState.Blocking, "The server was the primary and is a standby now.", b => b.Server(s => s with { InRecovery = true })),
        Row("primary", FindingState.Satisfied, "The server was a standby and is the primary now.", b => b.Server(s => s with { InRecovery = false }), () => SnapshotBuilder.Plain().Server(s => s with { InRecovery = true }).Setting("hot_standby_feedback", "on")),
        Row("addresses", FindingState.Satisfied, "The host name stood for 198.51.100.7 and stands for 198.51.100.9.", b => b.Addresses("198.51.100.9")),
        Row("certificate", FindingState.Satisfied, "The server's certificate was signed by CN=Public Authority and is signed by CN=Another Authority.", b => b.Issuer("CN=Another Authority")),
        Row("setting", FindingState.Blocking, "wal_level was logical and is replica.", b => b.Setting("wal_level", "replica")),
        Row("setting", FindingState.Advice, "max_slot_wal_keep_size was -1 and is 50GB.", b => b.Setting("max_slot_wal_keep_size", "50GB", "51200")),
        Row("setting", FindingState.Satisfied, "max_wal_senders was 10 and is 20.", b => b.Setting("max_wal_senders", "20")),
        Row("setting-waiting", FindingState.Warning, "wal_level was changed and takes effect at the next restart. Until then it is logical.", b => b.Setting("wal_level", "logical", pending: true)),
        Row("attached", FindingState.Advice, "New: ALTER ROLE clickpipes_user SET statement_timeout TO 5min.", b => b.RoleSetting(new(SnapshotBuilder.User, false, "statement_timeout", "5min"))),
        Row("detached", FindingState.Advice, "Gone: ALTER ROLE clickpipes_user SET wal_sender_timeout TO 0.", b => b.NoRoleSettings()),
        Row("attached-other", FindingState.Advice, "ALTER ROLE clickpipes_user SET wal_sender_timeout was 0 and is 30s.", b => b.NoRoleSettings().RoleSetting(new(SnapshotBuilder.User, false, "wal_sender_timeout", "30s"))),
        Row("other-user", FindingState.Satisfied, "The set-up was for the user clickpipes_user and is for pipes now, so the user's rights are not compared.", b => b.Goal(g => g with { User = "pipes" })),
        Row("other-publication", FindingState.Satisfied, "The set-up was for the publication clickpipes and is for mine now, so the publication is not compared.", b => b.Goal(g => g with { Publication = "mine" })),
        Row("user-gone", FindingState.Blocking, "The user clickpipes_user is gone.", b => b.NoUser()),
        Row("user-attributes", FindingState.Blocking, "clickpipes_user had LOGIN, REPLICATION and has LOGIN.", b => b.Role(SnapshotBuilder.User, r => r with { Replication = false })),
        Row("user-roles", FindingState.Blocking, "clickpipes_user was a member of rds_replication and is a member of none.", b => b.Role("rds_replication", r => r with { UserIsMember = false }), () => SnapshotBuilder.Rds()),
        Row("user-limit", FindingState.Blocking, "The connection limit of clickpipes_user was none and is 1.", b => b.Role(SnapshotBuilder.User, r => r with { ConnectionLimit = 1 })),
        Row("user-expired", FindingState.Blocking, "The password of clickpipes_user expired on 2026-01-14 12:00 UTC.", b => b.Role(SnapshotBuilder.User, r => r with { ValidUntil = s_now.AddDays(-1) })),
        Row("user-expires", FindingState.Warning, "The password of clickpipes_user expires on 2026-01-25 12:00 UTC.", b => b.Role(SnapshotBuilder.User, r => r with { ValidUntil = s_now.AddDays(10) })),
        Row("user-expiry", FindingState.Satisfied, "The password of clickpipes_user now expires on 2026-11-11 12:00 UTC. At the set-up: none.", b => b.Role(SnapshotBuilder.User, r => r with { ValidUntil = s_now.AddDays(300) })),
        Row("user-expiry-lifted", FindingState.Satisfied, "The password of clickpipes_user does not expire any more. At the set-up: 2026-11-11 12:00 UTC.", b => b.Role(SnapshotBuilder.User, r => r with { ValidUntil = null }), () => SnapshotBuilder.Plain().Role(SnapshotBuilder.User, r => r with { ValidUntil = s_now.AddDays(300) })),
        Row("publication-gone", FindingState.Blocking, "The publication clickpipes is gone.", b => b.NoPublication()),
        Row("publication-owner", FindingState.Satisfied, "The publication belonged to shop_admin and belongs to rdsadmin.", b => b.Publication(p => p with { Owner = SnapshotBuilder.Root })),
        Row("publication-operations", FindingState.Warning, "The publication sent insert, update, delete, truncate and sends insert, truncate.", b => b.Publication(p => p with { Update = false, Delete = false })),
        Row("publication-all-tables", FindingState.Advice, "FOR ALL TABLES of the publication was off and is on.", b => b.Publication(p => p with { AllTables = true })),
        Row("publication-via-root", FindingState.Satisfied, "publish_via_partition_root of the publication was off and is on.", b => b.Publication(p => p with { ViaRoot = true })),
        Row("publication-generated", FindingState.Satisfied, "publish_generated_columns of the publication was none and is stored.", b => b.Publication(p => p with { GeneratedColumns = true }), () => SnapshotBuilder.Plain(180003)),
        Row("publication-schemas", FindingState.Satisfied, "Schemas published as a whole: none then, public now.", b => b.Publication(p => p with { Schemas = ["public"] })),
        Row("tables-chosen", FindingState.Blocking, "The chosen tables are not the same: 302 then, 303 now.", b => b.Table("public", "zzz", t => t with { InPublication = false }), Many),
        Row("tables-published", FindingState.Blocking, "The published tables are not the same: 302 then, 301 now.", b => b.Table("public", "t1", t => t with { InPublication = false }), Many),
        Row("new-neither", FindingState.Blocking, "New table: public.fresh. clickpipes_user may not read it, and it is missing from the publication.", b => b.Table("public", "fresh", t => t with { UserCanSelect = false, InPublication = false })),
        Row("new-unreadable", FindingState.Blocking, "New table: public.fresh. Published, but clickpipes_user may not read it.", b => b.Table("public", "fresh", t => t with { UserCanSelect = false })),
        Row("new-unpublished", FindingState.Blocking, "New tables: public.fresh, public.newer. clickpipes_user may read them, but they are missing from the publication.", b => b.Table("public", "fresh", t => t with { InPublication = false }).Table("public", "newer", t => t with { InPublication = false })),
        Row("new-keyless", FindingState.Advice, "New table without a usable key: public.fresh. Its rows do not reach ClickHouse.", b => b.Table("public", "fresh", t => t with { PrimaryKey = KeyState.None, UserCanSelect = false, InPublication = false })),
        Row("new-fits", FindingState.Satisfied, "New table: public.fresh. Readable and published, to be added to the pipe when wanted.", b => b.Table("public", "fresh")),
        Row("new-outside", FindingState.Satisfied, "New table outside of what was chosen: public.fresh.", b => b.Table("public", "fresh", t => t with { Persistence = 'u', InPublication = false })),
        Row("tables-gone", FindingState.Advice, "Table dropped or renamed: public.orders. The pipe gets no more changes of it.", b => Without(b, "orders")),
        Row("others-gone", FindingState.Satisfied, "Table dropped or renamed, outside of what was chosen: public.cache.", b => Without(b, "cache"), () => SnapshotBuilder.Plain().Table("public", "cache", t => t with { Persistence = 'u', InPublication = false })),
        Row("unpublished", FindingState.Blocking, "Table taken out of the publication: public.orders.", b => b.Table("public", "orders", t => t with { InPublication = false })),
        Row("published", FindingState.Blocking, "Table added to the publication: public.cache.", b => b.Table("public", "cache", t => t with { PrimaryKey = KeyState.None }), () => SnapshotBuilder.Plain().Table("public", "cache", t => t with { PrimaryKey = KeyState.None, InPublication = false })),
        Row("unreadable", FindingState.Blocking, "clickpipes_user may no longer read this table: public.orders.", b => b.Table("public", "orders", t => t with { UserCanSelect = false })),
        Row("identity-lost", FindingState.Blocking, "Published table without a usable key now: public.orders. UPDATE and DELETE on it fail in the application.", b => b.Table("public", "orders", t => t with { PrimaryKey = KeyState.None })),
        Row("new-unpublished", FindingState.Blocking, "New table: public.kid. clickpipes_user may read it, but it is missing from the publication.",
            b => b.Table("public", "kid", t => t with { Parents = [new("public", "orders")], InPublication = false })),
        Row("new-unreadable", FindingState.Blocking, "New table: public.kid. Published, but clickpipes_user may not read it.",
            b => b.Table("public", "kid", t => t with { Parents = [new("public", "orders")], UserCanSelect = false })),
        Row("others-gone", FindingState.Satisfied, "Table dropped or renamed, outside of what was chosen: public.kid.", b => Without(b, "kid"),
            () => SnapshotBuilder.Plain().Table("public", "kid", t => t with { Parents = [new("public", "cache")], Persistence = 'u', InPublication = false })),
        Row("tables-gone", FindingState.Advice, "Table dropped or renamed: public.kid. The pipe gets no more changes of it.", b => Without(b, "kid"),
            () => SnapshotBuilder.Plain().Table("public", "kid", t => t with { Parents = [new("public", "orders")] })),
        Row("partitions-unidentified", FindingState.Blocking, "Partition without a usable row identity now: public.log_2. UPDATE and DELETE on it fail in the application.",
            b => b.Table("public", "log_2", t => t with { Root = new("public", "log"), PrimaryKey = KeyState.None }), FullPartitions),
        Row("partitions-unidentified", FindingState.Blocking, "Partition without a usable row identity now: public.log_2. UPDATE and DELETE on it fail in the application.",
            b => b.Table("public", "log_2", t => t with { Root = new("public", "log"), PrimaryKey = KeyState.None }),
            () => FullPartitions().Goal(g => g with { Identities = [new(new("public", "log"), IdentityKind.Full, OnlyGrows: true)] })),
        Row("identity-lost-unpublished", FindingState.Advice, "Table without a usable key now: public.orders.", b => b.Table("public", "orders", t => t with { PrimaryKey = KeyState.None, InPublication = false })),
    ];

    public static TheoryData<int> Rows => [.. Enumerable.Range(0, Changes.Count)];

    [Theory]
    [MemberData(nameof(Rows))]
    public void Change_is_told_with_both_values_and_with_what_it_means(int row)
    {
        var (situation, state, words, then, change) = Changes[row];
        var baseline = Finished(then());

        var since = BaselineReview.Compare(baseline, Read(change(then())));

        var difference = since.Differences.FirstOrDefault(d => d.Case == situation);
        Assert.True(difference is not null, "Found instead: " + string.Join(", ", since.Differences.Select(d => d.Case)));
        Assert.Equal(words, BaselineText.For(difference, baseline, CultureInfo.GetCultureInfo("en")));
        Assert.Equal(state, difference.State);
        Assert.DoesNotContain('{', BaselineText.For(difference, baseline, CultureInfo.GetCultureInfo("ko")));
    }

    [Fact]
    public void Every_sentence_is_the_one_of_a_difference_that_can_be_found()
    {
        var keys = new ResourceManager("SetupWizard.Core.Text.Watching", typeof(Messages).Assembly)
            .GetResourceSet(CultureInfo.InvariantCulture, createIfNotExists: true, tryParents: false)!
            .Cast<DictionaryEntry>().Select(e => (string)e.Key).Where(k => k.StartsWith("Since.", StringComparison.Ordinal)).Except(["Since.None"]);

        Assert.Equal(Changes.Select(c => "Since." + c.Case).Distinct().Order(StringComparer.Ordinal), keys.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(120022)]
    [InlineData(160010)]
    public void Same_source_read_again_has_not_changed(int version)
    {
        var since = BaselineReview.Compare(Finished(SnapshotBuilder.Plain(version)), Read(SnapshotBuilder.Plain(version)));

        Assert.Empty(since.Differences);
        Assert.Empty(since.Fresh);
        Assert.Empty(since.NotCompared);
    }

    [Fact]
    public void Source_with_something_in_the_way_is_no_finished_set_up()
    {
        Assert.Null(SetupBaseline.Of(Read(SnapshotBuilder.Plain().Setting("wal_level", "replica")), s_finished, proved: true));
        Assert.Null(SetupBaseline.Of(Read(SnapshotBuilder.Plain().Unreadable("pg_class")), s_finished, proved: true));
    }

    [Fact]
    public void What_the_set_up_was_finished_with_is_told_apart_from_what_came_after()
    {
        static SnapshotBuilder Then() => SnapshotBuilder.Plain().Table("public", "log", t => t with { PrimaryKey = KeyState.None, InPublication = false });

        var since = BaselineReview.Compare(Finished(Then()), Read(Then().Role(SnapshotBuilder.Admin, r => r with { Superuser = false, Replication = false }).NoDefaults()));

        Assert.Equal(["SW405 left-out"], since.Accepted.Select(f => f.Id.Code + " " + f.Case));
        Assert.Contains("SW306", since.Fresh.Select(f => f.Id.Code));
    }

    [Fact]
    public void Partition_that_is_added_is_no_new_table_and_its_grant_is_still_missed()
    {
        static SnapshotBuilder Then() => SnapshotBuilder.Plain()
            .Table("public", "events", t => t with { Kind = RelationKind.Partitioned })
            .Table("public", "events_1", t => t with { Root = new TableRef("public", "events") });

        var since = BaselineReview.Compare(
            Finished(Then().Publication(p => p with { ViaRoot = true })),
            Read(Then().Publication(p => p with { ViaRoot = true }).Table("public", "events_2", t => t with { Root = new TableRef("public", "events"), UserCanSelect = false })));

        var difference = Assert.Single(since.Differences);
        Assert.Equal(("unreadable", "public.events"), (difference.Case, Assert.Single(difference.Tables).ToString()));
        Assert.Equal(["public.events_2"], Assert.Single(difference.Findings).Subjects.Select(s => s.Name));
    }

    [Fact]
    public void What_may_not_be_read_now_is_said_and_not_taken_for_gone()
    {
        var since = BaselineReview.Compare(Finished(SnapshotBuilder.Plain()), Read(SnapshotBuilder.Plain().NoTables().NoPublication().NoUser().Unreadable("pg_class").Unreadable("pg_publication").Unreadable("pg_roles")));

        Assert.Empty(since.Differences);
        Assert.Equal(["pg_class", "pg_publication", "pg_roles"], since.NotCompared);
    }

    [Fact]
    public void Another_login_with_settings_of_its_own_is_no_change_of_the_server()
    {
        var since = BaselineReview.Compare(Finished(SnapshotBuilder.Plain()), Read(SnapshotBuilder.Plain().Setting("statement_timeout", "1min", source: "user")));

        Assert.Empty(since.Differences);
    }

    [Fact]
    public void Password_of_a_user_that_logs_in_with_a_token_may_expire()
    {
        var since = BaselineReview.Compare(Finished(SnapshotBuilder.RdsWithIam().Goal(g => g with { IamRoleArn = "arn:aws:iam::123456789012:role/pipes" })), Read(SnapshotBuilder.RdsWithIam().Role(SnapshotBuilder.User, r => r with { ValidUntil = s_now.AddDays(-1) })));

        Assert.DoesNotContain(since.Differences, d => d.Case.StartsWith("user-exp", StringComparison.Ordinal));
    }

    [Fact]
    public void Record_of_fifty_thousand_tables_has_a_few_kilobytes_and_no_parameter_that_somebody_made_up()
    {
        var builder = SnapshotBuilder.Plain().Setting("app.password", "canary").RoleSetting(new(SnapshotBuilder.User, false, "app.password", "canary"));
        foreach (var n in Enumerable.Range(0, 50_000))
        {
            // Not by the builder's own method, which looks for a table of the same name each time.
            builder.More(n);
        }

        var baseline = Finished(builder);
        var json = JsonSerializer.Serialize(baseline);

        Assert.Equal(50_002, baseline.Chosen.Count);
        Assert.Empty(BaselineReview.Compare(baseline, Read(builder)).Differences);
        Assert.Equal(["tables-chosen", "tables-published"], BaselineReview.Compare(baseline, Read(builder.More(50_000))).Differences.Select(d => d.Case));
        Assert.InRange(Encoding.UTF8.GetByteCount(json), 500, 4_000);
        Assert.DoesNotContain("canary", json, StringComparison.Ordinal);
        Assert.Equal(json, JsonSerializer.Serialize(JsonSerializer.Deserialize<SetupBaseline>(json)));
    }

    [Fact]
    public void Record_of_as_many_tables_as_are_named_is_small_too()
    {
        var builder = SnapshotBuilder.Plain();
        foreach (var n in Enumerable.Range(0, TableNames.Most - 2))
        {
            builder.More(n);
        }

        var baseline = Finished(builder);

        Assert.Equal(TableNames.Most, baseline.Chosen.Names.Count);
        Assert.Empty(baseline.Published.Names);
        Assert.InRange(JsonSerializer.SerializeToUtf8Bytes(baseline).Length, 4_000, 12_000);
    }

    [Fact]
    public void Parameters_that_are_kept_are_read_and_judged()
    {
        var judged = SetupBaseline.Of(Read(SnapshotBuilder.Rds(180003).Setting("idle_session_timeout", "0").Setting("ssl", "on").Setting("idle_in_transaction_session_timeout", "0")), s_finished, proved: true)!.Settings.Keys;
        var read = SettingNames.All.Concat(Core.Providers.ProviderCatalog.All.SelectMany(p => p.MarkerSettings.Append(p.Iam?.ReplicationSetting)));

        Assert.Equal(18, judged.Count());
        Assert.Empty(judged.Except(read));
    }

    [Fact]
    public void Names_with_dots_and_quotes_come_back_as_they_were()
    {
        TableRef[] odd = [new("a.b", "c"), new("a", "b.c"), new("Say \"hi\"", "주문"), new("select", "from")];

        Assert.Equal(odd.Order(), TableNames.Of(odd).Tables()!.Order());
        Assert.NotEqual(TableNames.Of([odd[0]]).Digest, TableNames.Of([odd[1]]).Digest);
    }

    private static SetupBaseline Finished(SnapshotBuilder source)
    {
        var inspection = Read(source);
        var baseline = SetupBaseline.Of(inspection, s_finished, proved: true);
        Assert.True(baseline is not null, string.Join("\n", inspection.Findings.Where(f => f.IsProblem).Select(f => $"{f.Id.Code} {f.Case}")));
        return baseline;
    }

    private static Inspection Read(SnapshotBuilder source)
    {
        var context = source.Build();
        return new Inspection
        {
            Goal = context.Goal,
            Endpoint = context.Endpoint,
            Snapshot = context.Snapshot,
            Provider = context.Provider,
            Detection = context.Detection,
            Findings = [.. RequirementCatalog.All.SelectMany(r => r.Evaluate(context))],
            Tables = context.Tables,
        };
    }

    private static SnapshotBuilder Many()
    {
        var builder = SnapshotBuilder.Plain();
        foreach (var n in Enumerable.Range(0, 300))
        {
            builder.Table("public", "t" + n);
        }

        return builder;
    }

    private static SnapshotBuilder Without(SnapshotBuilder source, string name)
    {
        var tables = source.Build().Snapshot.Tables.Where(t => t.Ref.Name != name).ToList();
        source.NoTables();
        foreach (var table in tables)
        {
            source.Table(table.Ref.Schema, table.Ref.Name, _ => table);
        }

        return source;
    }

    private static (string, FindingState, string, Func<SnapshotBuilder>, Func<SnapshotBuilder, SnapshotBuilder>) Row(
        string situation, FindingState state, string words, Func<SnapshotBuilder, SnapshotBuilder> change, Func<SnapshotBuilder>? then = null) =>
        (situation, state, words, then ?? (() => SnapshotBuilder.Plain()), change);
}
