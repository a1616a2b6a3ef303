using System.Text;
using Npgsql;
using SetupWizard.Core.Connecting;
using SetupWizard.Core.Engine;
using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;
using SetupWizard.Sandbox;

namespace SetupWizard.Server.Tests.Support;

/// <summary>A database of its own on a sandbox's server, owned by the sandbox's administrator, and the engine that works on it.</summary>
public sealed class AnotherDatabase : IDisposable
{
    private readonly EngineHarness _engine;
    private readonly string _name;

    private AnotherDatabase(EngineHarness engine, string name)
    {
        _engine = engine;
        _name = name;
    }

    public SetupGoal Goal { get; set; } = new();

    public SetupTarget Target => _engine.Target with { Endpoint = _engine.Target.Endpoint with { Database = _name } };

    /// <summary>Makes the database, anew when there is one.</summary>
    /// <param name="sandbox">The server.</param>
    /// <param name="name">Its name.</param>
    /// <param name="encoding">Its encoding, with the locale C.</param>
    public static async Task<AnotherDatabase> MakeAsync(PostgresSandbox sandbox, string name, string encoding = "UTF8")
    {
        var engine = new EngineHarness(sandbox);
        await using var superuser = await sandbox.OpenSuperuserAsync(null, CancellationToken.None);
        await superuser.ExecuteAsync($"DROP DATABASE IF EXISTS {name}");
        await superuser.ExecuteAsync($"CREATE DATABASE {name} OWNER {sandbox.AdminUser} ENCODING '{encoding}' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0");
        var made = new AnotherDatabase(engine, name);

        // MULE_INTERNAL lets no client of UTF-8 in.
        if (sandbox.Major >= 15 && encoding != "MULE_INTERNAL")
        {
            await made.SuperuserAsync($"ALTER SCHEMA public OWNER TO {sandbox.AdminUser}");
        }

        return made;
    }

    public async Task SuperuserAsync(string sql)
    {
        await using var superuser = await _engine.Sandbox.OpenSuperuserAsync(_name, CancellationToken.None);
        await superuser.ExecuteAsync(sql);
    }

    public async Task AdminAsync(string sql)
    {
        await using var admin = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(_engine.Sandbox.AdminConnectionString) { Database = _name }.ConnectionString);
        await admin.OpenAsync();
        await admin.ExecuteAsync(sql);
    }

    /// <summary>Runs SQL whose letters beyond ASCII are single bytes, as a client of another encoding sends them.</summary>
    public Task AdminInBytesAsync(string sql) => AdminAsync($"DO $do$BEGIN EXECUTE convert_from('\\x{Convert.ToHexString(Encoding.Latin1.GetBytes(sql))}', 'SQL_ASCII'); END$do$");

    public async Task<Inspection> InspectAsync()
    {
        await _engine.SettleAsync();
        return await _engine.Runner.InspectAsync(Target, Goal, CancellationToken.None);
    }

    /// <summary>Does what a plan without further wishes does.</summary>
    public async Task<ApplyFinished> ApplyAsync()
    {
        var plan = _engine.Runner.Plan(await InspectAsync());
        var events = await _engine.Runner.ApplyAsync(Target, plan, CancellationToken.None).ToListAsync(CancellationToken.None);
        return events.OfType<ApplyFinished>().Single();
    }

    public async Task<List<ProofEvent>> VerifyAsync()
    {
        await _engine.SettleAsync();
        return await _engine.Runner.VerifyAsync(Target, Goal, CancellationToken.None).ToListAsync();
    }

    /// <summary>Takes back what was applied.</summary>
    public async Task<ApplyFinished> UndoAsync()
    {
        await _engine.SettleAsync();
        var plan = await _engine.Runner.UndoPlanAsync(Target, Goal, UndoRequest.OfGoal, CancellationToken.None);
        var events = await _engine.Runner.ApplyAsync(Target, plan, CancellationToken.None).ToListAsync(CancellationToken.None);
        return events.OfType<ApplyFinished>().Single();
    }

    public SetupPlan Plan(Inspection inspection) => _engine.Runner.Plan(inspection);

    /// <summary>Reads all columns.</summary>
    public Task<ColumnReading> ColumnsAsync(params TableRef[] tables) => _engine.Runner.ReadColumnsAsync(Target, tables, CancellationToken.None);

    public void Dispose() => _engine.Dispose();
}
