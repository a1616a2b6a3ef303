using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using SetupWizard.Core.Model;
using SetupWizard.Sandbox;

namespace SetupWizard.Testing;

/// <summary>A real sshd on a free port of this machine, under an unprivileged user, with keys and files of its own; gone when disposed.</summary>
public sealed class SshServer : IAsyncDisposable
{
    public const string Passphrase = "canary pass'phrase \"ü\" $HOME";

    private readonly ServerUser _user;
    private readonly string _directory;
    private string[] _settings;
    private Process? _process;

    private SshServer(ServerUser user, string directory, int port, string[] settings)
    {
        _user = user;
        _directory = directory;
        _settings = settings;
        Port = port;
    }

    public int Port { get; }

    /// <summary>The only login such an sshd admits: the user it runs under.</summary>
    public string User => _user.Name ?? Environment.UserName;

    /// <summary>The fingerprint of the host key in use.</summary>
    public string Fingerprint { get; private set; } = "";

    /// <summary>The endpoint with the host key confirmed.</summary>
    public SshEndpoint Endpoint => new() { Host = "127.0.0.1", Port = Port, User = User, HostKey = Fingerprint };

    /// <summary>The key that is let in.</summary>
    public SshCredentials Credentials => Key("good");

    /// <summary>Starts one.</summary>
    /// <param name="settings">Lines for <c>sshd_config</c>, such as <c>AllowTcpForwarding no</c>.</param>
    public static async Task<SshServer> StartAsync(params string[] settings)
    {
        Assert.True(CommandRunner.Find("sshd") is not null || File.Exists("/usr/sbin/sshd"), "sshd is not installed: apt-get install openssh-server");
        var directory = Directory.CreateTempSubdirectory("setupwizard-sshd-").FullName;
        var server = new SshServer(await ServerUser.FindAsync(CancellationToken.None), directory, FreePort(), settings);
        await server.MakeKeyAsync("good", "ed25519");
        await server.MakeKeyAsync("encrypted", "ed25519", Passphrase);
        await server.MakeKeyAsync("pem", "rsa");
        await server.MakeKeyAsync("stranger", "ed25519");
        await File.WriteAllTextAsync(server.At("authorized_keys"), string.Concat(new[] { "good", "encrypted", "pem" }.Select(k => File.ReadAllText(server.At(k + ".pub")))));
        await server.NewHostKeyAsync();
        await server.StartAgainAsync();
        return server;
    }

    /// <summary>A private key by its name: <c>good</c>, <c>encrypted</c>, <c>pem</c> (RSA, old form), <c>stranger</c> (not let in).</summary>
    public SshCredentials Key(string name, string? passphrase = null) => new() { PrivateKey = new SecretString(File.ReadAllText(At(name))), Passphrase = SecretString.From(passphrase) };

    /// <summary>The path of a key.</summary>
    public string KeyFile(string name) => At(name);

    /// <summary>Another host key from the next start on.</summary>
    public async Task NewHostKeyAsync()
    {
        File.Delete(At("host"));
        await MakeKeyAsync("host", "ed25519");
        Fingerprint = (await RunAsync("ssh-keygen", "-lf", At("host.pub"))).Split(' ')[1];
    }

    /// <summary>Dies with all its sessions, as a machine that loses power.</summary>
    public async Task DieAsync()
    {
        _process!.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    /// <summary>Starts again on the same port.</summary>
    /// <param name="settings">Other settings than before.</param>
    public async Task StartAgainAsync(params string[] settings)
    {
        _settings = settings.Length > 0 ? settings : _settings;
        await File.WriteAllLinesAsync(
            At("sshd_config"),
            [
                "ListenAddress 127.0.0.1",
                string.Create(CultureInfo.InvariantCulture, $"Port {Port}"),
                "HostKey " + At("host"),
                "AuthorizedKeysFile " + At("authorized_keys"),
                "StrictModes no",
                "PidFile none",
                "UsePAM no",
                "MaxStartups 100",
                .. _settings,
            ]);
        await _user.TakeOverAsync(_directory, CancellationToken.None);
        var start = _user.Command(File.Exists("/usr/sbin/sshd") ? "/usr/sbin/sshd" : CommandRunner.Find("sshd")!, "-D", "-e", "-f", At("sshd_config"));
        start.RedirectStandardError = true;
        start.RedirectStandardOutput = true;
        _process = Process.Start(start)!;
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
        var clock = Stopwatch.StartNew();
        while (!await CanConnectAsync())
        {
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(10), "sshd does not listen.");
            await Task.Delay(20);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await DieAsync();
        }

        Directory.Delete(_directory, recursive: true);
    }

    internal static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task<bool> CanConnectAsync()
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private async Task MakeKeyAsync(string name, string type, string passphrase = "") =>
        await RunAsync("ssh-keygen", ["-q", "-t", type, .. type == "rsa" ? (string[])["-b", "2048", "-m", "PEM"] : [], "-N", passphrase, "-C", name, "-f", At(name)]);

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardInput = true };
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
        return output;
    }

    private string At(string name) => Path.Combine(_directory, name);
}
