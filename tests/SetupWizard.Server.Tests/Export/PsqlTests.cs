using System.Globalization;
using Npgsql;
using SetupWizard.Core.Export;
using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;
using SetupWizard.Core.Sql;
using SetupWizard.Sandbox;
using SetupWizard.Server.Tests.Support;

namespace SetupWizard.Server.Tests.Export;

/// <summary>The scripts as psql runs them, without a terminal: it then reads the password from standard input.</summary>
[Collection(SandboxFixture.Collection)]
public sealed class PsqlTests
{
    private const string Password = "pa'ss \\ \"word\" 비밀 %:";
    private const string Publication = "odd \"pub\" :x";
    private static readonly CultureInfo s_english = CultureInfo.GetCultureInfo("en");
    private static readonly TableRef s_odd = new("public", "Weird \"Name\" 주문");

    [Fact]
    public async Task Sql_script_runs_twice_and_its_undo_takes_everything_back()
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.Plain);
        var plan = PlanFor(OddSource.User);
        var inspection = At(sandbox, plan.Goal);
        var script = SqlScriptExporter.Write(inspection, plan, s_english);
        var undo = UndoScriptExporter.Write(inspection, plan with { Undo = UndoRequest.OfGoal, Changes = [.. plan.Changes.Reverse().Select(c => c with { Statement = c.Undo!, Undo = null, NeededWhen = null })] }, s_english);

        Assert.Equal((0, ""), await PsqlRun.AsAdminAsync(sandbox, script, "yes\n" + Password + "\n" + Password + "\nyes\n"));
        Assert.Equal((0, ""), await PsqlRun.AsAdminAsync(sandbox, script, ""));
        Assert.Equal(OddSource.User, await LoginAsync(sandbox, OddSource.User));
        Assert.Equal(1L, await CountAsync(sandbox));

        Assert.Equal((0, ""), await PsqlRun.AsAdminAsync(sandbox, undo, ""));
        Assert.Equal(0L, await CountAsync(sandbox));
    }

    /// <summary>Nothing streams before the restart, and a statement that runs in no transaction makes no half of one.</summary>
    [Fact]
    public async Task Sql_script_that_changes_a_parameter_says_what_it_waits_for_and_does_nothing_by_halves()
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.Plain, 15);
        using var engine = new EngineHarness(sandbox) { Goal = new SetupGoal { Tables = [new TableRef("public", "orders")] } };
        var inspection = await engine.InspectAsync();
        var script = SqlScriptExporter.Write(inspection, engine.Runner.Plan(inspection), s_english);
        Assert.Contains("It changes a parameter that takes effect when the server is restarted.", script.Replace("\n--", "", StringComparison.Ordinal), StringComparison.Ordinal);
        var typed = "yes\n" + Password + "\n" + Password + "\nyes\n";

        Assert.Equal(3, (await PsqlRun.AsAdminAsync(sandbox, script, typed, null, null, "--single-transaction")).Code);
        Assert.Equal(engine.Runner.Plan(inspection).Changes.Select(static c => c.Statement.Display), (await engine.PlanAsync()).Changes.Select(static c => c.Statement.Display));
        Assert.Equal((0, ""), await PsqlRun.AsAdminAsync(sandbox, script, typed));
        Assert.False((await engine.InspectAsync()).Ready);
        await sandbox.RebootAsync(CancellationToken.None);

        Assert.True((await engine.InspectAsync()).Ready, EngineHarness.DescribeProblems(await engine.InspectAsync()));
    }

    /// <summary>A verifier, which psql makes by itself, is not what such a server takes.</summary>
    [Fact]
    public async Task Sql_script_for_a_server_that_wants_the_password_itself_sends_what_was_typed()
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.Plain);
        await using var superuser = await sandbox.OpenSuperuserAsync(sandbox.Database, CancellationToken.None);
        await superuser.ExecuteAsync("ALTER SYSTEM SET log_statement = 'ddl'");
        await superuser.ReloadAsync();
        var plan = PlanFor("clickpipes_user");
        plan = plan with { Goal = plan.Goal with { SendPasswordAsText = true }, Changes = [.. plan.Changes.Take(1)] };
        var script = SqlScriptExporter.Write(At(sandbox, plan.Goal), plan, s_english);

        Assert.Equal((0, ""), await PsqlRun.AsAdminAsync(sandbox, script, "yes\n" + Password + "\n"));

        Assert.Equal("clickpipes_user", await LoginAsync(sandbox, "clickpipes_user"));
        Assert.Contains("the server may log it", script, StringComparison.Ordinal);
        Assert.Contains("pa''ss", await superuser.ScalarAsync<string>($"SELECT pg_read_file('{sandbox.ServerLogPath}')"), StringComparison.Ordinal);
    }

    /// <summary>What is handed to somebody else is read, not run: it names the way by which the password gets to the server.</summary>
    [Theory]
    [InlineData(false, "\\password \"clickpipes_user\"", "ALTER ROLE")]
    [InlineData(true, "ALTER ROLE \"clickpipes_user\" PASSWORD '…'", "\\password")]
    public void Statements_for_somebody_else_name_the_way_of_the_password(bool asText, string way, string other)
    {
        var plan = PlanFor("clickpipes_user");

        var text = SqlScriptExporter.Paste([.. plan.Changes.Take(1).Cast<SqlChange>()], plan.Goal with { SendPasswordAsText = asText }, s_english);

        Assert.Contains(way, text, StringComparison.Ordinal);
        Assert.DoesNotContain(other, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sql_script_that_stops_leaves_nothing_of_its_phase()
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.Plain);
        var plan = PlanFor("clickpipes_user");
        plan = plan with { Changes = [plan.Changes[1], plan.Changes[1] with { NeededWhen = null, Statement = new SqlText("GRANT no_such_role TO CURRENT_USER") }] };

        var (code, error) = await PsqlRun.AsAdminAsync(sandbox, SqlScriptExporter.Write(At(sandbox, plan.Goal), plan, s_english), "");

        Assert.Equal(3, code);
        Assert.Contains("no_such_role", error, StringComparison.Ordinal);
        Assert.Equal(0L, await CountAsync(sandbox));
    }

    /// <summary>A reading of that server: a script makes sure that it is run there, and by whom it was made for.</summary>
    private static Inspection At(PostgresSandbox sandbox, SetupGoal goal) => OddSource.Inspection with
    {
        Goal = goal,
        Endpoint = OddSource.Inspection.Endpoint with { Database = sandbox.Database },
        Snapshot = OddSource.Inspection.Snapshot! with { Server = OddSource.Inspection.Snapshot!.Server with { Database = sandbox.Database, CurrentUser = sandbox.AdminUser } },
    };

    private static SetupPlan PlanFor(string user)
    {
        var quoted = PgIdentifier.Quote(user);
        var publication = PgIdentifier.Quote(Publication);
        return new SetupPlan
        {
            Goal = new SetupGoal { User = user, Publication = Publication },
            Provider = "self-managed",
            Fingerprint = "f",
            Changes =
            [
                new SqlChange
                {
                    For = RequirementId.User,
                    Kind = "create\nuser",
                    Phase = ChangePhase.User,
                    Statement = new SqlText($"CREATE USER {quoted} PASSWORD {SqlText.PasswordHole}"),
                    Undo = new SqlText("DROP USER " + quoted),
                    NeededWhen = $"NOT EXISTS (SELECT FROM pg_roles WHERE rolname = {PgLiteral.Quote(user)})",
                },
                new SqlChange
                {
                    For = RequirementId.Publication,
                    Kind = "create-publication",
                    Phase = ChangePhase.Publication,
                    Statement = new SqlText($"CREATE PUBLICATION {publication} FOR TABLE {s_odd.Quoted}"),
                    Undo = new SqlText("DROP PUBLICATION " + publication),
                    NeededWhen = $"NOT EXISTS (SELECT FROM pg_publication WHERE pubname = {PgLiteral.Quote(Publication)})",
                },
            ],
        };
    }

    private static async Task<object?> LoginAsync(PostgresSandbox sandbox, string user)
    {
        var builder = new NpgsqlConnectionStringBuilder(sandbox.AdminConnectionString) { Username = user, Password = Password };
        await using var connection = new NpgsqlConnection(builder.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("SELECT current_user::text", connection);
        return await command.ExecuteScalarAsync();
    }

    private static async Task<object?> CountAsync(PostgresSandbox sandbox)
    {
        await using var connection = await sandbox.OpenSuperuserAsync(sandbox.Database, CancellationToken.None);
        await using var command = new NpgsqlCommand("SELECT count(*) FROM pg_publication_tables WHERE pubname = $1", connection);
        command.Parameters.Add(new NpgsqlParameter { Value = Publication });
        return await command.ExecuteScalarAsync();
    }
}
