using SetupWizard.Core.Model;
using SetupWizard.Sandbox;
using SetupWizard.Server.Tests.Support;

namespace SetupWizard.Server.Tests.Requirements.OnServers;

/// <summary>What is wrong with the ClickPipes user, its rights, or the rights of whoever sets it up.</summary>
public static class AccessBreakages
{
    // Before All, which is made of it.
    private static readonly int[] s_oldMiddleNew = [12, 15, 18];

    private const FindingState Blocking = FindingState.Blocking;
    private const FindingState Warning = FindingState.Warning;
    private const FindingState Advice = FindingState.Advice;
    private const SandboxProfile Rds = SandboxProfile.AmazonRds;
    private const SandboxProfile Azure = SandboxProfile.AzureFlexible;
    private const SandboxProfile Plain = SandboxProfile.Plain;
    private const string DropUser = "DROP OWNED BY clickpipes_user; DROP USER clickpipes_user";
    private const string Legacy = "CREATE TABLE public.legacy (id int PRIMARY KEY)";

    public static IReadOnlyList<Breakage> All { get; } = [.. User, .. Iam, .. Grants, .. Settings, .. Powers];

    private static IEnumerable<Breakage> User =>
    [
        new("SW301", "missing", Blocking, Rds, Do(DropUser)),
        new("SW301", "missing", Blocking, Azure, Do(DropUser)),
        new("SW301", "missing-as-text", Blocking, Rds, async s =>
        {
            await s.SuperuserAsync(DropUser);
            s.Goal = s.Goal with { SendPasswordAsText = true };
        }),
        new("SW301", "missing-text-needed", Blocking, Plain, Do("CREATE ROLE neon_superuser NOLOGIN; " + DropUser))
        {
            Mend = async (s, f) =>
            {
                s.Goal = s.Goal with { SendPasswordAsText = true };
                await s.FollowAsync(f);
            },
            Restore = s => s.SuperuserAsync("DROP ROLE neon_superuser"),
        },
        new("SW301", "reset-text-needed", Warning, Plain, async s =>
        {
            await s.SuperuserAsync("CREATE ROLE neon_superuser NOLOGIN");
            s.Goal = s.Goal with { ResetPassword = true };
        })
        {
            Mend = async (s, f) =>
            {
                s.Goal = s.Goal with { SendPasswordAsText = true };
                await s.FollowOnceAsync(f);
                s.Goal = s.Goal with { ResetPassword = false };
            },
            Restore = s => s.SuperuserAsync("DROP ROLE neon_superuser"),
        },
        new("SW301", "reset-as-text", Warning, Plain, ServerBreakages.GoalOf(g => g with { ResetPassword = true, SendPasswordAsText = true }))
        {
            Mend = async (s, f) =>
            {
                await s.FollowOnceAsync(f);
                s.Goal = s.Goal with { ResetPassword = false };
            },
        },
        new("SW301", "invalid-name", Blocking, Rds, ServerBreakages.GoalOf(g => g with { User = "pg_pipes" })) { Mend = ServerBreakages.ByGoal(g => g with { User = SetupGoal.DefaultUser }) },
        new("SW301", "no-login", Blocking, Plain, Do("ALTER USER clickpipes_user NOLOGIN")),
        new("SW301", "no-login", Blocking, Azure, Do("ALTER USER clickpipes_user NOLOGIN")) { Majors = [18] },
        new("SW301", "expired", Blocking, Plain, Do("ALTER USER clickpipes_user VALID UNTIL '2020-01-01'")),
        new("SW301", "connection-limit", Blocking, Plain, Do("ALTER USER clickpipes_user CONNECTION LIMIT 5")),
        new("SW301", "reset-password", Warning, Plain, ServerBreakages.GoalOf(g => g with { ResetPassword = true }))
        {
            Mend = async (s, f) =>
            {
                await s.FollowOnceAsync(f);
                s.Goal = s.Goal with { ResetPassword = false };
            },
        },
        new("SW302", "no-attribute", Blocking, Azure, Do("ALTER USER clickpipes_user NOREPLICATION")),
        new("SW302", "no-attribute", Blocking, Plain, Do("ALTER USER clickpipes_user NOREPLICATION")),
        new("SW302", "no-membership", Blocking, Rds, RevokeReplicationAsync) { Majors = [12, 15, 16, 18] },
        new("SW302", "role-missing", Blocking, Plain, async s =>
        {
            await s.SuperuserAsync("ALTER USER clickpipes_user NOREPLICATION");
            s.Goal = s.Goal with { Provider = "amazon-rds" };
        })
        {
            Mend = async (s, f) =>
            {
                s.Goal = s.Goal with { Provider = "self-managed" };
                await s.FollowAsync(f);
            },
        },
    ];

