using System.Globalization;
using Npgsql;
using SetupWizard.Core.Connecting;
using SetupWizard.Core.Model;
using SetupWizard.Core.Wording;
using SetupWizard.Sandbox;
using SetupWizard.Server.Tests.Support;

namespace SetupWizard.Server.Tests.Field;

/// <summary>Limits that hold for the ClickPipes user and that whoever sets things up does not run into: of the database, of the server, and of catalogs that were locked.</summary>
public sealed class HiddenLimitsTests(HiddenLimitsTests.Server server) : IClassFixture<HiddenLimitsTests.Server>
{
    private static readonly CultureInfo s_english = CultureInfo.GetCultureInfo("en");

    /// <summary>One server that was set up before anything is limited.</summary>
    public sealed class Server : IAsyncLifetime
    {
        public EngineHarness Engine { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            Engine = new EngineHarness(await SandboxFixture.FreshAsync(SandboxProfile.AmazonRds, 18));
            await Engine.TurnOnLogicalReplicationAsync();
            await Engine.ApplyAsync(await Engine.PlanAsync());
        }

        public async Task DisposeAsync()
        {
            await Engine.Sandbox.DisposeAsync();
            Engine.Dispose();
        }
    }

    [Fact]
    public async Task A_time_limit_of_the_server_behind_the_administrators_own_setting_is_not_taken_for_none()
    {
        var engine = server.Engine;
        await using var superuser = await engine.Sandbox.OpenSuperuserAsync(null, CancellationToken.None);
        await superuser.ExecuteAsync($"ALTER ROLE {engine.Sandbox.AdminUser} SET transaction_timeout = 0; ALTER ROLE {engine.Sandbox.AdminUser} SET statement_timeout = 0");
        await superuser.SetAsync("transaction_timeout", "50s");
        try
        {
            var findings = (await engine.InspectAsync()).Findings.Where(f => f.Id == RequirementId.RoleSettings).ToList();
            var before = await engine.VerifyAsync();
            var plan = await engine.PlanAsync();
            await engine.ApplyAsync(plan);
            var after = await engine.VerifyAsync();

            Assert.Equal([("transaction-hidden", FindingState.Warning), ("hidden", FindingState.Advice)], findings.Select(f => (f.Case, f.State)));
            Assert.Equal(["transaction_timeout"], findings[0].Subjects.Select(s => s.Name));
            var failed = Assert.Single(before, e => e.State == ProofState.Failed);
            Assert.Equal((RequirementId.ProofRead, "proof-transaction-timeout", RequirementId.RoleSettings), (failed.Id, failed.Problem!.Key, failed.Owner));
            Assert.Contains("50s", FindingText.For(failed.Problem, s_english).Title, StringComparison.Ordinal);
            Assert.Equal(["""ALTER ROLE "clickpipes_user" SET transaction_timeout TO 0"""], plan.Changes.Select(c => c.Statement.Display));
            Assert.DoesNotContain(after, e => e.State == ProofState.Failed);
        }
        finally
        {
            await superuser.ExecuteAsync($"ALTER ROLE {engine.Sandbox.AdminUser} RESET ALL; ALTER ROLE clickpipes_user RESET transaction_timeout");
            await superuser.ExecuteAsync("ALTER SYSTEM RESET transaction_timeout");
            await superuser.ReloadAsync();
        }
    }

