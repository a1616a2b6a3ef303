using SetupWizard.Core.Model;
using SetupWizard.Sandbox;

namespace SetupWizard.Server.Tests.Requirements.OnServers;

/// <summary>What is wrong with tables or the publication.</summary>
public static class TableBreakages
{
    private const FindingState Blocking = FindingState.Blocking;
    private const FindingState Warning = FindingState.Warning;
    private const FindingState Advice = FindingState.Advice;
    private const SandboxProfile Rds = SandboxProfile.AmazonRds;
    private const SandboxProfile Azure = SandboxProfile.AzureFlexible;
    private const SandboxProfile Plain = SandboxProfile.Plain;

    public static IReadOnlyList<Breakage> All { get; } = [.. Publication, .. Children, .. Identity, .. Kinds, .. Columns, .. Filters];

    private static IEnumerable<Breakage> Publication =>
    [
        new("SW401", "missing", Blocking, Rds, Admin("DROP PUBLICATION clickpipes")),
        new("SW401", "no-create", Blocking, Rds, s => s.SuperuserAsync("DROP PUBLICATION clickpipes; ALTER DATABASE shop OWNER TO rdsadmin")) { Restore = s => s.SuperuserAsync("ALTER DATABASE shop OWNER TO shop_admin") },
        new("SW401", "nothing-to-publish", Blocking, Azure, async s =>
        {
            await s.AdminAsync("DROP PUBLICATION clickpipes");
            s.Goal = s.Goal with { Tables = [new("public", "audit_log")] };
        }) { Mend = IdentifyThenFollowAsync, Restore = Admin("DROP PUBLICATION clickpipes; ALTER TABLE public.audit_log DROP COLUMN row_id") },
        new("SW401", "nothing-chosen", Blocking, Azure, ServerBreakages.GoalOf(g => g with { Schemas = ["nowhere"] })) { Mend = ServerBreakages.ByGoal(g => g with { Schemas = ["public"] }) },
        new("SW401", "invalid-name", Blocking, Azure, ServerBreakages.GoalOf(g => g with { Publication = "" })) { Mend = ServerBreakages.ByGoal(g => g with { Publication = "clickpipes" }) },
        new("SW402", "missing", Blocking, Rds, Admin("ALTER PUBLICATION clickpipes DROP TABLE public.orders, public.products")) { Majors = [12, 15, 18] },
        new("SW402", "missing-by-others", Blocking, Rds, s => s.SuperuserAsync("ALTER PUBLICATION clickpipes DROP TABLE public.orders; ALTER PUBLICATION clickpipes OWNER TO rdsadmin"))
        {
            Restore = s => s.SuperuserAsync("ALTER PUBLICATION clickpipes OWNER TO shop_admin"),
        },
        new("SW402", "withheld", Blocking, Plain, ServerBreakages.GoalOf(g => g with { Tables = [new("public", "audit_log")] }))
        {
            Mend = IdentifyThenFollowAsync, Restore = Admin("ALTER PUBLICATION clickpipes DROP TABLE public.audit_log; ALTER TABLE public.audit_log DROP COLUMN row_id"),
        },
        new("SW402", "extra", Advice, Azure, s => s.SuperuserAsync("ALTER PUBLICATION clickpipes ADD TABLE sales.invoices")) { Mend = ServerBreakages.ByStatement },
        new("SW402", "extra-by-schema", Advice, Plain, s => s.SuperuserAsync("ALTER PUBLICATION clickpipes ADD TABLES IN SCHEMA sales")) { Mend = ServerBreakages.ByStatement },
        new("SW402", "all-tables", Advice, Azure, s => s.SuperuserAsync("DROP PUBLICATION clickpipes; CREATE PUBLICATION clickpipes FOR ALL TABLES WITH (publish_via_partition_root = true)"))
        {
            Mend = async (s, _) =>
            {
                await s.SuperuserAsync("DROP PUBLICATION clickpipes");
                await s.RestoreAsync();
            },
        },
        new("SW402", "schema-by-table", Warning, Plain, async s =>
        {
            await s.SuperuserAsync("CREATE SCHEMA tidy; CREATE TABLE tidy.one (id int PRIMARY KEY); ALTER PUBLICATION clickpipes ADD TABLE tidy.one");
            s.Goal = s.Goal with { WholeSchemas = ["tidy"] };
        }) { Restore = s => s.SuperuserAsync("DROP SCHEMA tidy CASCADE") },
        new("SW405", "future-tables", Advice, Plain, s => s.SuperuserAsync("CREATE SCHEMA tidy; CREATE TABLE tidy.one (id int PRIMARY KEY); ALTER PUBLICATION clickpipes ADD TABLES IN SCHEMA tidy"))
        {
            Mend = (s, _) => s.SuperuserAsync("ALTER PUBLICATION clickpipes DROP TABLES IN SCHEMA tidy"), Restore = s => s.SuperuserAsync("DROP SCHEMA tidy CASCADE"),
        },
        new("SW403", "incomplete-unsafe", Warning, Azure, Admin("ALTER PUBLICATION clickpipes SET (publish = 'insert'); ALTER PUBLICATION clickpipes ADD TABLE public.audit_log"))
        {
            Mend = async (s, f) =>
            {
                await s.AdminAsync("ALTER TABLE public.audit_log REPLICA IDENTITY FULL");
                await s.FollowAsync(f);
            },
            Restore = Admin("ALTER PUBLICATION clickpipes DROP TABLE public.audit_log; ALTER TABLE public.audit_log REPLICA IDENTITY DEFAULT"),
        },
        new("SW403", "incomplete", Warning, Rds, Admin("ALTER PUBLICATION clickpipes SET (publish = 'insert')")),
        new("SW404", "off", Blocking, Rds, Admin("ALTER PUBLICATION clickpipes SET (publish_via_partition_root = false)")) { Majors = [13, 15, 18] },
    ];

