using System.Globalization;
using System.Text;
using Npgsql;
using SetupWizard.Core.Connecting;
using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;
using SetupWizard.Sandbox;
using SetupWizard.Server.Tests.Generated;
using SetupWizard.Server.Tests.Support;

namespace SetupWizard.Server.Tests.Names;

/// <summary>
/// A database of its own on a shared server in which everything has a hostile name: the database, its administrator, owners, schemas, tables, partitions, columns, indexes, policies, the
/// ClickPipes user and the publication.
/// </summary>
internal sealed class HostileSource : IAsyncDisposable
{
    public const string AdminPassword = "a-long-enough-pa55word";

    private readonly StringBuilder _sql = new();
    private readonly HashSet<string> _before = new(StringComparer.Ordinal);
    private readonly string _directory = Directory.CreateTempSubdirectory("t").FullName;
    private readonly Dice _dice;
    private readonly HostileNames _names;
    private readonly int _major;

    private HostileSource(PostgresSandbox sandbox, int seed)
    {
        Sandbox = sandbox;
        _major = sandbox.Major;
        _dice = new Dice(seed);
        _names = new HostileNames(_dice, Path.Combine(_directory, "x"));
        Database = _names.Next();
        Admin = _names.Next();
        Target = EngineHarness.TargetOf(sandbox) with { };
        Target = new SetupTarget(Target.Endpoint with { Database = Database }, new SourceCredentials(Admin, SecretString.From(AdminPassword), SecretString.From(EngineHarness.ClickPipesPassword)));
        Goal = Make();
    }

    public PostgresSandbox Sandbox { get; }

    public string Database { get; }

    public string Admin { get; }

    public SetupTarget Target { get; }

    public SetupGoal Goal { get; }

    public NpgsqlConnection Superuser { get; private set; } = null!;

    /// <summary>Whether a name did something: files that nobody else makes.</summary>
    public IReadOnlyList<string> Sprung => [.. Directory.GetFileSystemEntries(_directory)];

    public static async Task<HostileSource> MakeAsync(PostgresSandbox sandbox, int seed)
    {
        var source = new HostileSource(sandbox, seed);
        await using (var cluster = await sandbox.OpenSuperuserAsync("postgres", CancellationToken.None))
        {
            source._before.UnionWith(await SourceState.LinesAsync(cluster, "SELECT rolname::text FROM pg_roles"));
            await cluster.ExecuteAsync($"CREATE ROLE {Quote(source.Admin)} LOGIN CREATEROLE PASSWORD {PgLiteral.Quote(AdminPassword)}; GRANT rds_superuser TO {Quote(source.Admin)}");
            await cluster.ExecuteAsync($"CREATE DATABASE {Quote(source.Database)} OWNER {Quote(source.Admin)} TEMPLATE template0");
        }

        source.Superuser = await sandbox.OpenSuperuserAsync(source.Database, CancellationToken.None);
        await source.Superuser.ExecuteAsync(source._sql.ToString());
        return source;
    }

    public async Task<IReadOnlyList<CatalogLine>> CatalogAsync()
    {
        await Sandbox.RefreshAsync(CancellationToken.None);
        return await CatalogLines.ReadAsync(Superuser);
    }

    /// <summary>The passwords of everybody but the ClickPipes user, as the server keeps them.</summary>
    public async Task<IReadOnlyList<string>> PasswordsAsync() =>
        await SourceState.LinesAsync(Superuser, $"SELECT rolname || ' ' || coalesce(rolpassword, '-') FROM pg_authid WHERE rolname <> {PgLiteral.Quote(Goal.User)} ORDER BY 1");

    /// <summary>Runs a script as the administrator.</summary>
    public Task<(int Code, string Error)> PsqlAsync(string script, string input) => PsqlRun.AsAdminAsync(Sandbox, script, input, Database, (Admin, AdminPassword));

    private static string Quote(string name) => PgIdentifier.Quote(name);

    private void Run(string statement) => _sql.Append(statement).Append(";\n");

