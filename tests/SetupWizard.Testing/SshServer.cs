using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;
using SetupWizard.Sandbox;

namespace SetupWizard.Testing;

/// <summary>A real sshd on a free port of this machine, under an unprivileged user, with keys and files of its own; gone when disposed.</summary>
public sealed class SshServer : IAsyncDisposable
{
    private const string SaysThatItListens = "Server listening on ";
    private const int Attempts = 5;

    // RSA takes its time: the keys of one run are for all its servers.
    private static readonly Lazy<Task<IReadOnlyList<(string File, string Text)>>> s_keys = new(MakeKeysAsync);

    private readonly ServerUser _user;
    private readonly string _directory;
    private string[] _settings;
    private Process? _process;

    private SshServer(ServerUser user, string directory, string[] settings)
    {
        _user = user;
        _directory = directory;
        _settings = settings;
    }

    /// <summary>Another one in every run: who looks for it among all processes must not find that of tests beside these.</summary>
    public static string Passphrase { get; } = "canary pass'phrase \"ü\" $HOME " + RandomNumberGenerator.GetHexString(12);

    public int Port { get; private set; }

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
        if (CommandRunner.Find("sshd") is null && !File.Exists("/usr/sbin/sshd"))
        {
            throw new FileNotFoundException("sshd is not installed: apt-get install openssh-server");
        }

        var directory = Directory.CreateTempSubdirectory("setupwizard-sshd-").FullName;
        var server = new SshServer(await ServerUser.FindAsync(CancellationToken.None), directory, settings);
        foreach (var (file, text) in await s_keys.Value)
        {
            await File.WriteAllTextAsync(server.At(file), text);
        }

        await File.WriteAllTextAsync(server.At("authorized_keys"), string.Concat(new[] { "good", "encrypted", "pem" }.Select(k => File.ReadAllText(server.At(k + ".pub")))));
        await server.NewHostKeyAsync();
        for (var attempt = 1; ; attempt++)
        {
            server.Port = FreePorts.Next();
            try
            {
                await server.StartAgainAsync();
                return server;
            }
            catch (InvalidOperationException) when (attempt < Attempts && !FreePorts.IsFree(server.Port))
            {
                // Somebody took the port between our look and the server's start.
            }
        }
    }

    /// <summary>A private key by its name: <c>good</c>, <c>encrypted</c>, <c>pem</c> (RSA, old form), <c>stranger</c> (not let in).</summary>
    public SshCredentials Key(string name, string? passphrase = null) => new() { PrivateKey = new SecretString(File.ReadAllText(At(name))), Passphrase = SecretString.From(passphrase) };

    /// <summary>The path of a key.</summary>
    public string KeyFile(string name) => At(name);

    /// <summary>Another host key from the next start on.</summary>
    public async Task NewHostKeyAsync()
    {
        File.Delete(At("host"));
        await MakeKeyAsync(_directory, "host", "ed25519");
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
    /// <exception cref="InvalidOperationException">It ended, and these are its words.</exception>
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
        _process.BeginOutputReadLine();

        // Its own words: at the port somebody else could answer.
        var said = new ConcurrentQueue<string>();
        var listens = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _process.ErrorDataReceived += (_, line) =>
        {
            said.Enqueue(line.Data ?? "");
            if (line.Data?.StartsWith(SaysThatItListens, StringComparison.Ordinal) == true)
            {
                listens.TrySetResult();
            }
        };
        _process.BeginErrorReadLine();
        if (!await Eventually.EndsAsync(Task.WhenAny(listens.Task, _process.WaitForExitAsync()), TimeSpan.FromSeconds(20)) || !listens.Task.IsCompleted)
        {
            await DieAsync();
            throw new InvalidOperationException("sshd does not listen: " + string.Join(' ', said));
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

    private static async Task<IReadOnlyList<(string File, string Text)>> MakeKeysAsync()
    {
        var directory = Directory.CreateTempSubdirectory("setupwizard-keys-").FullName;
        try
        {
            await MakeKeyAsync(directory, "good", "ed25519");
            await MakeKeyAsync(directory, "encrypted", "ed25519", Passphrase);
            await MakeKeyAsync(directory, "pem", "rsa");
            await MakeKeyAsync(directory, "stranger", "ed25519");
            return [.. Directory.GetFiles(directory).Select(f => (Path.GetFileName(f), File.ReadAllText(f)))];
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task MakeKeyAsync(string directory, string name, string type, string passphrase = "") =>
        await RunAsync("ssh-keygen", ["-q", "-t", type, .. type == "rsa" ? (string[])["-b", "2048", "-m", "PEM"] : [], "-N", passphrase, "-C", name, "-f", Path.Combine(directory, name)]);

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardInput = true };
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"{program} ended with {process.ExitCode}."));
    }

    private string At(string name) => Path.Combine(_directory, name);
}