    /// <summary>The administrator's own value is all it sees; what the user gets is another one.</summary>
    [Theory]
    [InlineData("default_transaction_read_only", "on", "off")]
    [InlineData("idle_in_transaction_session_timeout", "10min", "0")]
    [InlineData("idle_session_timeout", "10min", "0")]
    public async Task A_setting_of_the_server_behind_the_administrators_own_is_told_as_one_that_cannot_be_seen(string setting, string ofServer, string harmless)
    {
        var engine = server.Engine;
        await using var superuser = await engine.Sandbox.OpenSuperuserAsync(null, CancellationToken.None);
        await superuser.ExecuteAsync($"SET default_transaction_read_only = off; ALTER ROLE {engine.Sandbox.AdminUser} SET {setting} = {harmless}");
        await superuser.SetAsync(setting, ofServer);
        try
        {
            var hidden = Assert.Single((await engine.InspectAsync()).Findings, f => f.Id == RequirementId.RoleSettings);
            await superuser.ExecuteAsync($"ALTER ROLE clickpipes_user SET {setting} = {harmless}");
            var own = Assert.Single((await engine.InspectAsync()).Findings, f => f.Id == RequirementId.RoleSettings);

            Assert.Equal(("hidden", FindingState.Advice, setting), (hidden.Case, hidden.State, hidden.Subjects[0].Name));
            Assert.Equal(FindingState.Satisfied, own.State);
        }
        finally
        {
            await superuser.ExecuteAsync($"ALTER ROLE {engine.Sandbox.AdminUser} RESET {setting}; ALTER ROLE clickpipes_user RESET {setting}");
            await superuser.ExecuteAsync("ALTER SYSTEM RESET " + setting);
            await superuser.ReloadAsync();
        }
    }

    [Fact]
    public async Task What_the_user_gets_and_ClickPipes_does_not_set_is_told_by_the_proof()
    {
        var engine = server.Engine;
        await using var superuser = await engine.Sandbox.OpenSuperuserAsync(null, CancellationToken.None);
        await superuser.ExecuteAsync("ALTER ROLE clickpipes_user SET default_transaction_read_only = on; ALTER ROLE clickpipes_user SET statement_timeout = '1h'");
        try
        {
            var read = Assert.Single(await engine.VerifyAsync(), e => e.Id == RequirementId.ProofRead && e.State == ProofState.Passed);

            Assert.Equal(("limited", "default_transaction_read_only = on"), (read.Case, read.Arguments["settings"]));
            Assert.Contains("default_transaction_read_only = on", FindingText.For(read, s_english), StringComparison.Ordinal);
        }
        finally
        {
            await superuser.ExecuteAsync("ALTER ROLE clickpipes_user RESET default_transaction_read_only; ALTER ROLE clickpipes_user RESET statement_timeout");
        }
    }

    [Fact]
    public async Task A_connection_limit_of_the_database_is_raised_by_what_ClickPipes_needs_and_put_back()
    {
        var engine = server.Engine;
        await using var superuser = await engine.Sandbox.OpenSuperuserAsync(null, CancellationToken.None);
        await superuser.ExecuteAsync($"ALTER DATABASE {engine.Sandbox.Database} CONNECTION LIMIT 3");
        try
        {
            var finding = Assert.Single((await engine.InspectAsync()).Findings, f => f.Id == RequirementId.Connections);
            var plan = await engine.PlanAsync();
            await engine.ApplyAsync(plan);
            var raised = await LimitAsync();
            await OpenAtOnceAsync(engine.Sandbox, 6);
            await superuser.ExecuteAsync($"ALTER DATABASE {engine.Sandbox.Database} CONNECTION LIMIT 9");
            var crowd = await HoldAsync(engine.Sandbox, 4);
            var crowded = Assert.Single((await engine.InspectAsync()).Findings, f => f.Id == RequirementId.Connections);
            foreach (var session in crowd)
            {
                await session.DisposeAsync();
            }

            var undo = await engine.Runner.UndoPlanAsync(engine.Target, engine.Goal, UndoRequest.OfGoal, CancellationToken.None);

            Assert.Equal(("database", FindingState.Blocking), (finding.Case, finding.State));
            Assert.Equal(["""ALTER DATABASE "shop" CONNECTION LIMIT 9"""], plan.Changes.Select(c => c.Statement.Display));
            Assert.Equal(9, raised);
            Assert.Equal(("database-crowded", FindingState.Warning), (crowded.Case, crowded.State));
            Assert.Equal("""ALTER DATABASE "shop" CONNECTION LIMIT 3""", undo.Changes[0].Statement.Display);
        }
        finally
        {
            await superuser.ExecuteAsync($"ALTER DATABASE {engine.Sandbox.Database} CONNECTION LIMIT -1");
        }

        Task<int> LimitAsync() => superuser.ScalarAsync<int>("SELECT datconnlimit FROM pg_database WHERE datname = current_database()");
    }

