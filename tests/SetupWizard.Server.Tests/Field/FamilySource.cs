using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using SetupWizard.Core.Audit;
using SetupWizard.Core.Connecting;
using SetupWizard.Core.Engine;
using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;
using SetupWizard.Sandbox;
using SetupWizard.Server.Tests.Support;

namespace SetupWizard.Server.Tests.Field;

/// <summary>A database on a shared server, and the three that use it: its administrator, its application, and ClickPipes.</summary>
public sealed class FamilySource : IDisposable
{
    private readonly EngineHarness _engine;
    private readonly int _number;

    private FamilySource(PostgresSandbox sandbox, int number)
    {
        _number = number;
        _engine = new EngineHarness(sandbox);
        Database = string.Create(CultureInfo.InvariantCulture, $"family_{number}");
        Target = _engine.Target with { Endpoint = _engine.Target.Endpoint with { Database = Database } };
        Goal = new SetupGoal { User = string.Create(CultureInfo.InvariantCulture, $"pipes_{number}") };
    }

    public string Database { get; }

    public SetupTarget Target { get; }

    public SetupGoal Goal { get; set; }

    public PostgresSandbox Sandbox => _engine.Sandbox;

    private string App => string.Create(CultureInfo.InvariantCulture, $"app_{_number}");

    public static async Task<FamilySource> MakeAsync(PostgresSandbox sandbox, int number, string sql, string superuserFirst)
    {
        var source = new FamilySource(sandbox, number);
        await using (var superuser = await sandbox.OpenSuperuserAsync(null, CancellationToken.None))
        {
            await superuser.ExecuteAsync($"CREATE DATABASE {source.Database} OWNER {sandbox.AdminUser}");
            await superuser.ExecuteAsync($"CREATE ROLE {source.App}");
        }

        if (superuserFirst.Length > 0)
        {
            await source.SuperuserAsync(superuserFirst);
        }

        await source.AdminAsync(sql);
        await source.SuperuserAsync(
            $$"""
            DO $$ DECLARE s text; BEGIN
                FOR s IN SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' LOOP
                    EXECUTE format('GRANT USAGE ON SCHEMA %I TO {{source.App}}', s);
                    EXECUTE format('GRANT ALL ON ALL TABLES IN SCHEMA %I TO {{source.App}}', s);
                END LOOP;
            END $$
            """);
        return source;
    }

    /// <summary>The goal with these tables, written as <c>schema.table</c>.</summary>
    public FamilySource Choose(params string[] tables)
    {
        Goal = Goal with { Tables = [.. tables.Select(Ref)] };
        return this;
    }

    public static TableRef Ref(string name) => TableRef.TryParse(name, out var table) ? table : throw new ArgumentException(name);

    public async Task AdminAsync(string sql)
    {
        await using var connection = await OpenAsync(Sandbox.AdminUser, Sandbox.AdminPassword);
        await connection.ExecuteAsync(Fill(sql));
    }

    public async Task SuperuserAsync(string sql)
    {
        await using var connection = await Sandbox.OpenSuperuserAsync(Database, CancellationToken.None);
        await connection.ExecuteAsync(Fill(sql));
    }

    /// <summary>What the application does, with its rights and no more; what it does is taken back.</summary>
    public async Task AppAsync(params string[] statements)
    {
        await using var connection = await Sandbox.OpenSuperuserAsync(Database, CancellationToken.None);
        await connection.ExecuteAsync("SET ROLE " + App);
        await connection.ExecuteAsync("BEGIN");
        foreach (var statement in statements)
        {
            await connection.ExecuteAsync(Fill(statement));
        }

        await connection.ExecuteAsync("ROLLBACK");
    }

    /// <summary>How many rows ClickPipes reads of a table by its name.</summary>
    public async Task<long> ReadAsync(string table)
    {
        await using var connection = await OpenAsync(Goal.User, EngineHarness.ClickPipesPassword);
        return await connection.ScalarAsync<long>("SELECT count(*) FROM " + table);
    }

    public async Task<Inspection> InspectAsync()
    {
        await _engine.SettleAsync();
        return await _engine.Runner.InspectAsync(Target, Goal, CancellationToken.None);
    }

    public SetupPlan Plan(Inspection inspection) => _engine.Runner.Plan(inspection);

    public Inspection Reconsider(Inspection inspection) => _engine.Runner.Reconsider(inspection, Goal);

    /// <summary>Applies what is planned, and reads again.</summary>
    public async Task<Inspection> ApplyAsync()
    {
        var events = await _engine.Runner.ApplyAsync(Target, Plan(await InspectAsync()), CancellationToken.None).ToListAsync();
        Assert.True(events.OfType<ApplyFinished>().Single().Outcome is ApplyOutcome.Completed or ApplyOutcome.NothingToDo, EngineHarness.DescribeFailure(events));
        return await InspectAsync();
    }

    /// <summary>Takes back what was applied.</summary>
    public async Task<SetupPlan> UndoAsync(UndoRequest? request = null)
    {
        var plan = await UndoPlanAsync(request);
        var events = await _engine.Runner.ApplyAsync(Target, plan, CancellationToken.None).ToListAsync();
        Assert.True(events.OfType<ApplyFinished>().Single().Outcome == ApplyOutcome.Completed, EngineHarness.DescribeFailure(events));
        return plan;
    }