    private static IEnumerable<Breakage> Iam =>
    [
        new("SW301", "missing-iam", Blocking, Rds, async s =>
        {
            await s.SuperuserAsync(DropUser);
            await WithIam(s);
        })
        {
            Majors = s_oldMiddleNew,

            // Nobody but a superuser sees that a user has no password.
            Restore = Do($"ALTER USER clickpipes_user PASSWORD {Core.Sql.PgLiteral.Quote(EngineHarness.ClickPipesPassword)}"),
        },
        new("SW301", "not-iam", Blocking, Rds, WithIam) { Majors = s_oldMiddleNew },
        new("SW301", "iam-member", Blocking, Rds, s => s.AdminAsync("GRANT rds_iam TO clickpipes_user")) { Majors = s_oldMiddleNew },
        new("SW301", "iam-inherited", Blocking, Rds, Do("CREATE ROLE team; GRANT rds_iam TO team; GRANT team TO clickpipes_user"))
        {
            Majors = s_oldMiddleNew,
            Mend = (s, f) => s.SuperuserAsync($"REVOKE {f.Arguments["through"]} FROM clickpipes_user"),
            Restore = Do("DROP ROLE team"),
        },
        new("SW301", "other-proof", Blocking, Rds, Do("CREATE ROLE rds_ad NOLOGIN; GRANT rds_ad TO clickpipes_user"))
        {
            Mend = (s, _) => s.SuperuserAsync("REVOKE rds_ad FROM clickpipes_user"),
            Restore = Do("DROP ROLE rds_ad"),
        },
        new("SW301", "iam-not-offered", Blocking, Azure, WithIam) { Mend = ServerBreakages.ByGoal(g => g with { Authentication = LoginMethod.Password }) },
        new("SW301", "iam-role-missing", Blocking, Plain, ServerBreakages.GoalOf(g => g with { Provider = "amazon-rds", Authentication = LoginMethod.Iam }))
        {
            Mend = ServerBreakages.ByGoal(g => g with { Provider = "self-managed", Authentication = LoginMethod.Password }),
        },
        new("SW311", "other-cloud", Blocking, Rds, ServerBreakages.GoalOf(g => g with { Authentication = LoginMethod.Iam, Region = "azure:westeurope" }))
        {
            Mend = ServerBreakages.ByGoal(g => g with { Region = "aws:eu-central-1" }),
        },
        new("SW311", "private", Advice, Rds, ServerBreakages.GoalOf(g => g with { Authentication = LoginMethod.Iam, Network = NetworkPath.PrivateLink }))
        {
            Mend = ServerBreakages.ByGoal(g => g with { Network = NetworkPath.Public }),
        },
        new("SW311", "no-region", Warning, Rds, async s =>
        {
            await WithIam(s);
            s.Target = s.Target with { Endpoint = s.Target.Endpoint with { ConsoleHost = null } };
        })
        {
            Mend = (s, _) =>
            {
                s.Target = s.Target with { Endpoint = s.Target.Endpoint with { ConsoleHost = s.Sandbox.ConsoleHost } };
                return Task.CompletedTask;
            },
        },
        new("SW311", "unseen", Advice, Rds, WithIam) { Mend = ServerBreakages.ByGoal(g => g with { Authentication = LoginMethod.Password }) },
    ];