    [Fact]
    public async Task A_function_that_was_taken_from_everybody_is_not_called_a_missing_CONNECT()
    {
        var engine = server.Engine;
        await using var superuser = await engine.Sandbox.OpenSuperuserAsync(null, CancellationToken.None);
        await superuser.ExecuteAsync("REVOKE EXECUTE ON FUNCTION pg_catalog.version() FROM PUBLIC");
        try
        {
            var refused = Assert.Single((await engine.InspectAsync()).Findings, f => f.Id == RequirementId.Reachable);
            var stage = (await engine.Runner.ConnectAsync(engine.Target, engine.Goal, null, CancellationToken.None)).Stages.Single(s => s.State == StageState.Failed);
            await superuser.ExecuteAsync((string)refused.Arguments["statement"]!);

            Assert.Equal("read-refused", refused.Case);
            Assert.Equal(ConnectStage.Read, stage.Stage);
            Assert.Equal("GRANT EXECUTE ON FUNCTION pg_catalog.version() TO shop_admin", refused.Arguments["statement"]);
            Assert.Contains("function version", FindingText.For(refused, s_english).Title, StringComparison.Ordinal);
            Assert.NotNull((await engine.InspectAsync()).Snapshot);
        }
        finally
        {
            await superuser.ExecuteAsync("REVOKE EXECUTE ON FUNCTION pg_catalog.version() FROM shop_admin; GRANT EXECUTE ON FUNCTION pg_catalog.version() TO PUBLIC");
        }
    }

    [Fact]
    public async Task A_locked_catalog_is_named_whichever_statement_needed_it()
    {
        var engine = server.Engine;
        await using var superuser = await engine.Sandbox.OpenSuperuserAsync(null, CancellationToken.None);
        await superuser.ExecuteAsync("REVOKE SELECT ON pg_catalog.pg_publication FROM PUBLIC");
        try
        {
            var inspection = await engine.InspectAsync();

            var user = Assert.Single(inspection.Findings, f => f.Id == RequirementId.User);
            Assert.Equal(("unreadable", "pg_publication", "42501"), (user.Case, user.Arguments["what"], user.Server!.SqlState));
            Assert.All(inspection.Snapshot!.Unreadable, u => Assert.Equal("pg_publication", u.Refused));
        }
        finally
        {
            await superuser.ExecuteAsync("GRANT SELECT ON pg_catalog.pg_publication TO PUBLIC");
        }
    }

    private static async Task OpenAtOnceAsync(PostgresSandbox sandbox, int count)
    {
        var open = new List<NpgsqlConnection>();
        try
        {
            for (var i = 0; i < count; i++)
            {
                open.Add(new NpgsqlConnection(new NpgsqlConnectionStringBuilder(sandbox.AdminConnectionString) { Username = SetupGoal.DefaultUser, Password = EngineHarness.ClickPipesPassword }.ConnectionString));
                await open[^1].OpenAsync();
            }
        }
        finally
        {
            foreach (var connection in open)
            {
                await connection.DisposeAsync();
            }
        }
    }

    private static async Task<List<NpgsqlConnection>> HoldAsync(PostgresSandbox sandbox, int count)
    {
        var held = new List<NpgsqlConnection>();
        for (var i = 0; i < count; i++)
        {
            held.Add(new NpgsqlConnection(sandbox.AdminConnectionString));
            await held[^1].OpenAsync();
        }

        return held;
    }
}