    private SetupGoal Make()
    {
        List<string> owners = [Admin];
        for (var i = _dice.Weighted((30, 0), (50, 1), (20, 2)); i > 0; i--)
        {
            var owner = _names.Next();
            owners.Add(owner);
            Run($"CREATE ROLE {Quote(owner)}");

            // From 16 on this login needs ADMIN OPTION to join it; before, CREATEROLE is enough.
            Run(_dice.Percent(30) ? $"GRANT {Quote(owner)} TO {Quote(Admin)}" : _major >= 16 ? $"GRANT {Quote(owner)} TO {Quote(Admin)} WITH ADMIN TRUE, INHERIT FALSE, SET FALSE" : "SELECT 1");
        }

        var user = _names.NextGiven();
        var goal = new SetupGoal { User = user, Publication = _names.NextGiven(), FutureTables = _dice.Percent(60) };
        List<string> schemas = [.. Enumerable.Range(0, _dice.Between(1, 2)).Select(_ => _names.NextOfTable())];
        List<TableRef> tables = [];
        List<IdentityChoice> identities = [];
        foreach (var schema in schemas)
        {
            var owner = _dice.Of(owners);
            Run($"CREATE SCHEMA {Quote(schema)} AUTHORIZATION {Quote(owner)}");
            for (var i = _dice.Between(1, 3); i > 0; i--)
            {
                tables.Add(MakeTable(schema, _dice.Percent(70) ? owner : _dice.Of(owners), identities));
            }
        }

        if (_dice.Percent(25))
        {
            Run($"CREATE ROLE {Quote(user)} LOGIN PASSWORD 'before'");
            if (_major >= 16)
            {
                Run($"GRANT {Quote(user)} TO {Quote(Admin)} WITH ADMIN TRUE, INHERIT FALSE, SET FALSE");
            }

            var table = _dice.Of(tables);
            Run($"DO $x$ DECLARE c text; BEGIN SELECT quote_ident(attname) INTO c FROM pg_attribute WHERE attrelid = {PgLiteral.Quote(table.Quoted)}::regclass AND attnum = 1; EXECUTE 'GRANT SELECT (' || c || {PgLiteral.Quote($") ON {table.Quoted} TO {Quote(user)}")}; END $x$");
            goal = goal with { ResetPassword = true };
        }

        return _dice.Percent(50)
            ? goal with { Schemas = schemas, Excluded = tables.Count > 2 && _dice.Percent(40) ? [tables[0]] : [], Identities = identities }
            : goal with { Tables = tables, Identities = identities };
    }

    private TableRef MakeTable(string schema, string owner, List<IdentityChoice> identities)
    {
        var table = new TableRef(schema, _names.NextOfTable());
        var (id, text) = (Quote(_names.Next()), Quote(_names.Next()));
        List<TableRef> made = [table];
        switch (_dice.Weighted((40, "key"), (20, "full"), (20, "index"), (20, "partitioned")))
        {
            case "full":
                Run($"CREATE TABLE {table.Quoted} ({id} int, {text} text)");
                identities.Add(new IdentityChoice(table, IdentityKind.Full, OnlyGrows: true));
                break;
            case "index":
                var index = _names.Next();
                Run($"CREATE TABLE {table.Quoted} ({id} int NOT NULL, {text} text); CREATE UNIQUE INDEX {Quote(index)} ON {table.Quoted} ({id})");
                identities.Add(new IdentityChoice(table, IdentityKind.Index, index));
                break;
            case "partitioned" when _major >= 13:
                Run($"CREATE TABLE {table.Quoted} ({id} int PRIMARY KEY, {text} text) PARTITION BY RANGE ({id})");
                for (var i = 0; i < 2; i++)
                {
                    var part = new TableRef(schema, _names.NextOfTable());
                    made.Add(part);
                    Run(string.Create(CultureInfo.InvariantCulture, $"CREATE TABLE {part.Quoted} PARTITION OF {table.Quoted} FOR VALUES FROM ({i * 10}) TO ({(i * 10) + 10})"));
                }

                break;
            default:
                Run($"CREATE TABLE {table.Quoted} ({id} int PRIMARY KEY, {text} text)");
                break;
        }

        Run($"INSERT INTO {table.Quoted} VALUES (1, 'a'), (11, 'b')");
        foreach (var one in made)
        {
            Run($"ALTER TABLE {one.Quoted} OWNER TO {Quote(owner)}");
        }

        if (_dice.Percent(15))
        {
            Run($"ALTER TABLE {table.Quoted} ENABLE ROW LEVEL SECURITY; CREATE POLICY {Quote(_names.Next())} ON {table.Quoted} USING (true)");
        }

        return table;
    }

    /// <summary>Roles belong to all of the server: the next case finds none of this one.</summary>
    public async ValueTask DisposeAsync()
    {
        await Superuser.DisposeAsync();
        await using (var cluster = await Sandbox.OpenSuperuserAsync("postgres", CancellationToken.None))
        {
            await cluster.ExecuteAsync($"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = {PgLiteral.Quote(Database)}");
            await cluster.ExecuteAsync($"DROP DATABASE {Quote(Database)}");
            var roles = (await SourceState.LinesAsync(cluster, "SELECT rolname::text FROM pg_roles")).Except(_before).Select(Quote).ToList();
            if (roles.Count > 0)
            {
                await cluster.ExecuteAsync($"DROP OWNED BY {string.Join(", ", roles)} CASCADE; DROP ROLE {string.Join(", ", roles)}");
            }
        }

        Directory.Delete(_directory, recursive: true);
    }
}
