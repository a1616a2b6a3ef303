using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;
using SetupWizard.Sandbox;
using SetupWizard.Server.Tests.Support;

namespace SetupWizard.Server.Tests.Sandbox;

[Collection(SandboxFixture.Collection)]
public sealed class SandboxLifecycleTests(SandboxFixture sandboxes)
{
    [Fact]
    public async Task Dispose_ends_the_server_and_removes_its_directory()
    {
        var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.AmazonRds, writer: true);
        var directory = Path.GetDirectoryName(sandbox.ServerLogPath)!;
        var process = sandbox.ServerProcessId;
        Assert.True(Directory.Exists(directory));
        Assert.True(IsAlive(process));

        await sandbox.DisposeAsync();

        Assert.False(Directory.Exists(directory));
        Assert.False(IsAlive(process));
        await Assert.ThrowsAsync<SandboxException>(() => PostgresSandbox.AttachAsync(sandbox.Port, CancellationToken.None));
    }

    [Fact]
    public async Task Start_reports_its_stages_in_order()
    {
        var stages = new Stages();
        await using var sandbox = await PostgresSandbox.StartAsync(new SandboxOptions { Profile = SandboxProfile.AmazonRds }, stages, CancellationToken.None);
        Assert.Equal(["finding-binaries", "creating-cluster", "starting", "seeding", "ready"], stages.Seen.Where(stage => stage != "fetching-binaries"));
    }

    [Theory]
    [InlineData("creating-cluster", 0)]
    [InlineData("creating-cluster", 150)]
    [InlineData("creating-cluster", 400)]
    [InlineData("starting", 0)]
    [InlineData("seeding", 0)]
    public async Task Start_that_is_cancelled_leaves_nothing_behind(string stage, int milliseconds)
    {
        var parent = Directory.CreateTempSubdirectory("cancel-").FullName;
        if (!OperatingSystem.IsWindows())
        {
            // The server's user has to pass.
            File.SetUnixFileMode(parent, File.GetUnixFileMode(parent) | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        }

        using var cancel = new CancellationTokenSource();
        var options = new SandboxOptions { Profile = SandboxProfile.AmazonRds, DirectoryRoot = parent };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => PostgresSandbox.StartAsync(options, new CancelAt(stage, TimeSpan.FromMilliseconds(milliseconds), cancel), cancel.Token));

        Assert.Empty(Directory.GetFileSystemEntries(parent));
        Directory.Delete(parent);
    }

    [Fact]
    public async Task Sandbox_of_a_killed_process_disappears()
    {
        using var other = await StartOtherProcessAsync("rds");
        var attached = await PostgresSandbox.AttachAsync(other.Port, CancellationToken.None);
        var directory = Path.GetDirectoryName(attached.ServerLogPath)!;
        var server = attached.ServerProcessId;
        Assert.True(IsAlive(server));

        other.Process.Kill();

        await Eventually.TrueAsync(() => !IsAlive(server), "The server outlived the process that owned it.");
        await Eventually.TrueAsync(() => !Directory.Exists(directory), "The directory outlived the process that owned it.");
        await Assert.ThrowsAsync<SandboxException>(() => attached.RefreshAsync(CancellationToken.None));
        await Assert.ThrowsAsync<SandboxException>(() => PostgresSandbox.AttachAsync(other.Port, CancellationToken.None));
    }

    [Fact]
    public async Task Attached_process_edits_and_reboots_the_sandbox_of_another_and_does_not_end_it()
    {
        using var other = await StartOtherProcessAsync("rds");
        await using (var attached = await PostgresSandbox.AttachAsync(other.Port, CancellationToken.None))
        {
            Assert.Equal(SandboxProfile.AmazonRds, attached.Profile);
            await attached.SetParameterAsync("rds.logical_replication", "1", CancellationToken.None);
            Assert.True(attached.RestartPending);
            var refused = await Assert.ThrowsAsync<SandboxRefusedException>(() => attached.SetParameterAsync("wal_level", "logical", CancellationToken.None));
            Assert.Equal("wal_level", refused.Parameter);
        }

        await using var again = await PostgresSandbox.AttachAsync(other.Port, CancellationToken.None);
        Assert.Equal("on", again.StagedParameters["rds.logical_replication"]);
        await again.RebootAsync(CancellationToken.None);
        Assert.False(again.RestartPending);
        await using var connection = new NpgsqlConnection(again.AdminConnectionString);
        await connection.OpenAsync();
        Assert.Equal("logical", await connection.ScalarAsync<string>("SHOW wal_level"));
        Assert.Equal("on", await connection.ScalarAsync<string>("SHOW rds.logical_replication"));

        // Its writer comes back after the reboot.
        var written = again.ChangesWritten;
        await Eventually.TrueAsync(
            async () =>
            {
                await again.RefreshAsync(CancellationToken.None);
                return again.ChangesWritten > written + 1;
            },
            "No changes are written after the reboot.");

        other.Process.StandardInput.Close();
        await other.Process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(0, other.Process.ExitCode);
    }

    [Fact]
    public async Task Killed_server_starts_again_with_all_that_was_committed()
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.Plain);
        await using (var before = new NpgsqlConnection(sandbox.AdminConnectionString))
        {
            await before.OpenAsync();
            await before.ExecuteAsync("CREATE TABLE kept (n int); INSERT INTO kept VALUES (1)");
            await sandbox.KillAsync(CancellationToken.None);

            // A backend outlives its postmaster for a moment.
            await Eventually.TrueAsync(
                async () => await Record.ExceptionAsync(() => before.ScalarAsync<int>("SELECT 1")) is NpgsqlException,
                "The session outlived the server.");
        }

        await sandbox.StartAgainAsync(CancellationToken.None);
        await using (var after = new NpgsqlConnection(sandbox.AdminConnectionString))
        {
            await after.OpenAsync();
            Assert.Equal(1, await after.ScalarAsync<int>("SELECT n FROM kept"));
        }

        await sandbox.StopAsync(CancellationToken.None);
        await using (var refused = new NpgsqlConnection(sandbox.AdminConnectionString))
        {
            await Assert.ThrowsAnyAsync<NpgsqlException>(() => refused.OpenAsync());
        }

        await sandbox.StartAgainAsync(CancellationToken.None);
        await using var last = new NpgsqlConnection(sandbox.AdminConnectionString);
        await last.OpenAsync();
    }

    [Fact]
    public async Task Port_in_use_is_said_before_anything_is_made()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;

        var problem = await Assert.ThrowsAsync<SandboxException>(() => PostgresSandbox.StartAsync(new SandboxOptions { Port = port }, null, CancellationToken.None));

        Assert.Contains(port.ToString(CultureInfo.InvariantCulture), problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Setting_the_server_does_not_know_is_shown_from_its_log()
    {
        var options = new SandboxOptions { Profile = SandboxProfile.Plain, ExtraSettings = new Dictionary<string, string> { ["no_such_setting"] = "1" } };
        var problem = await Assert.ThrowsAsync<SandboxException>(() => PostgresSandbox.StartAsync(options, null, CancellationToken.None));
        Assert.Contains("no_such_setting", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("it's \\ a \"quoted\" :%@/?# password")]
    [InlineData("비밀번호 한국어")]
    public async Task Password_of_any_characters_works_and_stays_out_of_log_and_words(string password)
    {
        var options = new SandboxOptions { Profile = SandboxProfile.AmazonRds, AdminPassword = password, LogStatements = true, Writer = false };
        await using var sandbox = await PostgresSandbox.StartAsync(options, null, CancellationToken.None);
        await using (var connection = new NpgsqlConnection(sandbox.AdminConnectionString))
        {
            await connection.OpenAsync();
            Assert.Equal(42, await connection.ScalarAsync<int>("SELECT 42 AS canary"));
        }

        var log = await File.ReadAllTextAsync(sandbox.ServerLogPath);
        Assert.Contains("SELECT 42 AS canary", log, StringComparison.Ordinal);
        Assert.DoesNotContain("CREATE ROLE", log, StringComparison.Ordinal);
        Assert.DoesNotContain(password, log, StringComparison.Ordinal);
        Assert.DoesNotContain(password, options.ToString() + sandbox, StringComparison.Ordinal);
        Assert.Equal(password, Uri.UnescapeDataString(new Uri(sandbox.Uri).UserInfo.Split(':', 2)[1]));
        Assert.DoesNotContain(Uri.EscapeDataString(password), sandbox.UriWithoutPassword, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SandboxProfile.AmazonRds)]
    [InlineData(SandboxProfile.AzureFlexible)]
    public async Task Managed_service_refuses_connections_without_tls(SandboxProfile profile)
    {
        var sandbox = await sandboxes.SharedAsync(profile);
        await using var plain = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(sandbox.AdminConnectionString) { SslMode = SslMode.Disable }.ConnectionString);
        var problem = await Assert.ThrowsAsync<PostgresException>(() => plain.OpenAsync());
        Assert.Equal(PostgresErrorCodes.InvalidAuthorizationSpecification, problem.SqlState);
        Assert.Contains("no pg_hba.conf entry", problem.MessageText, StringComparison.Ordinal);
        Assert.Contains("no encryption", problem.MessageText, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("localhost", true)]
    [InlineData("127.0.0.1", true)]
    [InlineData("localhost.localdomain", false)]
    public async Task Certificate_is_good_for_the_local_names_and_for_no_other_authority(string name, bool good)
    {
        var sandbox = await sandboxes.SharedAsync(SandboxProfile.Plain);
        var other = await sandboxes.SharedAsync(SandboxProfile.AzureFlexible);
        var login = new NpgsqlConnectionStringBuilder(sandbox.AdminConnectionString);
        using (var socket = new TcpClient())
        {
            await socket.ConnectAsync("127.0.0.1", sandbox.Port);
            await socket.GetStream().WriteAsync(new byte[] { 0, 0, 0, 8, 4, 210, 22, 47 });
            Assert.Equal('S', socket.GetStream().ReadByte());
            await using var tls = new System.Net.Security.SslStream(socket.GetStream());
            using var authority = System.Security.Cryptography.X509Certificates.X509CertificateLoader.LoadCertificateFromFile(sandbox.CaCertificatePath);
            var options = new System.Net.Security.SslClientAuthenticationOptions
            {
                TargetHost = name,
                CertificateChainPolicy = new() { TrustMode = System.Security.Cryptography.X509Certificates.X509ChainTrustMode.CustomRootTrust, RevocationMode = System.Security.Cryptography.X509Certificates.X509RevocationMode.NoCheck },
            };
            options.CertificateChainPolicy.CustomTrustStore.Add(authority);
            var handshake = () => tls.AuthenticateAsClientAsync(options);
            if (good)
            {
                await handshake();
            }
            else
            {
                await Assert.ThrowsAsync<System.Security.Authentication.AuthenticationException>(handshake);
            }
        }

        login.RootCertificate = other.CaCertificatePath;
        await using var untrusted = new NpgsqlConnection(login.ConnectionString);
        var problem = await Assert.ThrowsAsync<NpgsqlException>(() => untrusted.OpenAsync());
        Assert.IsType<System.Security.Authentication.AuthenticationException>(problem.InnerException);
    }

    private static bool IsAlive(int process)
    {
        try
        {
            using var found = Process.GetProcessById(process);
            return !found.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static async Task<OtherProcess> StartOtherProcessAsync(string profile)
    {
        var process = Process.Start(new ProcessStartInfo("dotnet", [typeof(SandboxLifecycleTests).Assembly.Location, profile]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        var line = await process.StandardOutput.ReadLineAsync();
        return new OtherProcess(process, int.Parse(line!, CultureInfo.InvariantCulture));
    }

    private sealed record OtherProcess(Process Process, int Port) : IDisposable
    {
        public void Dispose()
        {
            Process.Kill();
            Process.Dispose();
        }
    }

    private sealed class Stages : IProgress<string>
    {
        public List<string> Seen { get; } = [];

        public void Report(string value) => Seen.Add(value);
    }

    private sealed class CancelAt(string stage, TimeSpan later, CancellationTokenSource cancel) : IProgress<string>
    {
        public void Report(string value)
        {
            if (value == stage && later > TimeSpan.Zero)
            {
                cancel.CancelAfter(later);
            }
            else if (value == stage)
            {
                cancel.Cancel();
            }
        }
    }
}
