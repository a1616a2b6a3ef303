using System.Text;

namespace SetupWizard.Core.Connecting;

/// <summary>What can be told about a private key from its text alone.</summary>
public static class SshKeyText
{
    private const string OpenSsh = "-----BEGIN OPENSSH PRIVATE KEY-----";

    /// <summary>What is wrong with it, as a key of <c>Field.ssh-key.{key}</c>; null when it looks like a private key.</summary>
    public static string? Problem(string? text)
    {
        var key = text?.Trim() ?? "";
        return key switch
        {
            "" => "missing",
            _ when key.StartsWith("PuTTY-User-Key-File", StringComparison.Ordinal) => "putty",
            _ when key.StartsWith("ssh-", StringComparison.Ordinal) || key.StartsWith("ecdsa-", StringComparison.Ordinal) || key.Contains("PUBLIC KEY", StringComparison.Ordinal) => "public",
            _ when key.StartsWith("-----BEGIN ", StringComparison.Ordinal) && key.Contains("PRIVATE KEY-----", StringComparison.Ordinal) => key.Contains("-----END ", StringComparison.Ordinal) ? null : "cut-off",
            _ => "unknown",
        };
    }

    /// <summary>Whether it needs a passphrase.</summary>
    public static bool IsEncrypted(string? text)
    {
        var key = text?.Trim() ?? "";
        if (!key.StartsWith(OpenSsh, StringComparison.Ordinal))
        {
            return key.Contains("ENCRYPTED", StringComparison.Ordinal);
        }

        // "openssh-key-v1", a zero byte, the length and the name of the cipher; see PROTOCOL.key of OpenSSH.
        var body = string.Concat(key[OpenSsh.Length..].Where(static c => !char.IsWhiteSpace(c)).TakeWhile(static c => c != '-'));
        var bytes = new byte[body.Length];
        return Convert.TryFromBase64String(body, bytes, out var length) && length > 23 && Encoding.ASCII.GetString(bytes, 19, 4) != "none";
    }

    /// <summary>The text as OpenSSH wants it: plain line ends and one at the end.</summary>
    internal static string Normalize(string text) => text.ReplaceLineEndings("\n").Trim() + "\n";
}
