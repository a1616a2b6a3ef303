using SetupWizard.Core.Connecting;
using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;
using SetupWizard.Sandbox;

namespace SetupWizard.Server.Tests.Support;

/// <summary>Sandboxes as the engine's targets.</summary>
public static class SandboxTargets
{
    /// <summary>The sandbox's administrator, with the certificate verified.</summary>
    public static SetupTarget Target(this PostgresSandbox sandbox) => new(
        new SourceEndpoint
        {
            Host = sandbox.Host,
            Port = sandbox.Port,
            Database = sandbox.Database,
            CaCertificatePem = File.ReadAllText(sandbox.CaCertificatePath),
            ConsoleHost = sandbox.ConsoleHost,
        },
        new SourceCredentials(sandbox.AdminUser, new SecretString(sandbox.AdminPassword)));
}
