using System.Globalization;
using System.Security.Cryptography;
using Npgsql;

namespace SetupWizard.Sandbox;

/// <summary>A sandbox of this process: the cluster, the server, and what runs beside it.</summary>
internal sealed class OwnedSandbox : ISandboxDriver
{
    public const string Database = "shop";
    public const string AdminUser = "shop_admin";
    private const string Letters = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    private const int SocketPathLimit = 103;

    private static readonly IReadOnlyDictionary<string, string> s_nothing = new Dictionary<string, string>();
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_shutdown = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly ClusterFiles _files;
    private readonly ServerProcess _server;
    private readonly SandboxConnections _connections;
    private readonly SandboxSeeder _seeder;
    private readonly ParameterEditor _editor;
    private readonly TimeProvider _time;
    // A copy of what the editor holds: readers do not wait for the gate.
    private volatile IReadOnlyDictionary<string, string> _staged = s_nothing;
    private SandboxAgent? _agent;
    private SandboxWriter? _writer;
    private SandboxControl? _control;

    private OwnedSandbox(SandboxIdentity identity, ClusterFiles files, ServerProcess server, ProviderRules rules, TimeProvider time)
    {
        Identity = identity;
        _files = files;
        _server = server;
        _time = time;
        _connections = new SandboxConnections(files.Root, identity.Port, identity.Major, rules.Superuser);
        _seeder = new SandboxSeeder(_connections, identity.Profile, rules);
        _editor = new ParameterEditor(files, rules, identity.Major, time);
    }

    public SandboxIdentity Identity { get; }

    public SandboxState State
    {
        get
        {
            var staged = new SortedDictionary<string, string>(StringComparer.Ordinal);
            foreach (var (name, value) in (_agent?.Pending ?? s_nothing).Concat(_staged))
            {
                staged[name] = value;
            }

            return new SandboxState(staged, _writer?.Written ?? 0, _server.ProcessId);
        }
    }

    public static async Task<OwnedSandbox> StartAsync(SandboxOptions options, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        if (OperatingSystem.IsWindows())
        {
            throw new SandboxException("The sandbox runs on Linux and macOS. On Windows use WSL, or the Docker image.");
        }

        if (options.Port is { } wanted && !FreePorts.IsFree(wanted))
        {
            throw new SandboxException(string.Create(CultureInfo.InvariantCulture, $"Port {wanted} on this machine is in use. Stop what listens there, or choose another port."));
        }

        var binaries = await PostgresBinaries.FindAsync(options.AnyMajor ? SandboxProfile.Plain : options.Profile, options.Major, progress, cancellationToken).ConfigureAwait(false);
        var user = await ServerUser.FindAsync(cancellationToken).ConfigureAwait(false);
        for (var attempt = 1; ; attempt++)
        {
            var port = options.Port ?? FreePorts.Next();
            try
            {
                return await StartOnceAsync(port, options, binaries, user, progress, cancellationToken).ConfigureAwait(false);
            }
            catch (PortTakenException) when (options.Port is null && attempt < 3)
            {
                // Somebody took the port between our look and the server's start.
            }
        }
    }