    private static IEnumerable<Breakage> Grants =>
    [
        new("SW303", "missing", Blocking, Rds, Do("REVOKE CONNECT ON DATABASE shop FROM PUBLIC, clickpipes_user")) { Restore = Do("GRANT CONNECT ON DATABASE shop TO PUBLIC") },
        new("SW304", "missing", Blocking, Rds, Do("REVOKE USAGE ON SCHEMA public FROM PUBLIC, clickpipes_user")) { Restore = Do("GRANT USAGE ON SCHEMA public TO PUBLIC") },
        new("SW305", "columns", Blocking, Azure, Do("REVOKE SELECT ON public.orders FROM clickpipes_user; GRANT SELECT (id) ON public.orders TO clickpipes_user")),
        new("SW305", "missing", Blocking, Azure, Do("REVOKE SELECT ON public.orders, public.events_this_month FROM clickpipes_user")),
        new("SW306", "missing", Warning, Rds, Do("ALTER DEFAULT PRIVILEGES FOR ROLE shop_admin IN SCHEMA public REVOKE SELECT ON TABLES FROM clickpipes_user")),
        new("SW306", "missing", Warning, Rds, Do(Legacy + "; ALTER TABLE public.legacy OWNER TO sales_owner"))
        {
            Note = "another owner",
            Restore = Do("DROP TABLE public.legacy; ALTER DEFAULT PRIVILEGES FOR ROLE sales_owner IN SCHEMA public REVOKE SELECT ON TABLES FROM clickpipes_user; REVOKE sales_owner FROM shop_admin CASCADE; GRANT sales_owner TO shop_admin WITH ADMIN OPTION"),
        },
        new("SW307", "hidden-policy", Blocking, Rds, Do("DROP POLICY clickpipes_read_clickpipes_user ON public.tenant_notes")),
        new("SW307", "hidden-bypass", Blocking, Plain, Do("ALTER USER clickpipes_user NOBYPASSRLS")),
        new("SW307", "hidden-restrictive", Blocking, Rds, Do("CREATE POLICY office ON public.tenant_notes AS RESTRICTIVE FOR SELECT USING (note IS NULL)"))
        {
            Mend = (s, _) => s.SuperuserAsync("ALTER USER clickpipes_user BYPASSRLS"), Restore = Do("DROP POLICY office ON public.tenant_notes; ALTER USER clickpipes_user NOBYPASSRLS"),
        },
        new("SW308", "attributes", Advice, Plain, Do("ALTER USER clickpipes_user CREATEDB CREATEROLE")),
        new("SW308", "can-write", Advice, Rds, Do("GRANT INSERT ON public.orders TO clickpipes_user")),
        new("SW308", "can-write-otherwise", Advice, Rds, Do("GRANT INSERT ON public.orders TO PUBLIC")) { Mend = (s, _) => s.SuperuserAsync("REVOKE INSERT ON public.orders FROM PUBLIC") },
        new("SW308", "administrator", Advice, Plain, ServerBreakages.GoalOf(g => g with { User = "shop_admin" })) { Mend = ServerBreakages.ByGoal(g => g with { User = SetupGoal.DefaultUser }) },
        new("SW310", "missing", Advice, Plain, Do(
            """
            DO $$ DECLARE f regprocedure; BEGIN
                FOR f IN SELECT oid FROM pg_proc WHERE proname = 'pg_logical_emit_message' LOOP EXECUTE 'REVOKE EXECUTE ON FUNCTION ' || f || ' FROM PUBLIC'; END LOOP;
            END $$
            """)) { Majors = [15, 17, 18] },
    ];