    /// <summary>What would take back what was applied: by this source's own record, or another one's.</summary>
    public async Task<SetupPlan> UndoPlanAsync(UndoRequest? request = null, SetupTarget? by = null, SetupRunner? runner = null) =>
        await (runner ?? _engine.Runner).UndoPlanAsync(by ?? Target, Goal, request ?? UndoRequest.OfGoal, CancellationToken.None);

    /// <summary>How a plan ends.</summary>
    public async Task<ApplyFinished> FinishAsync(SetupPlan plan) => (await _engine.Runner.ApplyAsync(Target, plan, CancellationToken.None).ToListAsync()).OfType<ApplyFinished>().Single();

    /// <summary>Where the record is.</summary>
    public string RecordDirectory => _engine.Directory;

    /// <summary>An application that just began, with the same record and perhaps something around it.</summary>
    public SetupRunner Runner(Func<IAuditLog, IAuditLog>? around = null, TimeProvider? time = null)
    {
        IAuditLog record = new JsonLinesAuditLog(_engine.Directory, TimeProvider.System);
        return new SetupRunner(around?.Invoke(record) ?? record, time ?? TimeProvider.System, NullLogger<SetupRunner>.Instance);
    }

    /// <summary>The proof, every stage of which has to pass.</summary>
    public async Task ProveAsync()
    {
        await _engine.SettleAsync();
        var proof = await _engine.Runner.VerifyAsync(Target, Goal, CancellationToken.None).ToListAsync();
        Assert.All(proof, p => Assert.True(p.State != ProofState.Failed, $"{p.Id} {p.Problem?.Key} {p.Problem?.Server?.Text} {string.Join(", ", (p.Problem?.Arguments ?? new Dictionary<string, object?>()).Select(a => a.Key + "=" + a.Value))}"));
        Assert.Contains(proof, p => p.Id == RequirementId.ProofChange && p.State == ProofState.Passed);
    }

    /// <summary>The tables the publication names, in order.</summary>
    public async Task<IReadOnlyList<string>> NamedAsync(string publication = "clickpipes")
    {
        await using var connection = await Sandbox.OpenSuperuserAsync(Database, CancellationToken.None);
        return await connection.ScalarAsync<string[]>(
            "SELECT coalesce(array_agg(r.prrelid::regclass::text ORDER BY r.prrelid::regclass::text), '{}') FROM pg_publication_rel r JOIN pg_publication p ON p.oid = r.prpubid WHERE p.pubname = '" + publication + "'");
    }

    /// <summary>Everything a set-up may touch in the catalog, a row a line: privileges whether or not they were ever granted, identities, publications, policies.</summary>
    public async Task<string> CatalogAsync()
    {
        await using var connection = await Sandbox.OpenSuperuserAsync(Database, CancellationToken.None);
        return await connection.ScalarAsync<string>(
            """
            WITH mine AS (SELECT oid FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'),
            line(text) AS (
                SELECT concat_ws(' ', 'table', c.oid::regclass, c.relreplident, a.grantee::regrole, a.privilege_type, a.is_grantable, a.grantor::regrole)
                FROM pg_class c, aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) a WHERE c.relkind IN ('r', 'p', 'f') AND c.relnamespace IN (SELECT oid FROM mine)
                UNION ALL SELECT concat_ws(' ', 'schema', n.nspname, a.grantee::regrole, a.privilege_type) FROM pg_namespace n, aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) a WHERE n.oid IN (SELECT oid FROM mine)
                UNION ALL SELECT concat_ws(' ', 'publication', p.*) FROM pg_publication p
                UNION ALL SELECT concat_ws(' ', 'listed', prpubid, prrelid::regclass) FROM pg_publication_rel
                UNION ALL SELECT concat_ws(' ', 'policy', polname, polrelid::regclass) FROM pg_policy
                UNION ALL SELECT concat_ws(' ', 'default', d.defaclrole::regrole, d.defaclnamespace::regnamespace, d.defaclacl) FROM pg_default_acl d
                UNION ALL SELECT concat_ws(' ', 'member', roleid::regrole, member::regrole) FROM pg_auth_members WHERE member = 'shop_admin'::regrole OR member::regrole::text LIKE 'pipes%')
            SELECT coalesce(string_agg(text, E'\n' ORDER BY text), '') FROM line
            """);
    }

    /// <summary>Logs in, and out again.</summary>
    public async Task LogInAsync(string user, string password) => await (await OpenAsync(user, password)).DisposeAsync();

    public void Dispose() => _engine.Dispose();

    private string Fill(string sql) => sql.Replace("{n}", _number.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);

    /// <summary>A session of that login, for whoever disposes of it.</summary>
    public async Task<NpgsqlConnection> OpenAsync(string user, string password)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder
        {
            Host = Sandbox.Host,
            Port = Sandbox.Port,
            Database = Database,
            Username = user,
            Password = password,
            SslMode = SslMode.VerifyFull,
            RootCertificate = Sandbox.CaCertificatePath,
            Pooling = false,
        }.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }
}