    private static async Task<OwnedSandbox> StartOnceAsync(int port, SandboxOptions options, PostgresBinaries binaries, ServerUser user, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        var rules = ProviderRules.For(options.Profile);
        var root = MakeDirectory(options.DirectoryRoot);
        OwnedSandbox? sandbox = null;
        try
        {
            await user.TakeOverAsync(root, cancellationToken).ConfigureAwait(false);
            if (!await user.CanEnterAsync(root, cancellationToken).ConfigureAwait(false))
            {
                throw new SandboxException($"The user \"{user.Name}\", under whom the server runs, cannot enter {root}. Choose a directory whose parents everyone may enter.");
            }

            progress?.Report("creating-cluster");
            var files = new ClusterFiles(root, binaries, rules, user);
            await (options.Copied
                ? files.CopyAsync(await ClusterTemplates.FilesAsync(options.Profile, binaries).ConfigureAwait(false), port, options, cancellationToken)
                : files.CreateAsync(port, options, cancellationToken)).ConfigureAwait(false);

            progress?.Report("starting");
            var password = options.AdminPassword ?? RandomNumberGenerator.GetString(Letters, 24);
            var identity = new SandboxIdentity(options.Profile, binaries.Major, port, root, Database, AdminUser, password, files.Authority, files.Log);
            sandbox = new OwnedSandbox(identity, files, ServerProcess.Keep(user, root, files.Log, files.ServerCommand, options.Time), rules, options.Time);
            await sandbox.StartServerAsync(cancellationToken).ConfigureAwait(false);
            await sandbox.CheckPortAsync(cancellationToken).ConfigureAwait(false);

            progress?.Report("seeding");
            var appPassword = RandomNumberGenerator.GetString(Letters, 24);
            await (options.Copied
                ? sandbox._seeder.SetPasswordsAsync(password, appPassword, cancellationToken)
                : sandbox._seeder.SeedAsync(Database, password, appPassword, cancellationToken)).ConfigureAwait(false);
            sandbox._agent = SandboxAgent.Start(sandbox._connections, rules, options.Time);
            if (options.Writer)
            {
                sandbox._writer = SandboxWriter.Start(PostgresSandbox.ConnectionStringFor(identity, "shop_app", appPassword), options.Time);
            }

            sandbox._control = SandboxControl.Listen(sandbox, AttachedSandbox.SocketPath(root));
            SandboxRegistry.Add(port, root);
            progress?.Report("ready");
            return sandbox;
        }
        catch (Exception problem)
        {
            var tail = sandbox is null ? "" : await sandbox._files.LogTailAsync().ConfigureAwait(false);
            if (sandbox is not null)
            {
                await sandbox.DisposeAsync().ConfigureAwait(false);
            }

            Remove(root);
            if (problem is NpgsqlException)
            {
                throw new SandboxException($"The sandbox's server could not be set up: {problem.Message}\nThe end of its log:\n{tail}", problem);
            }

            throw;
        }
    }

    /// <summary>Shuts the server down for good and keeps the files, which go with this process.</summary>
    public async Task<ClusterFiles> FreezeAsync()
    {
        SandboxRegistry.Remove(Identity.Port, _files.Root);
        await _control!.DisposeAsync().ConfigureAwait(false);
        await _agent!.DisposeAsync().ConfigureAwait(false);
        await EndServerAsync("INT", CancellationToken.None).ConfigureAwait(false);
        return _files;
    }

    public Task RefreshAsync(CancellationToken cancellationToken) => WithGateAsync(CatchUpAsync, cancellationToken);

    public Task SetParameterAsync(string name, string value, CancellationToken cancellationToken) => WithGateAsync(
        async token =>
        {
            var connection = await OpenAsync(token).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
            {
                await _editor.SetAsync(connection, name.Trim().ToLowerInvariant(), value.Trim(), token).ConfigureAwait(false);
                await _agent!.LookForPendingAsync(connection, token).ConfigureAwait(false);
            }

            _staged = new Dictionary<string, string>(_editor.Staged);
        },
        cancellationToken);

    public Task RebootAsync(CancellationToken cancellationToken) => WithGateAsync(
        async token =>
        {
            // From here on there is no way back: a cancelled reboot would leave the server down.
            token.ThrowIfCancellationRequested();
            await EndServerAsync("INT", CancellationToken.None).ConfigureAwait(false);
            var before = await File.ReadAllTextAsync(_files.AutoConf, CancellationToken.None).ConfigureAwait(false);
            await _editor.WriteStagedAsync(CancellationToken.None).ConfigureAwait(false);
            try
            {
                await StartServerAsync(CancellationToken.None).ConfigureAwait(false);
            }
            catch (SandboxException problem)
            {
                await File.WriteAllTextAsync(_files.AutoConf, before, CancellationToken.None).ConfigureAwait(false);
                await StartServerAsync(CancellationToken.None).ConfigureAwait(false);
                throw new SandboxException($"The server did not start with the edited parameters and runs with the former ones again. {problem.Message}", problem);
            }
            finally
            {
                _editor.ForgetStaged();
                _staged = s_nothing;
            }

            await CatchUpAsync(CancellationToken.None).ConfigureAwait(false);
        },
        cancellationToken);

