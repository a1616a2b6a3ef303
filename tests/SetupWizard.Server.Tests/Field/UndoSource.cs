using System.Globalization;
using Npgsql;
using SetupWizard.Core.Connecting;
using SetupWizard.Core.Engine;
using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;
using SetupWizard.Core.Sql;
using SetupWizard.Sandbox;
using SetupWizard.Server.Tests.Support;

namespace SetupWizard.Server.Tests.Field;

/// <summary>
/// A schema, a user and a publication of a test's own on a sandbox that others share, and the engine for them. The administrator owns the schema unless the test
/// says otherwise.
/// </summary>
internal sealed class UndoSource : IAsyncDisposable
{
    private static int s_number;

    private readonly EngineHarness _engine;

    private UndoSource(PostgresSandbox sandbox, string name, SetupGoal goal)
    {
        Sandbox = sandbox;
        Schema = name;
        _engine = new EngineHarness(sandbox);
        Goal = goal;
    }

    public PostgresSandbox Sandbox { get; }

    public string Schema { get; }

    public SetupGoal Goal { get; set; }

    public string User => PgIdentifier.Quote(Goal.User);

    public SetupTarget Target => _engine.Target;

    /// <summary>The file with the record of what was applied.</summary>
    public string Record => _engine.File;

    public NpgsqlConnection Admin { get; private set; } = null!;

    public NpgsqlConnection Superuser { get; private set; } = null!;

    public static async Task<UndoSource> AtAsync(Task<PostgresSandbox> starting)
    {
        var sandbox = await starting;
        var name = string.Create(CultureInfo.InvariantCulture, $"undo_{Interlocked.Increment(ref s_number)}");
        var source = new UndoSource(sandbox, name, new SetupGoal { User = name + " \"user\"", Publication = name, Schemas = [name] });
        source.Admin = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(sandbox.AdminConnectionString) { Pooling = false }.ConnectionString);
        await source.Admin.OpenAsync();
        source.Superuser = await sandbox.OpenSuperuserAsync(sandbox.Database, CancellationToken.None);
        await source.Admin.ExecuteAsync($"CREATE SCHEMA {name}");
        return source;
    }

    public Task CreateUserAsync() => Admin.ExecuteAsync($"CREATE USER {User} PASSWORD 'before'");

    public async Task<SetupPlan> PlanAsync(params RequirementId[] only) =>
        _engine.Runner.Plan(await InspectAsync(), only.Length == 0 ? null : only.ToHashSet());

    public async Task<Inspection> InspectAsync() => await _engine.Runner.InspectAsync(Target, Goal, CancellationToken.None);

    /// <summary>Applies what is needed, or what these requirements need.</summary>
    public async Task<ApplyFinished> ApplyAsync(params RequirementId[] only) => await RunAsync(await PlanAsync(only));

    public async Task<SetupPlan> UndoPlanAsync() => await _engine.Runner.UndoPlanAsync(Target, Goal, UndoRequest.OfGoal, CancellationToken.None);

    /// <summary>Takes back what was applied.</summary>
    public async Task<SetupPlan> UndoAsync()
    {
        var plan = await UndoPlanAsync();
        await RunAsync(plan);
        return plan;
    }

    public async Task<ApplyFinished> RunAsync(SetupPlan plan)
    {
        var events = await _engine.Runner.ApplyAsync(Target, plan, CancellationToken.None).ToListAsync();
        var finished = events.OfType<ApplyFinished>().Single();
        Assert.True(finished.Outcome is ApplyOutcome.Completed or ApplyOutcome.NothingToDo, EngineHarness.DescribeFailure(events));
        return finished;
    }

    /// <summary>Everything the catalog says the user may, was granted, is a member of, and has set: what an undo gives back.</summary>
    public async Task<IReadOnlyList<string>> PrivilegesAsync()
    {
        const string Sql =
            """
            WITH u AS (SELECT oid FROM pg_roles WHERE rolname = $1),
            acls AS (
                SELECT 'table ' || c.oid::regclass AS what, a.* FROM pg_class c, aclexplode(c.relacl) a
                UNION ALL SELECT 'column ' || t.attrelid::regclass || '.' || quote_ident(t.attname), a.* FROM pg_attribute t, aclexplode(t.attacl) a
                UNION ALL SELECT 'schema ' || n.nspname, a.* FROM pg_namespace n, aclexplode(n.nspacl) a
                UNION ALL SELECT 'database ' || d.datname, a.* FROM pg_database d, aclexplode(d.datacl) a WHERE d.datname = current_database()
                UNION ALL SELECT 'function ' || p.proname, a.* FROM pg_proc p, aclexplode(p.proacl) a
                UNION ALL SELECT 'default of ' || d.defaclrole::regrole || ' in ' || d.defaclnamespace::regnamespace, a.* FROM pg_default_acl d, aclexplode(d.defaclacl) a)
            SELECT what || ' ' || privilege_type || CASE WHEN is_grantable THEN ' WITH GRANT OPTION' ELSE '' END || ' by ' || grantor::regrole FROM acls, u WHERE grantee = u.oid
            UNION ALL SELECT 'member ' || (to_jsonb(m) - 'oid')::text FROM pg_auth_members m, u WHERE m.member = u.oid
            UNION ALL SELECT 'membership ' || (to_jsonb(m) - 'oid')::text FROM pg_auth_members m WHERE m.member = $2::regrole AND m.roleid <> ALL (SELECT oid FROM u)
            UNION ALL SELECT 'setting ' || s::text FROM pg_db_role_setting s, u WHERE s.setrole = u.oid
            UNION ALL SELECT 'role ' || r::text FROM pg_roles r, u WHERE r.oid = u.oid
            ORDER BY 1
            """;
        var rows = new List<string>();
        await using var command = new NpgsqlCommand(Sql, Superuser) { Parameters = { new() { Value = Goal.User }, new() { Value = PgIdentifier.Quote(Sandbox.AdminUser) } } };
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            rows.Add(reader.GetString(0));
        }

        return rows;
    }

    public async ValueTask DisposeAsync()
    {
        await Superuser.ExecuteAsync($"DROP PUBLICATION IF EXISTS {PgIdentifier.Quote(Goal.Publication)}; DROP SCHEMA IF EXISTS {Schema} CASCADE");
        foreach (var role in new[] { Goal.User, Schema + "_grantor", Schema + "_owner" })
        {
            if (await Superuser.ScalarAsync<bool>($"SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = {PgLiteral.Quote(role)})"))
            {
                await Superuser.ExecuteAsync($"DROP OWNED BY {PgIdentifier.Quote(role)} CASCADE; DROP ROLE {PgIdentifier.Quote(role)}");
            }
        }

        await Admin.DisposeAsync();
        await Superuser.DisposeAsync();
        _engine.Dispose();
    }
}
