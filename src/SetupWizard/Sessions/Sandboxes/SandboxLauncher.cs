using SetupWizard.Core.Connecting;
using SetupWizard.Core.Model;
using SetupWizard.Core.Providers;
using SetupWizard.Core.Sql;
using SetupWizard.Sandbox;

namespace SetupWizard.Sessions.Sandboxes;

/// <summary>Starts real servers of the sandbox project.</summary>
public sealed class SandboxLauncher : ISandboxLauncher
{
    private static readonly Dictionary<string, SandboxProfile> s_profiles = new(StringComparer.Ordinal)
    {
        [AmazonRds.Id] = SandboxProfile.AmazonRds,
        [AzureFlexible.Id] = SandboxProfile.AzureFlexible,
        [SelfManaged.Id] = SandboxProfile.Plain,
    };

    /// <inheritdoc/>
    public IReadOnlyCollection<string> Providers => s_profiles.Keys;

    /// <inheritdoc/>
    public async Task<ISandbox> StartAsync(string provider, IProgress<string> progress, CancellationToken cancellationToken)
    {
        var profile = s_profiles[provider];
        try
        {
            var server = await PostgresSandbox.StartAsync(new SandboxOptions { Profile = profile }, progress, cancellationToken);
            var pem = await File.ReadAllTextAsync(server.CaCertificatePath, cancellationToken);
            return new Instance(server, provider, pem);
        }
        catch (SandboxException exception)
        {
            throw new SandboxUnavailableException(exception.Message, exception);
        }
    }

    private sealed class Instance(PostgresSandbox server, string provider, string pem) : ISandbox
    {
        public string Provider => provider;

        public int Major => server.Major;

        public SourceEndpoint Endpoint { get; } = new()
        {
            Host = server.Host,
            Port = server.Port,
            Database = server.Database,
            Tls = TlsMode.VerifyFull,
            CaCertificatePem = pem,
            ConsoleHost = server.ConsoleHost,
        };

        public SourceCredentials Admin { get; } = new(server.AdminUser, new SecretString(server.AdminPassword));

        public IReadOnlyCollection<string> WaitingForRestart => [.. server.StagedParameters.Keys];

        /// <summary>A portal may write an enumeration in capitals (LOGICAL); the server's own spelling is in small letters.</summary>
        public Task SetParameterAsync(string name, string value, CancellationToken cancellationToken) =>
            GuardAsync(server.SetParameterAsync(name, value.All(char.IsAsciiLetterUpper) ? value.ToLowerInvariant() : value, cancellationToken));

        public Task RebootAsync(CancellationToken cancellationToken) => GuardAsync(server.RebootAsync(cancellationToken));

        public bool Writes(TableRef table) => SandboxRow.FitsIn(table.Schema, table.Name);

        public async Task<SandboxWrite> WriteAsync(TableRef table, FeedOperationKind kind, long? row, CancellationToken cancellationToken)
        {
            try
            {
                var known = new SandboxRow(table.Schema, table.Name, row ?? 0, "");
                var written = await (kind switch
                {
                    FeedOperationKind.Insert => server.InsertRowAsync(table.Schema, table.Name, cancellationToken),
                    FeedOperationKind.Update => server.UpdateRowAsync(known, cancellationToken),
                    _ => server.DeleteRowAsync(known, cancellationToken),
                });
                return new SandboxWrite(table, kind, written.Id, written.Statement);
            }
            catch (SandboxException exception)
            {
                throw new SandboxUnavailableException(exception.Message, exception);
            }
        }

        public ValueTask DisposeAsync() => server.DisposeAsync();

        private static async Task GuardAsync(Task work)
        {
            try
            {
                await work;
            }
            catch (SandboxException exception)
            {
                throw new SandboxUnavailableException(exception.Message, exception);
            }
        }
    }
}