    private static IEnumerable<Breakage> Children =>
    [
        Family("SW402", "heirs-missing", Blocking, Rds, "ALTER PUBLICATION clickpipes ADD TABLE public.odd; CREATE TABLE public.odd_kid (PRIMARY KEY (id)) INHERITS (public.odd)") with { Mend = static (s, f) => s.FollowAsync(f) },
        Family("SW404", "two-parents", Blocking, Azure, "CREATE TABLE public.even (id int PRIMARY KEY); CREATE TABLE public.odd_kid (PRIMARY KEY (id)) INHERITS (public.odd, public.even)", "odd", "even") with
        {
            Mend = ServerBreakages.ByGoal(g => g with { Tables = [new("public", "odd")] }),
            Restore = s => s.SuperuserAsync("DROP TABLE public.odd, public.even CASCADE"),
        },
        Family("SW404", "second-level", Warning, Plain, "CREATE TABLE public.odd_kid (PRIMARY KEY (id)) INHERITS (public.odd); CREATE TABLE public.odd_low (PRIMARY KEY (id)) INHERITS (public.odd_kid)") with
        {
            Mend = ServerBreakages.ByGoal(g => g with { Tables = [new("public", "odd_kid")] }),
        },
        Family("SW404", "future-children", Advice, Rds, "CREATE TABLE public.odd_kid (PRIMARY KEY (id)) INHERITS (public.odd)") with { Mend = (s, _) => s.AdminAsync("DROP TABLE public.odd_kid") },
        Family("SW406", "unlogged-heir", Blocking, Azure, "CREATE UNLOGGED TABLE public.odd_kid (PRIMARY KEY (id)) INHERITS (public.odd)") with { Mend = ServerBreakages.ByStatement },
        Table("SW406", "foreign-heir", Blocking, Plain, "(id int PRIMARY KEY)", "CREATE FOREIGN DATA WRAPPER far; CREATE SERVER far FOREIGN DATA WRAPPER far; CREATE FOREIGN TABLE public.odd_far () INHERITS (public.odd) SERVER far") with
        {
            Mend = (s, _) => s.SuperuserAsync("ALTER FOREIGN TABLE public.odd_far NO INHERIT public.odd"), Restore = s => s.SuperuserAsync("DROP TABLE public.odd; DROP FOREIGN DATA WRAPPER far CASCADE"),
        },
        Family("SW406", "not-excluded", Advice, Rds, "CREATE TABLE public.odd_kid (PRIMARY KEY (id)) INHERITS (public.odd)") with
        {
            Break = async s =>
            {
                await s.AdminAsync("CREATE TABLE public.odd (id int PRIMARY KEY); CREATE TABLE public.odd_kid (PRIMARY KEY (id)) INHERITS (public.odd)");
                s.Goal = s.Goal with { Tables = [new("public", "odd")], Excluded = [new("public", "odd_kid")] };
            },
            Mend = ServerBreakages.ByGoal(g => g with { Excluded = [] }),
        },
        Table("SW306", "later-members", Advice, Rds, "(id int PRIMARY KEY) PARTITION BY RANGE (id)", "ALTER DEFAULT PRIVILEGES FOR ROLE shop_admin IN SCHEMA public REVOKE SELECT ON TABLES FROM clickpipes_user") with
        {
            Mend = (s, _) => s.SuperuserAsync("ALTER DEFAULT PRIVILEGES FOR ROLE shop_admin IN SCHEMA public GRANT SELECT ON TABLES TO clickpipes_user"),
        },
    ];

