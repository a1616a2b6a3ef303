using SetupWizard.Core.Connecting;
using SetupWizard.Core.Model;
using SetupWizard.Core.Reading;
using SetupWizard.Sandbox;
using SetupWizard.Server.Tests.Support;

namespace SetupWizard.Server.Tests.Source;

/// <summary>One made-up schema with every situation a rule asks about, read on the oldest, a middle and the newest version.</summary>
public sealed class SnapshotFactsTests
{
    private const string User = "we\"ird 사용자";
    private const string Publication = "pub'lication";
    private const string UserSql = "\"we\"\"ird 사용자\"";

    private const string Common =
        $"""
        CREATE ROLE {UserSql} LOGIN CONNECTION LIMIT 7 VALID UNTIL '2040-01-02 03:04:05+00' PASSWORD 'x';
        CREATE ROLE readers; CREATE ROLE outer_readers; CREATE ROLE table_owner; CREATE ROLE other_owner;
        GRANT readers TO outer_readers; GRANT outer_readers TO {UserSql};
        ALTER ROLE {UserSql} SET wal_sender_timeout = 0;
        CREATE SCHEMA f; GRANT USAGE ON SCHEMA f TO readers;
        CREATE SCHEMA hidden; CREATE SCHEMA everybody; GRANT USAGE ON SCHEMA everybody TO PUBLIC;
        CREATE TABLE f.pk (id int PRIMARY KEY, other int NOT NULL UNIQUE);
        CREATE TABLE f.deferrable_pk (id int PRIMARY KEY DEFERRABLE INITIALLY DEFERRED);
        CREATE TABLE f.none (a int, b text);
        CREATE TABLE f.candidate (a int NOT NULL, b int NOT NULL, c int, d text NOT NULL);
        CREATE UNIQUE INDEX z_nullable ON f.candidate (c);
        CREATE UNIQUE INDEX a_partial ON f.candidate (a) WHERE a > 0;
        CREATE UNIQUE INDEX b_expression ON f.candidate (lower(d));
        ALTER TABLE f.candidate ADD CONSTRAINT c_deferrable UNIQUE (b) DEFERRABLE;
        CREATE UNIQUE INDEX "m Good" ON f.candidate (a, b) INCLUDE (c);
        CREATE TABLE f.by_index (a int NOT NULL); CREATE UNIQUE INDEX by_index_a ON f.by_index (a);
        ALTER TABLE f.by_index REPLICA IDENTITY USING INDEX by_index_a;
        CREATE TABLE f.lost_index (a int NOT NULL); CREATE UNIQUE INDEX lost_index_a ON f.lost_index (a);
        ALTER TABLE f.lost_index REPLICA IDENTITY USING INDEX lost_index_a; DROP INDEX f.lost_index_a;
        CREATE TABLE f.full (a int); ALTER TABLE f.full REPLICA IDENTITY FULL;
        CREATE TABLE f.nothing (a int PRIMARY KEY); ALTER TABLE f.nothing REPLICA IDENTITY NOTHING;
        CREATE UNLOGGED TABLE f.unlogged (a int PRIMARY KEY);
        CREATE VIEW f.view AS SELECT 1 AS a; CREATE MATERIALIZED VIEW f.matview AS SELECT 1 AS a;
        CREATE TABLE f.root (a int, b int) PARTITION BY RANGE (a);
        CREATE TABLE f.branch PARTITION OF f.root FOR VALUES FROM (0) TO (10) PARTITION BY RANGE (b);
        CREATE TABLE f.leaf PARTITION OF f.branch FOR VALUES FROM (0) TO (10);
        CREATE TABLE f."Odd "". name" (a int PRIMARY KEY);
        CREATE TABLE f.owned (a int PRIMARY KEY); ALTER TABLE f.owned OWNER TO table_owner;
        GRANT SELECT ON f.pk TO {UserSql}; GRANT SELECT ON f.none TO readers; GRANT SELECT, DELETE ON f.full TO PUBLIC;
        CREATE TABLE f.rls_none (a int); ALTER TABLE f.rls_none ENABLE ROW LEVEL SECURITY;
        CREATE TABLE f.rls_true (a int); ALTER TABLE f.rls_true ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON f.rls_true FOR SELECT TO readers USING (true);
        CREATE TABLE f.rls_public (a int); ALTER TABLE f.rls_public ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON f.rls_public USING (true);
        CREATE TABLE f.rls_other (a int); ALTER TABLE f.rls_other ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON f.rls_other TO table_owner USING (true);
        CREATE TABLE f.rls_insert (a int); ALTER TABLE f.rls_insert ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON f.rls_insert FOR INSERT WITH CHECK (true);
        CREATE TABLE f.rls_restrictive (a int); ALTER TABLE f.rls_restrictive ENABLE ROW LEVEL SECURITY;
        CREATE POLICY p ON f.rls_restrictive USING (true); CREATE POLICY r ON f.rls_restrictive AS RESTRICTIVE USING (a > 0);
        CREATE TABLE f.rls_restrictive_other (a int); ALTER TABLE f.rls_restrictive_other ENABLE ROW LEVEL SECURITY;
        CREATE POLICY p ON f.rls_restrictive_other USING (true); CREATE POLICY r ON f.rls_restrictive_other AS RESTRICTIVE TO table_owner USING (a > 0);
        CREATE TABLE f.rls_member (a int); ALTER TABLE f.rls_member OWNER TO readers; ALTER TABLE f.rls_member ENABLE ROW LEVEL SECURITY;
        CREATE TABLE f.rls_forced (a int); ALTER TABLE f.rls_forced OWNER TO readers; ALTER TABLE f.rls_forced ENABLE ROW LEVEL SECURITY; ALTER TABLE f.rls_forced FORCE ROW LEVEL SECURITY;
        CREATE TABLE f.policy_without_rls (a int); CREATE POLICY p ON f.policy_without_rls USING (false);
        ALTER DEFAULT PRIVILEGES FOR ROLE table_owner IN SCHEMA f GRANT SELECT ON TABLES TO {UserSql};
        ALTER DEFAULT PRIVILEGES FOR ROLE readers GRANT SELECT ON TABLES TO outer_readers;
        ALTER DEFAULT PRIVILEGES FOR ROLE other_owner GRANT SELECT ON TABLES TO table_owner;
        ALTER DEFAULT PRIVILEGES FOR ROLE other_owner IN SCHEMA f GRANT INSERT ON TABLES TO {UserSql};
        INSERT INTO f.pk SELECT n, n FROM generate_series(1, 5000) n; ANALYZE f.pk;
        """;

