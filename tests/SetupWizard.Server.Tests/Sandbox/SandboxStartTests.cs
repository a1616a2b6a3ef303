using Npgsql;
using SetupWizard.Sandbox;
using SetupWizard.Server.Tests.Support;

namespace SetupWizard.Server.Tests.Sandbox;

[Collection(SandboxFixture.Collection)]
public sealed class SandboxStartTests(SandboxFixture sandboxes)
{
    public static TheoryData<SandboxProfile, int> EveryMajor()
    {
        var data = new TheoryData<SandboxProfile, int>();
        foreach (var profile in SandboxProfiles.All)
        {
            // The plain profile differs from the others by what it leaves out: its ends are enough.
            foreach (var major in profile == SandboxProfile.Plain ? [12, 18] : profile.Majors())
            {
                data.Add(profile, major);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(EveryMajor))]
    public async Task Sandbox_of_every_profile_and_major_lets_its_admin_in_over_verified_tls(SandboxProfile profile, int major)
    {
        var sandbox = await sandboxes.SharedAsync(profile, major);
        await using var connection = new NpgsqlConnection(sandbox.AdminConnectionString);
        await connection.OpenAsync();

        Assert.Equal(major, connection.PostgreSqlVersion.Major);
        Assert.Equal(major, sandbox.Major);
        Assert.True(await connection.ScalarAsync<bool>("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"));
        Assert.Equal("shop_admin", await connection.ScalarAsync<string>("SELECT pg_get_userbyid(datdba)::text FROM pg_database WHERE datname = current_database()"));
        Assert.Equal("replica", await connection.ScalarAsync<string>("SELECT setting FROM pg_settings WHERE name = 'wal_level'"));
        Assert.Equal(profile == SandboxProfile.Plain, await connection.ScalarAsync<bool>("SELECT rolsuper FROM pg_roles WHERE rolname = current_user"));
        if (profile == SandboxProfile.AmazonRds)
        {
            Assert.Equal("off", await connection.ScalarAsync<string>("SELECT setting FROM pg_settings WHERE name = 'rds.logical_replication'"));
            Assert.Equal("1", await connection.ScalarAsync<string>("SHOW rds.force_ssl"));
        }
        else if (profile == SandboxProfile.AzureFlexible)
        {
            Assert.NotEmpty(await connection.ScalarAsync<string>("SELECT setting FROM pg_settings WHERE name = 'azure.extensions'"));
        }
    }
}
