namespace SetupWizard.Sandbox;

/// <summary>What never changes in the life of a sandbox.</summary>
internal sealed record SandboxIdentity(SandboxProfile Profile, int Major, int Port, string Directory, string Database, string AdminUser, string AdminPassword, string CaCertificatePath, string ServerLogPath)
{
    /// <summary>The identity in words, without the password.</summary>
    public override string ToString() => $"sandbox {Profile.Word()} on port {Port}";
}

/// <summary>What changes: parameters that wait for a restart, changes written so far, and the process id of the server.</summary>
internal sealed record SandboxState(IReadOnlyDictionary<string, string> Staged, long ChangesWritten, int ServerProcessId);

/// <summary>Drives a sandbox: in this process (<see cref="OwnedSandbox"/>) or in another one (<see cref="AttachedSandbox"/>).</summary>
internal interface ISandboxDriver : IAsyncDisposable
{
    SandboxIdentity Identity { get; }

    SandboxState State { get; }

    Task RefreshAsync(CancellationToken cancellationToken);

    Task SetParameterAsync(string name, string value, CancellationToken cancellationToken);

    Task RebootAsync(CancellationToken cancellationToken);

    Task KillAsync(CancellationToken cancellationToken);

    Task StopAsync(CancellationToken cancellationToken);

    Task StartAgainAsync(CancellationToken cancellationToken);

    Task SeedManyTablesAsync(int count, CancellationToken cancellationToken);
}