    [Theory]
    [InlineData(12)]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Every_fact_about_tables_users_and_publications_is_as_the_server_has_it(int major)
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.Plain, major);
        await using (var superuser = await sandbox.OpenSuperuserAsync(sandbox.Database, CancellationToken.None))
        {
            await superuser.ExecuteAsync(Common);
            await superuser.ExecuteAsync(major >= PostgresFeatures.PublishViaPartitionRoot
                ? $"CREATE PUBLICATION \"{Publication}\" FOR TABLE f.pk, f.root WITH (publish = 'insert, update', publish_via_partition_root = true)"
                : $"CREATE PUBLICATION \"{Publication}\" FOR TABLE f.pk, f.leaf WITH (publish = 'insert, update')");
            if (major >= PostgresFeatures.SchemaPublications)
            {
                await superuser.ExecuteAsync($"CREATE TABLE everybody.t (a int PRIMARY KEY); CREATE VIEW everybody.v AS SELECT 1 AS a; ALTER PUBLICATION \"{Publication}\" ADD TABLES IN SCHEMA everybody");
            }

            await superuser.ExecuteAsync("SELECT pg_create_physical_replication_slot('standby', true)");
        }

        await using var source = await SourceConnector.OpenAsync(sandbox.Target(), "test", CancellationToken.None);
        var snapshot = (await SnapshotReader.ReadAsync(source, new SetupGoal { User = User, Publication = Publication }, CancellationToken.None)).Snapshot;

        Assert.Empty(snapshot.Unreadable);
        AssertKeys(snapshot);
        AssertRowSecurity(snapshot);
        AssertPrivileges(snapshot);
        AssertPublication(snapshot, major);
        Assert.Equal(RelationKind.View, Table(snapshot, "view").Kind);
        Assert.Equal(RelationKind.MaterializedView, Table(snapshot, "matview").Kind);
        Assert.Equal('u', Table(snapshot, "unlogged").Persistence);
        Assert.Equal(("table_owner", RelationKind.Ordinary), (Table(snapshot, "owned").Owner, Table(snapshot, "owned").Kind));
        Assert.Equal((RelationKind.Partitioned, (TableRef?)null), (Table(snapshot, "root").Kind, Table(snapshot, "root").Root));
        Assert.Equal((RelationKind.Partitioned, new TableRef("f", "root")), (Table(snapshot, "branch").Kind, Table(snapshot, "branch").Root));
        Assert.Equal((RelationKind.Ordinary, new TableRef("f", "root")), (Table(snapshot, "leaf").Kind, Table(snapshot, "leaf").Root));

        // The root's columns stand for its partitions', where it is the root that is chosen.
        Assert.Equal(
            (true, major < PostgresFeatures.PublishViaPartitionRoot, true, false),
            (Table(snapshot, "root").HasNullable, Table(snapshot, "leaf").HasNullable, Table(snapshot, "none").HasNullable, Table(snapshot, "pk").HasNullable));
        Assert.Equal("f.\"Odd \"\". name\"", Table(snapshot, "Odd \". name").Ref.ToString());
        Assert.Equal(5000, Table(snapshot, "pk").EstimatedRows);
        Assert.True(Table(snapshot, "pk").EstimatedBytes >= 5000 * 32);

        var slot = Assert.Single(snapshot.Slots);
        Assert.Equal(("standby", false, false), (slot.Name, slot.Logical, slot.Active));
        Assert.NotNull(slot.RetainedBytes);
        Assert.Equal(major >= PostgresFeatures.SlotWalStatus, slot.WalStatus is not null);
    }

    [Fact]
    public async Task A_user_that_does_not_exist_yet_leaves_its_answers_open_and_counts_as_everybody_for_row_security()
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.Plain);
        await using (var superuser = await sandbox.OpenSuperuserAsync(sandbox.Database, CancellationToken.None))
        {
            await superuser.ExecuteAsync(Common);
        }

        await using var source = await SourceConnector.OpenAsync(sandbox.Target(), "test", CancellationToken.None);
        var snapshot = (await SnapshotReader.ReadAsync(source, new SetupGoal { User = "not_yet" }, CancellationToken.None)).Snapshot;

        Assert.Null(snapshot.Role("not_yet"));
        Assert.Null(snapshot.Publication);
        Assert.Null(snapshot.Server.UserCanConnect);
        Assert.Null(snapshot.Server.UserCanEmitMessage);
        Assert.True(snapshot.Server.PublicCanConnect && snapshot.Server.PublicCanEmitMessage);
        Assert.All(snapshot.Schemas, s => Assert.Null(s.UserHasUsage));
        Assert.All(snapshot.Tables, t => Assert.True(t.UserCanSelect is null && !t.UserCanWrite && !t.InPublication));
        Assert.All(snapshot.Roles.Values, r => Assert.Null(r.UserIsMember));
        Assert.Equal(
            ["rls_forced", "rls_insert", "rls_member", "rls_none", "rls_other", "rls_restrictive", "rls_true"],
            snapshot.Tables.Where(t => t.Ref.Schema == "f" && t.RowSecurityHides).Select(t => t.Ref.Name));
    }

    private static void AssertKeys(SourceSnapshot snapshot)
    {
        Assert.Equal((KeyState.Usable, ReplicaIdentityKind.Default, (string?)null), Key("pk"));
        Assert.Equal((KeyState.Deferrable, ReplicaIdentityKind.Default, null), Key("deferrable_pk"));
        Assert.Equal((KeyState.None, ReplicaIdentityKind.Default, null), Key("none"));
        Assert.Equal((KeyState.None, ReplicaIdentityKind.Default, "m Good"), Key("candidate"));
        Assert.Equal((KeyState.None, ReplicaIdentityKind.Index, "by_index_a"), Key("by_index"));
        Assert.Equal((KeyState.None, ReplicaIdentityKind.Full, null), Key("full"));
        Assert.Equal((KeyState.Usable, ReplicaIdentityKind.Nothing, null), Key("nothing"));
        Assert.Equal(KeyState.Usable, Table(snapshot, "by_index").IdentityIndex);
        Assert.Equal((ReplicaIdentityKind.Index, KeyState.None), (Table(snapshot, "lost_index").Identity, Table(snapshot, "lost_index").IdentityIndex));

        (KeyState Key, ReplicaIdentityKind Identity, string? Candidate) Key(string name) =>
            Table(snapshot, name) is var table ? (table.PrimaryKey, table.Identity, table.CandidateIndex) : default;
    }

    private static void AssertRowSecurity(SourceSnapshot snapshot) => Assert.Equal(
        ["rls_forced", "rls_insert", "rls_none", "rls_other", "rls_restrictive"],
        snapshot.Tables.Where(t => t.Ref.Schema == "f" && t.RowSecurityHides).Select(t => t.Ref.Name));

    private static void AssertPrivileges(SourceSnapshot snapshot)
    {
        var user = snapshot.Role(User)!;
        Assert.Equal((true, false, 7, new DateTimeOffset(2040, 1, 2, 3, 4, 5, TimeSpan.Zero)), (user.CanLogin, user.Replication, user.ConnectionLimit, user.ValidUntil));
        Assert.True(snapshot.Admin.Superuser && snapshot.Admin.AdminInherits);
        Assert.True(snapshot.Role("readers")!.UserIsMember);
        Assert.False(snapshot.Role("table_owner")!.UserIsMember);
        Assert.Contains(new RoleSettingFact(User, false, "wal_sender_timeout", "0"), snapshot.RoleSettings);

        Assert.Equal(true, snapshot.Schemas.Single(s => s.Name == "f").UserHasUsage);
        Assert.Equal(false, snapshot.Schemas.Single(s => s.Name == "hidden").UserHasUsage);
        Assert.True(snapshot.Schemas.Single(s => s.Name == "everybody") is { UserHasUsage: true, PublicHasUsage: true, AdminMayGrant: true });
        Assert.DoesNotContain(snapshot.Schemas, s => s.Name.StartsWith("pg_", StringComparison.Ordinal) || s.Name == "information_schema");

        Assert.Equal((true, false), (Table(snapshot, "pk").UserCanSelect, Table(snapshot, "pk").UserCanWrite));
        Assert.Equal((true, false), (Table(snapshot, "none").UserCanSelect, Table(snapshot, "none").UserCanWrite));
        Assert.Equal((true, true), (Table(snapshot, "full").UserCanSelect, Table(snapshot, "full").UserCanWrite));
        Assert.Equal((false, false), (Table(snapshot, "owned").UserCanSelect, Table(snapshot, "owned").UserCanWrite));
        Assert.True(Table(snapshot, "owned").AdminMayGrant);

        Assert.Equal(
            [new("readers", null), new("table_owner", "f")],
            snapshot.DefaultPrivileges.OrderBy(d => d.Owner, StringComparer.Ordinal));
    }

    private static void AssertPublication(SourceSnapshot snapshot, int major)
    {
        var publication = snapshot.Publication!;
        Assert.Equal((Publication, false, true, true, false, false), (publication.Name, publication.AllTables, publication.Insert, publication.Update, publication.Delete, publication.Truncate));
        Assert.Contains(Publication, snapshot.PublicationNames);
        Assert.Equal(major >= PostgresFeatures.PublishViaPartitionRoot, publication.ViaRoot);
        Assert.Equal(major >= PostgresFeatures.SchemaPublications ? ["everybody"] : [], publication.Schemas);
        Assert.Equal(
            major switch
            {
                12 => ["f.leaf", "f.pk"],
                13 or 14 => ["f.branch", "f.leaf", "f.pk", "f.root"],
                _ => ["everybody.t", "f.branch", "f.leaf", "f.pk", "f.root"],
            },
            snapshot.Tables.Where(t => t.InPublication).Select(t => t.Ref.ToString()));
    }

    private static TableFact Table(SourceSnapshot snapshot, string name) => snapshot.Tables.Single(t => t.Ref == new TableRef("f", name));
}