    private static IEnumerable<Breakage> Settings =>
    [
        new("SW205", "not-zero", Advice, Azure, Do("ALTER ROLE clickpipes_user RESET wal_sender_timeout")),
        new("SW205", "not-zero-attached", Advice, Azure, Do("ALTER ROLE clickpipes_user IN DATABASE shop SET wal_sender_timeout = '30s'"))
        {
            Note = "user in database", Restore = Do("ALTER ROLE clickpipes_user IN DATABASE shop RESET wal_sender_timeout"),
        },
        new("SW205", "not-zero-attached", Advice, Rds, Do("ALTER ROLE clickpipes_user RESET wal_sender_timeout; ALTER DATABASE shop SET wal_sender_timeout = '40s'"))
        {
            Note = "database", Restore = Do("ALTER DATABASE shop RESET wal_sender_timeout"),
        },
        new("SW205", "hidden", Advice, Plain, Do("ALTER ROLE clickpipes_user RESET wal_sender_timeout; ALTER ROLE shop_admin SET wal_sender_timeout = 0"))
        {
            Restore = Do("ALTER ROLE shop_admin RESET wal_sender_timeout"),
        },
        new("SW309", "limits", Advice, Rds, Do("ALTER ROLE clickpipes_user SET statement_timeout = '30s'")) { Majors = [12, 16, 18] },
        new("SW309", "limits", Advice, Azure, Do("ALTER ROLE clickpipes_user IN DATABASE shop SET idle_in_transaction_session_timeout = '30s'")) { Note = "user in database" },
        new("SW309", "limits", Advice, Plain, Do("ALTER DATABASE shop SET default_transaction_read_only = on"))
        {
            Note = "database",
            Restore = Do("BEGIN READ WRITE; ALTER DATABASE shop RESET default_transaction_read_only; ALTER ROLE clickpipes_user RESET default_transaction_read_only; COMMIT"),
        },
        new("SW309", "transaction", Blocking, Rds, Do("ALTER DATABASE shop SET transaction_timeout = '10min'"))
        {
            Majors = [18],
            Restore = Do("ALTER DATABASE shop RESET transaction_timeout; ALTER ROLE clickpipes_user RESET transaction_timeout"),
        },
        new("SW309", "rows", Blocking, Rds, Do("CREATE TABLE public.guarded (id int PRIMARY KEY); ALTER TABLE public.guarded OWNER TO shop_admin, ENABLE ROW LEVEL SECURITY; CREATE POLICY everybody ON public.guarded USING (true); GRANT SELECT ON public.guarded TO clickpipes_user; ALTER PUBLICATION clickpipes ADD TABLE public.guarded; ALTER DATABASE shop SET row_security = off"))
        {
            Restore = Do("ALTER DATABASE shop RESET row_security; ALTER ROLE clickpipes_user RESET row_security; DROP TABLE public.guarded"),
        },
        new("SW309", "rows-hidden", Warning, Rds, Do("CREATE TABLE public.guarded (id int PRIMARY KEY); ALTER TABLE public.guarded OWNER TO shop_admin, ENABLE ROW LEVEL SECURITY; CREATE POLICY everybody ON public.guarded USING (true); GRANT SELECT ON public.guarded TO clickpipes_user; ALTER PUBLICATION clickpipes ADD TABLE public.guarded; ALTER ROLE shop_admin SET row_security = on"))
        {
            Restore = Do("ALTER ROLE shop_admin RESET row_security; ALTER ROLE clickpipes_user RESET row_security; DROP TABLE public.guarded"),
        },
        new("SW309", "transaction-hidden", Warning, Plain, Do("ALTER ROLE shop_admin SET transaction_timeout = 0"))
        {
            Majors = [18],
            Restore = Do("ALTER ROLE shop_admin RESET transaction_timeout; ALTER ROLE clickpipes_user RESET transaction_timeout"),
        },
        new("SW309", "hidden", Advice, Rds, Do("ALTER ROLE shop_admin SET statement_timeout = 0"))
        {
            Majors = [15],
            Restore = Do("ALTER ROLE shop_admin RESET statement_timeout; ALTER ROLE clickpipes_user RESET statement_timeout"),
        },
        new("SW312", "database", Blocking, Rds, Do("ALTER DATABASE shop CONNECTION LIMIT 5")) { Restore = Do("ALTER DATABASE shop CONNECTION LIMIT -1") },
        new("SW312", "database-crowded", Warning, Azure, async s =>
        {
            await CrowdAsync(s, 4);
            await s.SuperuserAsync("ALTER DATABASE shop CONNECTION LIMIT 9");
        })
        {
            Majors = [16],
            Restore = Do("ALTER DATABASE shop CONNECTION LIMIT -1"),
        },
        new("SW312", "server", Blocking, Plain, s => s.SetAsync("max_connections", "8", restart: true)) { Majors = [15], Restore = s => s.SetAsync("max_connections", null) },
        new("SW312", "pending", FindingState.Pending, Plain, async s =>
        {
            await s.SetAsync("max_connections", "8", restart: true);
            await s.SetAsync("max_connections", "100");
        }) { Majors = [18], Restore = s => s.SetAsync("max_connections", null) },
        new("SW312", "server-crowded", Warning, Plain, async s =>
        {
            await s.SetAsync("max_connections", "13", restart: true);
            await CrowdAsync(s, 5);
        })
        {
            Majors = [18],
            Mend = (s, _) => s.SuperuserAsync("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'crowd'"),
            Restore = s => s.SetAsync("max_connections", null, restart: true),
        },
        new("SW309", "limits", Advice, Plain, s => s.SetAsync("statement_timeout", "5min"))
        {
            Note = "server",
            Restore = async s =>
            {
                await s.SetAsync("statement_timeout", null);
                await s.SuperuserAsync("ALTER ROLE clickpipes_user RESET statement_timeout");
            },
        },
    ];

