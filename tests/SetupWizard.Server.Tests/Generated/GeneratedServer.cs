using SetupWizard.Sandbox;
using SetupWizard.Server.Tests.Support;

namespace SetupWizard.Server.Tests.Generated;

/// <summary>
/// A server dressed as RDS for many generated sources, each with a database and roles of its own. Members of <c>rds_iam</c> do not get in with a password, as
/// there; from 16 on the service counts inherited membership only, which no line of pg_hba.conf can say.
/// </summary>
public abstract class GeneratedServer(int major) : IAsyncLifetime
{
    public PostgresSandbox Sandbox { get; private set; } = null!;

    public int Major => major;

    public async Task InitializeAsync()
    {
        Sandbox = await SandboxFixture.FreshAsync(SandboxProfile.AmazonRds, major);
        await Sandbox.SetParameterAsync("rds.logical_replication", "1", CancellationToken.None);
        await Sandbox.RebootAsync(CancellationToken.None);
        if (major >= 16)
        {
            return;
        }

        await using var superuser = await Sandbox.OpenSuperuserAsync(null, CancellationToken.None);
        var file = await superuser.ScalarAsync<string>("SHOW hba_file");
        await File.WriteAllTextAsync(file, "host all +rds_iam all reject\n" + await File.ReadAllTextAsync(file));
        await superuser.ReloadAsync();
    }

    public async Task DisposeAsync() => await Sandbox.DisposeAsync();
}

public sealed class GeneratedServer13() : GeneratedServer(13);

public sealed class GeneratedServer15() : GeneratedServer(15);

public sealed class GeneratedServer16() : GeneratedServer(16);

public sealed class GeneratedServer17() : GeneratedServer(17);

public sealed class GeneratedServer18() : GeneratedServer(18);
