using Npgsql;
using SetupWizard.Core.Connecting;
using SetupWizard.Core.Wording;
using SetupWizard.Server.Tests.Source;
using SetupWizard.Server.Tests.Support;

namespace SetupWizard.Server.Tests.Field;

/// <summary>The server has one code for four limits of connections; each is told as itself, with its own way out.</summary>
public sealed class ConnectionLimitTests(OwnServer server) : IClassFixture<OwnServer>
{
    [Fact]
    public async Task The_limits_of_a_database_and_of_a_user_name_the_statement_that_lifts_them()
    {
        await server.Superuser.ExecuteAsync("ALTER DATABASE \"Sales\" CONNECTION LIMIT 0");

        var database = (await OwnServer.ConnectAsync(server.Target(database: "Sales"))).Verdict;
        var user = (await OwnServer.ConnectAsync(server.Target("crowded"))).Verdict;

        Assert.Equal(("too-many-connections-database", "too-many-connections-user"), (database.Case, user.Case));
        Assert.Contains("ALTER DATABASE \"Sales\" CONNECTION LIMIT -1;", FindingText.For(database, ConnectTests.English).Fix, StringComparison.Ordinal);
        Assert.Contains("ALTER ROLE crowded CONNECTION LIMIT -1;", FindingText.For(user, ConnectTests.Korean).Fix, StringComparison.Ordinal);
        await server.Superuser.ExecuteAsync("ALTER DATABASE \"Sales\" CONNECTION LIMIT -1");
        Assert.True((await OwnServer.ConnectAsync(server.Target(database: "Sales"))).Succeeded);
    }

    [Fact]
    public async Task A_full_server_is_told_from_one_whose_last_places_are_reserved()
    {
        var sessions = new List<NpgsqlConnection>();
        try
        {
            var places = await server.Superuser.ScalarAsync<int>("SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int - (SELECT count(*)::int FROM pg_stat_activity WHERE backend_type = 'client backend')");
            for (var i = 0; i < places; i++)
            {
                sessions.Add(await server.Sandbox.OpenSuperuserAsync(null, CancellationToken.None));
            }

            Assert.Equal("too-many-connections-reserved", (await OwnServer.ConnectAsync(server.Target())).Verdict.Case);

            // Places that only superusers get.
            while (await Record.ExceptionAsync(async () => sessions.Add(await server.Sandbox.OpenSuperuserAsync(null, CancellationToken.None))) is null)
            {
                Assert.True(sessions.Count < 200);
            }

            var full = (await OwnServer.ConnectAsync(server.Target())).Verdict;
            Assert.Equal("too-many-connections", full.Case);
            Assert.Contains("max_connections", FindingText.For(full, ConnectTests.English).Fix, StringComparison.Ordinal);
        }
        finally
        {
            foreach (var session in sessions)
            {
                await session.DisposeAsync();
            }
        }
    }

    /// <summary>The words of all versions, of other languages and of what stands in between.</summary>
    [Theory]
    [InlineData("53300", "too many connections for database \"shop\"", "CheckMyDatabase", "too-many-connections-database")]
    [InlineData("53300", "„shop“ 데이터베이스의 최대 접속 수를 초과했습니다", "CheckMyDatabase", "too-many-connections-database")]
    [InlineData("53300", "too many connections for database \"shop\"", null, "too-many-connections-database")]
    [InlineData("53300", "zu viele Verbindungen von Rolle »app«", "InitializeSessionUserId", "too-many-connections-user")]
    [InlineData("53300", "too many connections for role \"app\"", null, "too-many-connections-user")]
    [InlineData("53300", "sorry, too many clients already", "ProcessStartupPacket", "too-many-connections")]
    [InlineData("53300", "tut mir leid, schon zu viele Verbindungen", "InitProcess", "too-many-connections")]
    [InlineData("53300", "remaining connection slots are reserved for non-replication superuser connections", "InitPostgres", "too-many-connections-reserved")]
    [InlineData("53300", "remaining connection slots are reserved for roles with the SUPERUSER attribute", null, "too-many-connections-reserved")]
    [InlineData("53300", "remaining connection slots are reserved for roles with privileges of the \"pg_use_reserved_connections\" role", "InitPostgres", "too-many-connections-reserved")]
    [InlineData("08P01", "no more connections allowed (max_client_conn)", null, "too-many-connections-pooler")]
    [InlineData("XX000", "MaxClientsInSessionMode: max clients reached - in Session mode max clients are limited to pool_size", null, "too-many-connections-pooler")]
    public void Each_limit_is_told_as_itself(string state, string message, string? routine, string expected)
    {
        var finding = ConnectionDiagnosis.Classify(new PostgresException(message, "FATAL", "FATAL", state, routine: routine), server.Target());

        Assert.Equal(expected, finding.Case);
        Assert.All(
            new[] { ConnectTests.English, ConnectTests.Korean },
            culture => Assert.DoesNotContain("SW101", string.Join(' ', FindingText.For(finding, culture).Title, FindingText.For(finding, culture).Why, FindingText.For(finding, culture).Fix), StringComparison.Ordinal));
    }
}
