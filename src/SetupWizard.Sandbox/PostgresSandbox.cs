using System.Globalization;
using Npgsql;

namespace SetupWizard.Sandbox;

/// <summary>
/// A throw-away real PostgreSQL in a provider's clothes: the admin has that provider's powers and no more, and parameters change only
/// the way the provider's console changes them. It listens on the loopback addresses only and is gone when disposed or when this
/// process ends in any way.
/// </summary>
public sealed class PostgresSandbox : IAsyncDisposable
{
    private readonly ISandboxDriver _driver;

    private PostgresSandbox(ISandboxDriver driver) => _driver = driver;

    /// <summary>The host name to connect to, the one in the server's certificate.</summary>
    public string Host { get; } = "localhost";

    /// <summary>The TCP port.</summary>
    public int Port => _driver.Identity.Port;

    /// <summary>The seeded database.</summary>
    public string Database => _driver.Identity.Database;

    /// <summary>The login of the one who sets things up: the provider's admin.</summary>
    public string AdminUser => _driver.Identity.AdminUser;

    /// <summary>The admin's password.</summary>
    public string AdminPassword => _driver.Identity.AdminPassword;

    /// <summary>The PEM file with the certificate of the authority that signed the server's certificate.</summary>
    public string CaCertificatePath => _driver.Identity.CaCertificatePath;

    /// <summary>The admin's connection URI as libpq takes it, with the password.</summary>
    public string Uri => MakeUri(":" + System.Uri.EscapeDataString(AdminPassword));

    /// <summary>The admin's connection URI without the password.</summary>
    public string UriWithoutPassword => MakeUri("");

    /// <summary>The admin's connection string as Npgsql takes it, with the password; TLS is verified in full.</summary>
    public string AdminConnectionString => ConnectionStringFor(_driver.Identity, AdminUser, AdminPassword);

    /// <summary>The server's log.</summary>
    public string ServerLogPath => _driver.Identity.ServerLogPath;

    /// <summary>The provider that is imitated.</summary>
    public SandboxProfile Profile => _driver.Identity.Profile;

    /// <summary>The server's major version.</summary>
    public int Major => _driver.Identity.Major;

    /// <summary>The host name that the provider would give such a server; for guides, nothing listens there.</summary>
    public string ConsoleHost => ProviderRules.For(Profile).ConsoleHost;

    /// <summary>
    /// Parameters that wait for a restart, with the value they will have. Live (within half a second) in the process that owns the
    /// sandbox; in an attached one as of the last call that went to the sandbox.
    /// </summary>
    public IReadOnlyDictionary<string, string> StagedParameters => _driver.State.Staged;

    /// <summary>Whether a restart would change something; see <see cref="StagedParameters"/>.</summary>
    public bool RestartPending => StagedParameters.Count > 0;

    /// <summary>How many changes the imaginary application has committed; as fresh as <see cref="StagedParameters"/>.</summary>
    public long ChangesWritten => _driver.State.ChangesWritten;

    /// <summary>The operating system's process id of the server.</summary>
    public int ServerProcessId => _driver.State.ServerProcessId;