    private static IEnumerable<Breakage> Identity =>
    [
        Table("SW405", "no-key", Blocking, Rds, "(at timestamptz, what text)"),
        Table("SW405", "deferrable-key", Blocking, Azure, "(id int PRIMARY KEY DEFERRABLE)"),
        Table("SW405", "invalid-key", Blocking, Plain, "(id int PRIMARY KEY)", "UPDATE pg_index SET indisvalid = false WHERE indrelid = 'public.odd'::regclass"),
        Table("SW405", "identity-nothing", Blocking, Rds, "(id int PRIMARY KEY)", "ALTER TABLE public.odd REPLICA IDENTITY NOTHING"),
        Table("SW405", "index-invalid", Blocking, Azure, "(id int NOT NULL)", "CREATE UNIQUE INDEX gone ON public.odd (id); ALTER TABLE public.odd REPLICA IDENTITY USING INDEX gone; DROP INDEX public.gone"),
        Table("SW405", "index-invalid", Blocking, Plain, "(id int NOT NULL)", "CREATE UNIQUE INDEX part ON public.odd (id); ALTER TABLE public.odd REPLICA IDENTITY USING INDEX part; UPDATE pg_attribute SET attnotnull = false WHERE attrelid = 'public.odd'::regclass") with { Note = "may be NULL", Majors = [12, 15] },
        Table("SW405", "no-key", Blocking, Plain, "(day date) PARTITION BY RANGE (day)", "CREATE TABLE public.odd_1 PARTITION OF public.odd FOR VALUES FROM ('2026-01-01') TO ('2027-01-01'); ALTER TABLE public.odd REPLICA IDENTITY FULL") with { Note = "a partition", Mend = (s, _) => s.AdminAsync("ALTER TABLE public.odd ADD PRIMARY KEY (day)") },
        Table("SW405", "future-partitions", Warning, Rds, "(day date) PARTITION BY RANGE (day)", "CREATE TABLE public.odd_1 PARTITION OF public.odd FOR VALUES FROM ('2026-01-01') TO ('2027-01-01'); ALTER TABLE public.odd REPLICA IDENTITY FULL; ALTER TABLE public.odd_1 REPLICA IDENTITY FULL; ALTER TABLE public.odd_1 OWNER TO shop_admin") with
        {
            Mend = (s, _) => s.AdminAsync("ALTER TABLE public.odd ADD PRIMARY KEY (day)"),
        },
        Full("chosen-full", "(id int PRIMARY KEY DEFERRABLE)", grows: false) with { Majors = [15] },
        Full("chosen-full-grows", "(at timestamptz, what text)", grows: true),
        Full("full-without-key", "(at timestamptz, what text)", grows: false) with
        {
            Majors = [18],
            Mend = static (s, f) =>
            {
                s.Goal = s.Goal with { Identities = [new(new("public", "odd"), IdentityKind.Full, OnlyGrows: true)] };
                return s.FollowAsync(f);
            },
        },
        Table("SW405", "is-full-without-key", Warning, Plain, "(at timestamptz, what text)", "ALTER TABLE public.odd REPLICA IDENTITY FULL"),
        Full("only-grows", "(at timestamptz, what text)", grows: true, "ALTER TABLE public.odd REPLICA IDENTITY FULL") with
        {
            State = Advice,
            Majors = [15],
            Mend = static async (s, f) =>
            {
                await s.RunAsync(f);
                s.Goal = s.Goal with { Identities = [] };
            },
        },
        Table("SW405", "chosen-index", Blocking, Azure, "(id int NOT NULL)") with
        {
            Break = async s =>
            {
                await CreateAsync(s, "(id int NOT NULL)", "CREATE UNIQUE INDEX odd_id ON public.odd (id)");
                s.Goal = s.Goal with { Identities = [new(new("public", "odd"), IdentityKind.Index, "odd_id")] };
            },
            Mend = static (s, f) => s.FollowAsync(f),
        },
        new("SW405", "left-out", Advice, Azure, static _ => Task.CompletedTask)
        {
            Mend = (s, _) => s.AdminAsync("ALTER TABLE public.audit_log ADD COLUMN id bigserial PRIMARY KEY"),
            Restore = s => s.AdminAsync("ALTER TABLE public.audit_log DROP COLUMN id"),
        },
    ];

