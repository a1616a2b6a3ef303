using SetupWizard.Core.Connecting;
using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;

namespace SetupWizard.Sessions;

/// <summary>What opens the source: credentials and ways through a bastion. Beside the state, so that no state holds a secret, and forgotten as one.</summary>
public sealed class SessionSecrets
{
    private readonly Lock _gate = new();
    private readonly List<SshTunnel> _tunnels = [];
    private SshTunnel? _tunnel;

    /// <summary>The credentials; null before somebody gave them, and after they were forgotten.</summary>
    public SourceCredentials? Credentials { get; private set; }

    /// <summary>The way to a source; null without credentials.</summary>
    public SetupTarget? TargetOf(SourceEndpoint? endpoint)
    {
        lock (_gate)
        {
            return endpoint is not null && Credentials is { } credentials ? new SetupTarget(endpoint, credentials) { Tunnel = _tunnel } : null;
        }
    }

    /// <summary>Takes what was typed to connect.</summary>
    /// <param name="credentials">As whom; the ClickPipes user's password is set apart from it.</param>
    /// <param name="endpoint">Where.</param>
    /// <param name="another">Whether it is another source: no password of the one before goes there.</param>
    /// <param name="time">The tunnel's clock.</param>
    /// <param name="busy">Whether work under way still goes through the tunnels before; they end with the session then.</param>
    /// <returns>Tunnels to close.</returns>
    public IReadOnlyList<SshTunnel> Take(SourceCredentials credentials, SourceEndpoint endpoint, bool another, TimeProvider time, bool busy)
    {
        ArgumentNullException.ThrowIfNull(credentials);
        lock (_gate)
        {
            Credentials = credentials with { ClickPipesPassword = another ? null : Credentials?.ClickPipesPassword };
            SshTunnel[] replaced = busy ? [] : [.. _tunnels];
            if (!busy)
            {
                _tunnels.Clear();
            }

            _tunnel = SshTunnel.For(endpoint, Credentials, time);
            if (_tunnel is { } tunnel)
            {
                _tunnels.Add(tunnel);
            }

            return replaced;
        }
    }

    /// <summary>Remembers the ClickPipes user's password, or forgets it.</summary>
    /// <returns>Whether there is somebody logged in to have one.</returns>
    public bool SetClickPipesPassword(SecretString? password)
    {
        lock (_gate)
        {
            if (Credentials is not { } credentials)
            {
                return false;
            }

            Credentials = credentials with { ClickPipesPassword = password };
            return true;
        }
    }

    /// <summary>Forgets everything.</summary>
    /// <returns>Tunnels to close.</returns>
    public IReadOnlyList<SshTunnel> Forget()
    {
        lock (_gate)
        {
            Credentials = null;
            SshTunnel[] all = [.. _tunnels];
            _tunnels.Clear();
            _tunnel = null;
            return all;
        }
    }
}
