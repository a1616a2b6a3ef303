using System.Globalization;
using System.Security.Cryptography;
using SetupWizard.Core.Model;

namespace SetupWizard.Core.Connecting;

/// <summary>A public key by which a bastion is known.</summary>
/// <param name="Type">The kind, as OpenSSH writes it: <c>ssh-ed25519</c>.</param>
/// <param name="Blob">The key in base64.</param>
internal sealed record SshHostKey(string Type, string Blob)
{
    /// <summary>The name under which the wizard's own list of known hosts has the bastion.</summary>
    public const string Alias = "setupwizard-bastion";

    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(15);

    /// <summary>The kinds in the order in which one is shown and confirmed.</summary>
    private static readonly string[] s_kinds = ["ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "ssh-rsa"];

    /// <summary>The fingerprint as <c>ssh-keygen -l</c> prints it.</summary>
    public string Fingerprint => "SHA256:" + Convert.ToBase64String(SHA256.HashData(Convert.FromBase64String(Blob))).TrimEnd('=');

    /// <summary>A line of a file of known hosts.</summary>
    public string Line => $"{Alias} {Type} {Blob}\n";

    /// <summary>What people call the kind: <c>ED25519</c>.</summary>
    public string Kind => Type switch
    {
        "ssh-ed25519" => "ED25519",
        "ssh-rsa" => "RSA",
        _ when Type.StartsWith("ecdsa-", StringComparison.Ordinal) => "ECDSA",
        _ => Type,
    };

    /// <summary>Asks the bastion for its keys and picks the one that was confirmed. Nothing is proved to it and nothing is sent.</summary>
    /// <exception cref="SshTunnelException">No key was confirmed yet, or the bastion shows another one.</exception>
    public static async Task<SshHostKey> ConfirmedAsync(SshEndpoint ssh, string directory, CancellationToken cancellationToken)
    {
        var keys = await ScanAsync(ssh, directory, cancellationToken).ConfigureAwait(false);
        if (keys.Count == 0)
        {
            throw new SshTunnelException("ssh-other", "no host key", ("message", "ssh-keyscan found no host key"));
        }

        if (ssh.HostKey is { } confirmed)
        {
            var plain = confirmed.Trim().TrimEnd('=');
            return keys.Find(k => k.Fingerprint == plain) ?? throw Say("ssh-host-key-changed", keys, plain);
        }

        var known = await KnownAsync(ssh, directory, cancellationToken).ConfigureAwait(false);
        return known.Count == 0
            ? throw Say("ssh-host-key-unknown", keys, null)
            : keys.Find(known.Contains) ?? throw Say("ssh-host-key-changed", keys, known[0].Fingerprint);
    }

    private static SshTunnelException Say(string @case, List<SshHostKey> keys, string? confirmed) => new(
        @case,
        keys[0].Fingerprint,
        ("fingerprint", keys[0].Fingerprint),
        ("kind", keys[0].Kind),
        ("others", string.Join(", ", keys.Skip(1).Select(k => $"{k.Fingerprint} ({k.Kind})"))),
        ("confirmed", confirmed ?? ""));

    private static async Task<List<SshHostKey>> ScanAsync(SshEndpoint ssh, string directory, CancellationToken cancellationToken)
    {
        var start = SshPrograms.Fed(directory, null, "ssh-keyscan", ["-T", "8", "-p", ssh.Port.ToString(CultureInfo.InvariantCulture), "-t", "ed25519,ecdsa,rsa", ssh.Host]);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(s_limit);
        try
        {
            var (_, output, _) = await SshPrograms.RunAsync(start, "", limit.Token).ConfigureAwait(false);
            return [.. Parse(output).OrderBy(k => Array.IndexOf(s_kinds, k.Type))];
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new SshTunnelException("ssh-silent", "no host key");
        }
    }

    /// <summary>The entries for the bastion in a person's own file, hashed ones included.</summary>
    private static async Task<List<SshHostKey>> KnownAsync(SshEndpoint ssh, string directory, CancellationToken cancellationToken)
    {
        if (ssh.KnownHostsFile is not { } file || !File.Exists(file))
        {
            return [];
        }

        var name = ssh.Port == SshEndpoint.DefaultPort ? ssh.Host : string.Create(CultureInfo.InvariantCulture, $"[{ssh.Host}]:{ssh.Port}");
        var start = SshPrograms.Fed(directory, null, "ssh-keygen", ["-F", name, "-f", Path.GetFullPath(file)]);
        var (_, output, _) = await SshPrograms.RunAsync(start, "", cancellationToken).ConfigureAwait(false);
        return [.. Parse(output)];
    }

    /// <summary>Lines of <c>host kind key</c>. Lines with a marker (a certificate authority, a revoked key) and kinds nobody asked for are left out.</summary>
    private static IEnumerable<SshHostKey> Parse(string lines) => lines.Split('\n')
        .Select(static l => l.Trim().Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Where(static f => f.Length >= 3 && f[0][0] is not '#' and not '@' && s_kinds.Contains(f[1]) && IsBase64(f[2]))
        .Select(static f => new SshHostKey(f[1], f[2]))
        .Distinct();

    private static bool IsBase64(string text) => Convert.TryFromBase64String(text, new byte[text.Length], out _);
}