    private static IEnumerable<Breakage> Kinds =>
    [
        new("SW406", "unlogged", Blocking, Rds, ServerBreakages.GoalOf(g => g with { Tables = [new("public", "session_cache")] }))
        {
            Mend = ServerBreakages.ByStatement, Restore = Admin("ALTER TABLE public.session_cache SET UNLOGGED"),
        },
        new("SW406", "view", Blocking, Rds, ServerBreakages.GoalOf(g => g with { Tables = [new("public", "open_orders")] })) { Mend = ServerBreakages.ByGoal(g => g with { Tables = [new("public", "orders")] }) },
        new("SW406", "foreign", Blocking, Rds, async s =>
        {
            await s.SuperuserAsync("CREATE FOREIGN DATA WRAPPER far; CREATE SERVER far FOREIGN DATA WRAPPER far; CREATE FOREIGN TABLE public.far (id int) SERVER far");
            s.Goal = s.Goal with { Tables = [new("public", "far")] };
        })
        {
            Mend = ServerBreakages.ByGoal(g => g with { Tables = [new("public", "orders")] }), Restore = s => s.SuperuserAsync("DROP FOREIGN DATA WRAPPER far CASCADE"),
        },
        Table("SW406", "unlogged-partition", Blocking, Rds, "(id int PRIMARY KEY) PARTITION BY RANGE (id)", "CREATE UNLOGGED TABLE public.odd_1 PARTITION OF public.odd FOR VALUES FROM (1) TO (9)") with { Majors = [13, 18] },
        Table("SW406", "foreign-partition", Blocking, Plain, "(id int) PARTITION BY RANGE (id)", "CREATE FOREIGN DATA WRAPPER far; CREATE SERVER far FOREIGN DATA WRAPPER far; CREATE FOREIGN TABLE public.odd_1 PARTITION OF public.odd FOR VALUES FROM (1) TO (9) SERVER far; ALTER TABLE public.odd REPLICA IDENTITY FULL") with
        {
            Mend = ServerBreakages.ByGoal(g => g with { Tables = [new("public", "orders")] }), Restore = s => s.SuperuserAsync("DROP TABLE public.odd; DROP FOREIGN DATA WRAPPER far CASCADE"),
        },
        new("SW406", "not-found", Blocking, Rds, ServerBreakages.GoalOf(g => g with { Tables = [new("public", "Orders")] })) { Mend = ServerBreakages.ByGoal(g => g with { Tables = [new("public", "orders")] }) },
        new("SW406", "schema-not-found", Blocking, Rds, ServerBreakages.GoalOf(g => g with { Schemas = ["public", "Sales"] })) { Mend = ServerBreakages.ByGoal(g => g with { Tables = [new("public", "orders")], Schemas = [] }) },
        new("SW406", "left-out", Advice, Rds, static _ => Task.CompletedTask)
        {
            Mend = (s, _) => s.AdminAsync("ALTER TABLE public.session_cache SET LOGGED"), Restore = Admin("ALTER TABLE public.session_cache SET UNLOGGED"),
        },
        Table("SW406", "partitioned", Blocking, Rds, "(day date PRIMARY KEY) PARTITION BY RANGE (day)") with
        {
            Majors = [12],
            Mend = (s, _) => s.AdminAsync("CREATE TABLE public.odd_1 PARTITION OF public.odd FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')"),
        },
        new("SW409", "dot", Blocking, Azure, async s =>
        {
            await s.AdminAsync("CREATE TABLE public.\"a.b\" (id int PRIMARY KEY)");
            s.Goal = s.Goal with { Tables = [new("public", "a.b")] };
        })
        {
            Mend = async (s, _) =>
            {
                await s.AdminAsync("ALTER TABLE public.\"a.b\" RENAME TO a_b");
                s.Goal = s.Goal with { Tables = [new("public", "a_b")] };
            },
            Restore = Admin("DROP TABLE public.a_b"),
        },
        new("SW409", "left-out", Advice, Azure, Admin("CREATE TABLE public.\"a.b\" (id int PRIMARY KEY)"))
        {
            Mend = (s, _) => s.AdminAsync("ALTER TABLE public.\"a.b\" RENAME TO a_b"), Restore = Admin("DROP TABLE public.a_b"),
        },
    ];