    /// <summary>Starts a sandbox.</summary>
    /// <param name="options">What kind of sandbox.</param>
    /// <param name="progress">Told <c>finding-binaries</c>, <c>fetching-binaries</c> (only if need be), <c>creating-cluster</c>, <c>starting</c>, <c>seeding</c>, <c>ready</c>.</param>
    /// <param name="cancellationToken">Gives up; nothing is left behind.</param>
    /// <exception cref="PostgresMissingException">There is no fitting PostgreSQL; the message says what to install.</exception>
    /// <exception cref="SandboxException">It could not be started; the message says why in plain words.</exception>
    public static async Task<PostgresSandbox> StartAsync(SandboxOptions options, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new PostgresSandbox(await OwnedSandbox.StartAsync(options, progress, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>
    /// Takes hold of a sandbox that another process of the same user runs. Disposing the result does not end the sandbox.
    /// </summary>
    /// <exception cref="SandboxException">No sandbox of this user runs on that port.</exception>
    public static async Task<PostgresSandbox> AttachAsync(int port, CancellationToken cancellationToken) =>
        new(await AttachedSandbox.AttachAsync(port, cancellationToken).ConfigureAwait(false));

    /// <summary>
    /// Asks the sandbox how it stands, for <see cref="StagedParameters"/> and the like; and what the provider does behind the scenes for all
    /// that was committed before (members of <c>rds_replication</c> may replicate) is done when the call returns.
    /// </summary>
    /// <exception cref="SandboxException">The sandbox does not answer.</exception>
    public Task RefreshAsync(CancellationToken cancellationToken) => _driver.RefreshAsync(cancellationToken);

    /// <summary>
    /// What "Save" on the console's parameter page does. A dynamic parameter is in force when the call returns; any other waits for
    /// <see cref="RebootAsync"/>: on Azure and a self-managed server visible in <c>pg_settings.pending_restart</c>, on RDS unseen by the server.
    /// </summary>
    /// <exception cref="SandboxRefusedException">The provider does not let one edit this, or not to this value; nothing was changed.</exception>
    /// <exception cref="SandboxException">The server does not answer.</exception>
    public Task SetParameterAsync(string name, string value, CancellationToken cancellationToken) => _driver.SetParameterAsync(name, value, cancellationToken);

    /// <summary>The console's reboot: the server goes away, comes back with the staged parameters, and takes connections when the call returns.</summary>
    /// <exception cref="SandboxException">The server did not start with the edits; it runs with the former parameters again.</exception>
    public Task RebootAsync(CancellationToken cancellationToken) => _driver.RebootAsync(cancellationToken);

    /// <summary>Kills the server's main process (SIGKILL), as a machine that fails would; the server recovers at <see cref="StartAgainAsync"/>.</summary>
    public Task KillAsync(CancellationToken cancellationToken) => _driver.KillAsync(cancellationToken);

    /// <summary>Ends the server at once, connections included.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => _driver.StopAsync(cancellationToken);

    /// <summary>Starts the server after <see cref="KillAsync"/> or <see cref="StopAsync"/>, with the parameters it had; does nothing when it runs.</summary>
    /// <exception cref="SandboxException">It did not start; the message has the end of its log.</exception>
    public Task StartAgainAsync(CancellationToken cancellationToken) => _driver.StartAgainAsync(cancellationToken);

    /// <summary>Creates the schema "many" with small tables that have a primary key and belong to the admin.</summary>
    /// <param name="count">How many tables; existing ones are kept.</param>
    /// <param name="cancellationToken">Stops after the batch under way.</param>
    public Task SeedManyTablesAsync(int count, CancellationToken cancellationToken) => _driver.SeedManyTablesAsync(count, cancellationToken);

    /// <summary>Puts a row into a table as somebody else would, so that there is a change to look for.</summary>
    /// <param name="schema">The table's schema.</param>
    /// <param name="table">The table's name; see <see cref="SandboxRow.FitsIn"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="SandboxException">The server did not take it; the message says why.</exception>
    public Task<SandboxRow> InsertRowAsync(string schema, string table, CancellationToken cancellationToken) =>
        WriteAsync(connection => SandboxRow.InsertAsync(connection, schema, table, cancellationToken), cancellationToken);

    /// <summary>Changes a row that was put in.</summary>
    /// <param name="row">The row.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="SandboxException">The server did not take it; the message says why.</exception>
    public Task<SandboxRow> UpdateRowAsync(SandboxRow row, CancellationToken cancellationToken) =>
        WriteAsync(connection => row.UpdateAsync(connection, cancellationToken), cancellationToken);

    /// <summary>Takes a row out that was put in.</summary>
    /// <param name="row">The row.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="SandboxException">The server did not take it; the message says why.</exception>
    public Task<SandboxRow> DeleteRowAsync(SandboxRow row, CancellationToken cancellationToken) =>
        WriteAsync(connection => row.DeleteAsync(connection, cancellationToken), cancellationToken);

    /// <summary>
    /// Opens a connection as the provider's own superuser, whom no customer can become: for tests that need to look at or meddle with
    /// what the admin cannot. The caller disposes it.
    /// </summary>
    /// <param name="database">The database, or null for <see cref="Database"/>.</param>
    /// <param name="cancellationToken">Gives up opening.</param>
    public Task<NpgsqlConnection> OpenSuperuserAsync(string? database, CancellationToken cancellationToken) =>
        new SandboxConnections(_driver.Identity.Directory, Port, Major, ProviderRules.For(Profile).Superuser).OpenAsync(database ?? Database, cancellationToken);

    /// <summary>Ends the server and removes all its files; on an attached sandbox lets go of it.</summary>
    public ValueTask DisposeAsync() => _driver.DisposeAsync();

    /// <summary>The sandbox in words, without secrets.</summary>
    public override string ToString() => _driver.Identity.ToString();

    /// <summary>Writes as the superuser: some tables belong to nobody else who could.</summary>
    private async Task<SandboxRow> WriteAsync(Func<NpgsqlConnection, Task<SandboxRow>> write, CancellationToken cancellationToken)
    {
        try
        {
            var connection = await OpenSuperuserAsync(null, cancellationToken).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
            {
                return await write(connection).ConfigureAwait(false);
            }
        }
        catch (NpgsqlException exception)
        {
            throw new SandboxException(exception.Message, exception);
        }
    }

    internal static string ConnectionStringFor(SandboxIdentity identity, string user, string password) => new NpgsqlConnectionStringBuilder
    {
        Host = "localhost",
        Port = identity.Port,
        Username = user,
        Password = password,
        Database = identity.Database,
        SslMode = SslMode.VerifyFull,
        RootCertificate = identity.CaCertificatePath,
        GssEncryptionMode = GssEncryptionMode.Disable,
        Pooling = false,
        Timeout = 10,
    }.ConnectionString;

    private string MakeUri(string password) => string.Create(
        CultureInfo.InvariantCulture,
        $"postgres://{AdminUser}{password}@{Host}:{Port}/{Database}?sslmode=verify-full&sslrootcert={System.Uri.EscapeDataString(CaCertificatePath)}");
}