    public Task KillAsync(CancellationToken cancellationToken) => WithGateAsync(token => EndServerAsync("KILL", token), cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => WithGateAsync(token => EndServerAsync("QUIT", token), cancellationToken);

    public Task StartAgainAsync(CancellationToken cancellationToken) => WithGateAsync(
        async token =>
        {
            if (!_server.Running)
            {
                await StartServerAsync(token).ConfigureAwait(false);
            }
        },
        cancellationToken);

    public Task SeedManyTablesAsync(int count, CancellationToken cancellationToken) => _seeder.SeedManyAsync(Database, count, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        SandboxRegistry.Remove(Identity.Port, _files.Root);
        if (_control is not null)
        {
            await _control.DisposeAsync().ConfigureAwait(false);
        }

        if (_writer is not null)
        {
            await _writer.DisposeAsync().ConfigureAwait(false);
        }

        if (_agent is not null)
        {
            await _agent.DisposeAsync().ConfigureAwait(false);
        }

        await _server.DisposeAsync().ConfigureAwait(false);
        Remove(_files.Root);
    }

    private async Task WithGateAsync(Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await work(cancellationToken).ConfigureAwait(false);
        }
        catch (NpgsqlException problem)
        {
            throw new SandboxException($"The sandbox's server did not answer: {problem.Message}", problem);
        }
        finally
        {
            _gate.Release();
        }
    }

    private Task<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken) => _connections.OpenAsync("postgres", cancellationToken);

    private async Task CatchUpAsync(CancellationToken cancellationToken)
    {
        var connection = await OpenAsync(cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            await _agent!.CatchUpAsync(connection, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task EndServerAsync(string signal, CancellationToken cancellationToken)
    {
        if (!await _server.EndAsync(signal, s_shutdown, cancellationToken).ConfigureAwait(false)
            && !await _server.EndAsync("QUIT", s_shutdown, cancellationToken).ConfigureAwait(false)
            && !await _server.EndAsync("KILL", s_shutdown, cancellationToken).ConfigureAwait(false))
        {
            throw new SandboxException("The sandbox's server does not end.");
        }
    }

    private async Task StartServerAsync(CancellationToken cancellationToken)
    {
        var began = _time.GetTimestamp();
        await _server.StartAsync(cancellationToken).ConfigureAwait(false);
        while (true)
        {
            try
            {
                var connection = await OpenAsync(cancellationToken).ConfigureAwait(false);
                await connection.DisposeAsync().ConfigureAwait(false);
                return;
            }
            catch (NpgsqlException problem)
            {
                var late = _time.GetElapsedTime(began) > s_patience;
                if (!_server.Running || late)
                {
                    var tail = await _files.LogTailAsync().ConfigureAwait(false);
                    if (tail.Contains("could not create any TCP/IP sockets", StringComparison.Ordinal))
                    {
                        throw new PortTakenException(Identity.Port);
                    }

                    // After a kill the former server's children may live for some moments more.
                    if (!late && (tail.Contains("pre-existing shared memory block", StringComparison.Ordinal) || tail.Contains("could not create lock file", StringComparison.Ordinal)))
                    {
                        await Task.Delay(TimeSpan.FromMilliseconds(200), _time, cancellationToken).ConfigureAwait(false);
                        await _server.StartAsync(cancellationToken).ConfigureAwait(false);
                        continue;
                    }

                    throw new SandboxException($"The sandbox's server did not start. The end of its log:\n{tail}", problem);
                }

                await Task.Delay(TimeSpan.FromMilliseconds(20), _time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    // The server starts even when only one of the two loopback addresses was to be had; the other one is then somebody else.
    private async Task CheckPortAsync(CancellationToken cancellationToken)
    {
        var log = await File.ReadAllTextAsync(_files.Log, cancellationToken).ConfigureAwait(false);
        if (log.Contains("Address already in use", StringComparison.Ordinal))
        {
            throw new PortTakenException(Identity.Port);
        }
    }

    private static string MakeDirectory(string? parent)
    {
        var path = Path.Combine(Path.GetFullPath(parent ?? Path.GetTempPath()), "setupwizard-" + RandomNumberGenerator.GetString(Letters, 8));
        if (path.Length + "/.s.PGSQL.65535".Length > SocketPathLimit)
        {
            throw new SandboxException($"{Path.GetDirectoryName(path)} is too long a path for a server's socket. Choose a shorter directory.");
        }

        if (!OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return path;
    }

    private static void Remove(string directory)
    {
        try
        {
            if (Directory.Exists(directory))
            {
                Directory.Delete(directory, recursive: true);
            }
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // The keeper, which owns the files, removes what is left as its last act.
        }
    }

    private sealed class PortTakenException(int port)
        : SandboxException(string.Create(CultureInfo.InvariantCulture, $"Port {port} on this machine is in use. Stop what listens there, or choose another port."));
}