    private static IEnumerable<Breakage> Columns =>
    [
        Table("SW407", "not-streamed", Advice, Rds, "(id int PRIMARY KEY, twice int GENERATED ALWAYS AS (id * 2) STORED)") with { Majors = [12, 15, 17], Mend = (s, _) => s.AdminAsync("ALTER TABLE public.odd DROP COLUMN twice") },
        Table("SW407", "publishable", Advice, Rds, "(id int PRIMARY KEY, twice int GENERATED ALWAYS AS (id * 2) STORED)") with
        {
            Majors = [18], Mend = static (s, f) => s.FollowAsync(f), Restore = Admin("DROP TABLE public.odd; ALTER PUBLICATION clickpipes SET (publish_generated_columns = none)"),
        },
        Table("SW407", "not-streamed", Advice, Plain, "(id int PRIMARY KEY, twice int GENERATED ALWAYS AS (id * 2) VIRTUAL)") with { Majors = [18], Note = "virtual", Mend = (s, _) => s.AdminAsync("ALTER TABLE public.odd DROP COLUMN twice") },
        Table("SW407", "in-key", Blocking, Azure, "(id int, twice int GENERATED ALWAYS AS (id * 2) STORED PRIMARY KEY)") with { Majors = [16, 17], Mend = (s, _) => s.AdminAsync("ALTER TABLE public.odd ALTER twice DROP EXPRESSION") },
        Stopping("stops-updates", "STORED", "ALTER TABLE public.odd REPLICA IDENTITY FULL") with { Mend = static (s, f) => s.FollowAsync(f) },
        Stopping("stops-updates-elsewhere", "STORED", "ALTER TABLE public.odd REPLICA IDENTITY FULL; CREATE PUBLICATION \"other \"\"one\"\"\" FOR TABLE public.odd") with
        {
            Mend = static async (s, f) =>
            {
                await s.RunAsync(f);
                await s.FollowAsync(f);
            },
        },
        Stopping("stops-updates-virtual", "VIRTUAL", "ALTER TABLE public.odd REPLICA IDENTITY FULL"),
        Table("SW413", "undecided", Advice, Azure, "(id int PRIMARY KEY, note text)") with { Mend = ServerBreakages.ByGoal(g => g with { Pipe = g.Pipe with { AllowNullableColumns = true } }) },
        Table("SW408", "full-unfit", Advice, Plain, "(sku text NOT NULL, note text)", "CREATE UNIQUE INDEX odd_sku ON public.odd (sku); ALTER TABLE public.odd REPLICA IDENTITY USING INDEX odd_sku") with
        {
            Majors = [15], Mend = (s, _) => s.AdminAsync("ALTER TABLE public.odd ADD PRIMARY KEY (sku)"),
        },
        Table("SW408", "not-full", Advice, Rds, "(id int PRIMARY KEY, note text)") with { Majors = [12, 15, 18] },
        Table("SW408", "not-full", Advice, Plain, "(id int PRIMARY KEY, note text) PARTITION BY RANGE (id)", "CREATE TABLE public.odd_1 PARTITION OF public.odd FOR VALUES FROM (1) TO (9)") with { Note = "a partition" },
        Table("SW411", "digits", Advice, Azure, "(id int PRIMARY KEY, amount numeric, amounts numeric[], fine numeric(20, 4))") with
        {
            Mend = (s, _) => s.AdminAsync("ALTER TABLE public.odd ALTER amount TYPE numeric(20, 4), ALTER amounts TYPE numeric(20, 4)[]"),
        },
        Table("SW411", "range", Advice, Rds, "(id int PRIMARY KEY, days date[])") with { Mend = (s, _) => s.AdminAsync("ALTER TABLE public.odd ALTER days TYPE text USING days::text") },
        Table("SW411", "zone", Advice, Rds, "(id int PRIMARY KEY, opens timetz)") with { Mend = (s, _) => s.AdminAsync("ALTER TABLE public.odd DROP opens, ADD opens timestamptz") },
        Table("SW411", "shape", Advice, Plain, "(id int PRIMARY KEY, valid int4range, huge numeric(100, 2), pause interval)") with
        {
            Mend = (s, _) => s.AdminAsync("ALTER TABLE public.odd DROP valid, DROP huge, DROP pause, ADD valid_from int"),
        },
        OfDomain("domain-bool", Rds, 15, "boolean"),
        OfDomain("domain-array", Azure, 18, "int[]"),
        OfDomain("domain-bytes", Plain, 15, "bytea"),
        Table("SW411", "years", Advice, Rds, "(id int PRIMARY KEY, made timestamptz)") with { Majors = [18], Mend = (s, _) => s.AdminAsync("ALTER TABLE public.odd DROP made") },
        Table("SW411", "years-seen", Advice, Azure, "(id int PRIMARY KEY, until date)", "INSERT INTO public.odd SELECT g, '9999-12-31' FROM generate_series(1, 20) g; ANALYZE public.odd") with
        {
            Majors = [16], Mend = (s, _) => s.AdminAsync("UPDATE public.odd SET until = NULL; ANALYZE public.odd"),
        },
    ];

