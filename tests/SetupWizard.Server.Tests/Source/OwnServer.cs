using SetupWizard.Core.Connecting;
using SetupWizard.Core.Model;
using SetupWizard.Core.Reading;
using SetupWizard.Core.Requirements;
using SetupWizard.Core.Sql;
using SetupWizard.Sandbox;
using SetupWizard.Server.Tests.Support;

namespace SetupWizard.Server.Tests.Source;

/// <summary>A server of one test class's own, for tests that spoil it. Its password has a canary in it that no report may show.</summary>
public sealed class OwnServer : IAsyncLifetime
{
    public const string Password = "canary-Zq9 %41:'\"\\";

    public PostgresSandbox Sandbox { get; private set; } = null!;

    public Npgsql.NpgsqlConnection Superuser { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Sandbox = await SandboxFixture.FreshAsync(SandboxProfile.Plain);
        Superuser = await Sandbox.OpenSuperuserAsync(null, CancellationToken.None);
        await Superuser.ExecuteAsync(
            $"""
            CREATE ROLE tester LOGIN PASSWORD {SetupWizard.Core.Sql.PgLiteral.Quote(Password)};
            CREATE ROLE sleeper PASSWORD {SetupWizard.Core.Sql.PgLiteral.Quote(Password)};
            CREATE ROLE crowded LOGIN CONNECTION LIMIT 0 PASSWORD {SetupWizard.Core.Sql.PgLiteral.Quote(Password)};
            """);
        await Superuser.ExecuteAsync("CREATE DATABASE \"Sales\"");
        await Superuser.ExecuteAsync("CREATE DATABASE closed");
        await Superuser.ExecuteAsync("ALTER DATABASE closed ALLOW_CONNECTIONS false");
        await Superuser.ExecuteAsync("CREATE DATABASE secret");
        await Superuser.ExecuteAsync("REVOKE CONNECT ON DATABASE secret FROM PUBLIC");
    }

    public async Task DisposeAsync()
    {
        await Superuser.DisposeAsync();
        await Sandbox.DisposeAsync();
    }

    public SetupTarget Target(string user = "tester", string password = Password, string? database = null, TlsMode tls = TlsMode.VerifyFull, string? ca = "") => new(
        new SourceEndpoint
        {
            Host = Sandbox.Host,
            Port = Sandbox.Port,
            Database = database ?? Sandbox.Database,
            Tls = tls,
            CaCertificatePem = ca is "" ? File.ReadAllText(Sandbox.CaCertificatePath) : ca,
        },
        new SourceCredentials(user, SecretString.From(password)));

    /// <summary>Connects stage by stage and reads.</summary>
    public static Task<ConnectReport> ConnectAsync(SetupTarget target, TimeProvider? time = null) => ConnectionDiagnosis.RunAsync(
        target,
        async (source, token) =>
        {
            var reading = await SnapshotReader.ReadAsync(source, new SetupGoal(), token);
            return new Inspection
            {
                Goal = new SetupGoal(),
                Endpoint = target.Endpoint,
                Snapshot = reading.Snapshot,
                Provider = SetupWizard.Core.Providers.ProviderCatalog.Default,
                Detection = SetupWizard.Core.Providers.ProviderDetection.None,
                Cost = reading.Cost,
            };
        },
        null,
        time ?? TimeProvider.System,
        CancellationToken.None);
}
