using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using SetupWizard.Sandbox;

namespace SetupWizard.Server.Tests.Support;

/// <summary>A PgBouncer in front of a sandbox, gone when disposed. The program has to be installed; a test that needs it fails without it.</summary>
public sealed class PgBouncer : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string _directory;

    private PgBouncer(Process process, string directory, int port)
    {
        _process = process;
        _directory = directory;
        Port = port;
    }

    public int Port { get; }

    /// <summary>Starts one.</summary>
    /// <param name="sandbox">The server behind it.</param>
    /// <param name="mode"><c>session</c> or <c>transaction</c>.</param>
    /// <param name="at">Where it listens; a free port of the loopback address unless told.</param>
    /// <param name="most">How many clients it lets in.</param>
    public static async Task<PgBouncer> StartAsync(PostgresSandbox sandbox, string mode, IPEndPoint? at = null, int most = 100)
    {
        var program = CommandRunner.Find("pgbouncer");
        Assert.True(program is not null, "PgBouncer is not installed: apt-get install pgbouncer");
        var directory = Directory.CreateTempSubdirectory("setupwizard-bouncer-").FullName;
        var address = at ?? new IPEndPoint(IPAddress.Loopback, FreePorts.Next());
        await File.WriteAllTextAsync(Path.Combine(directory, "users.txt"), $"\"{sandbox.AdminUser}\" \"{sandbox.AdminPassword}\"\n");
        await File.WriteAllTextAsync(
            Path.Combine(directory, "pgbouncer.ini"),
            string.Create(
                CultureInfo.InvariantCulture,
                $"""
                [databases]
                {sandbox.Database} = host=127.0.0.1 port={sandbox.Port}
                [pgbouncer]
                listen_addr = {address.Address}
                listen_port = {address.Port}
                unix_socket_dir =
                auth_type = scram-sha-256
                auth_file = {directory}/users.txt
                pool_mode = {mode}
                max_client_conn = {most}
                server_tls_sslmode = require

                """));
        var user = await ServerUser.FindAsync(CancellationToken.None);
        await user.TakeOverAsync(directory, CancellationToken.None);
        var start = user.Command(program!, "-q", Path.Combine(directory, "pgbouncer.ini"));
        start.RedirectStandardError = true;
        start.RedirectStandardOutput = true;
        var process = Process.Start(start)!;
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        var bouncer = new PgBouncer(process, directory, address.Port);
        try
        {
            await Eventually.TrueAsync(
                () =>
                {
                    Assert.False(process.HasExited, "PgBouncer has ended.");
                    return CanConnectAsync(address);
                },
                "PgBouncer does not listen.");
            return bouncer;
        }
        catch
        {
            await bouncer.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private static async Task<bool> CanConnectAsync(IPEndPoint address)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(address);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