    private static IEnumerable<Breakage> Filters =>
    [
        new("SW410", "rows-hidden", Warning, Rds, Filtered("WHERE (id > 100)")) { Mend = ServerBreakages.ByStatement },
        new("SW410", "columns-hidden", Warning, Rds, Filtered("(id, customer_id)")) { Mend = ServerBreakages.ByStatement },
        new("SW410", "identity-hidden", Warning, Rds, Filtered("WHERE (status = 'paid')")) { Mend = ServerBreakages.ByStatement },
        new("SW410", "identity-hidden", Warning, Azure, Filtered("(customer_id)")) { Note = "column list", Mend = ServerBreakages.ByStatement },
    ];

    /// <summary>One table, the only one that is chosen; mended by the statement of the finding.</summary>
    private static Breakage Table(string code, string situation, FindingState state, SandboxProfile profile, string definition, string then = "") =>
        new(code, situation, state, profile, s => CreateAsync(s, definition, then))
        {
            Mend = ServerBreakages.ByStatement,
            Restore = s => s.SuperuserAsync("DROP TABLE public.odd"),
        };

    /// <summary>One table and what inherits from it, all the administrator's.</summary>
    private static Breakage Family(string code, string situation, FindingState state, SandboxProfile profile, string then, params string[] chosen) =>
        new(code, situation, state, profile, async s =>
        {
            await s.AdminAsync("CREATE TABLE public.odd (id int PRIMARY KEY); " + then);
            s.Goal = s.Goal with { Tables = chosen.Length == 0 ? [new("public", "odd")] : [.. chosen.Select(t => new TableRef("public", t))] };
        })
        {
            Restore = s => s.SuperuserAsync("DROP TABLE public.odd CASCADE"),
        };

