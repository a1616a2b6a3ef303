using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;

namespace SetupWizard.Core.Connecting;

/// <summary>The secrets of one session. In memory only; there is no way to serialize them.</summary>
/// <param name="AdminUser">The administrator's login.</param>
/// <param name="AdminPassword">Its password, when it has one.</param>
/// <param name="ClickPipesPassword">The password of the ClickPipes user, once chosen.</param>
/// <param name="Ssh">What opens the bastion, when there is one.</param>
public sealed record SourceCredentials(string AdminUser, SecretString? AdminPassword, SecretString? ClickPipesPassword = null, SshCredentials? Ssh = null);

/// <summary>A source and the secrets to open it: what every operation of the engine takes.</summary>
/// <param name="Endpoint">Where.</param>
/// <param name="Credentials">As whom.</param>
public sealed record SetupTarget(SourceEndpoint Endpoint, SourceCredentials Credentials)
{
    /// <summary>The way through the bastion, when the endpoint names one. Whoever made it closes it; one serves all sessions.</summary>
    public SshTunnel? Tunnel { get; init; }

    /// <summary>How long the source may take.</summary>
    public SourceLimits Limits { get; init; } = SourceLimits.Usual;
}