    /// <summary>What this login may not is handed to somebody who may, and done.</summary>
    private static IEnumerable<Breakage> Powers =>
    [
        new("SW108", "roles", Warning, Rds, Do(DropUser + "; ALTER ROLE shop_admin NOCREATEROLE"))
        {
            Restore = Do(DropUser + "; ALTER ROLE shop_admin CREATEROLE"),
        },
        new("SW108", "replication", Warning, Rds, async s =>
        {
            await RevokeReplicationAsync(s);
            await s.SuperuserAsync("REVOKE ADMIN OPTION FOR rds_replication FROM rds_superuser CASCADE");
        })
        {
            Majors = [16, 18],

            // What somebody else granted only that somebody takes back.
            Restore = Do("GRANT rds_replication TO rds_superuser WITH ADMIN OPTION; REVOKE rds_replication FROM clickpipes_user"),
        },
        new("SW108", "grants", Warning, Rds, Do(Legacy)) { Restore = DropLegacy },
        new("SW108", "publication", Warning, Rds, Do(Legacy)) { Restore = DropLegacy },
        new("SW108", "ownership", Warning, Rds, Do(Legacy + "; ALTER TABLE public.legacy ENABLE ROW LEVEL SECURITY")) { Restore = DropLegacy },
    ];

    /// <summary>As whoever granted it.</summary>
    private static Task RevokeReplicationAsync(PreparedSource source) => source.AdminAsync("REVOKE rds_replication FROM clickpipes_user");

    private static Task DropLegacy(PreparedSource source) => source.SuperuserAsync(
        "DROP TABLE public.legacy; ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE SELECT ON TABLES FROM clickpipes_user");

    private static Task WithIam(PreparedSource source) => ServerBreakages.GoalOf(g => g with { Authentication = LoginMethod.Iam })(source);

    private static Func<PreparedSource, Task> Do(string sql) => s => s.SuperuserAsync(sql);

    /// <summary>Sessions of somebody else, until the source is restored.</summary>
    private static async Task CrowdAsync(PreparedSource source, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var connection = await source.Sandbox.OpenSuperuserAsync(null, CancellationToken.None);
            source.Hold(connection);
            await connection.ExecuteAsync("SET application_name = 'crowd'");
        }
    }
}