    /// <summary>The table, the only one that is chosen, is to have FULL.</summary>
    private static Breakage Full(string situation, string definition, bool grows, string then = "") => Table("SW405", situation, Blocking, Rds, definition) with
    {
        Break = async s =>
        {
            await CreateAsync(s, definition, then);
            s.Goal = s.Goal with { Identities = [new(new("public", "odd"), IdentityKind.Full, OnlyGrows: grows)] };
        },
        Mend = static (s, f) => s.FollowAsync(f),
    };

    /// <summary>A table with a generated column, which PostgreSQL 18 does not let an UPDATE pass for.</summary>
    private static Breakage Stopping(string situation, string storage, string then) =>
        Table("SW407", situation, Blocking, Plain, $"(id int PRIMARY KEY, twice int GENERATED ALWAYS AS (id * 2) {storage})", then) with
        {
            Majors = [18],
            Restore = s => s.SuperuserAsync("DROP TABLE public.odd; DROP PUBLICATION IF EXISTS \"other \"\"one\"\"\"; ALTER PUBLICATION clickpipes SET (publish_generated_columns = none)"),
        };

    private static Breakage OfDomain(string situation, SandboxProfile profile, int major, string type) => Table("SW411", situation, Warning, profile, "") with
    {
        Majors = [major],
        Break = async s =>
        {
            await s.AdminAsync("CREATE DOMAIN public.own AS " + type);
            await CreateAsync(s, "(id int PRIMARY KEY, value public.own)", "");
        },
        Restore = s => s.SuperuserAsync("DROP TABLE public.odd; DROP DOMAIN public.own"),
    };

    private static async Task CreateAsync(PreparedSource source, string definition, string then)
    {
        await source.AdminAsync("CREATE TABLE public.odd " + definition);
        if (then.Length > 0)
        {
            await source.SuperuserAsync(then);
        }

        source.Goal = source.Goal with { Tables = [new("public", "odd")] };
    }

    /// <summary>The table gets a row identity, as the requirement that holds it back says; then it is published.</summary>
    private static async Task IdentifyThenFollowAsync(PreparedSource source, Finding finding)
    {
        var reason = (await source.InspectAsync()).Findings.Single(f => f is { Id.Code: "SW405", Case: "no-key" });
        await source.RunAsync(reason);
        await source.FollowAsync(finding);
    }

    private static Func<PreparedSource, Task> Filtered(string filter) =>
        Admin($"ALTER PUBLICATION clickpipes DROP TABLE public.orders; ALTER PUBLICATION clickpipes ADD TABLE public.orders {filter}");

    private static Func<PreparedSource, Task> Admin(string sql) => s => s.AdminAsync(sql);
}
