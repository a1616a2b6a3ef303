using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using SetupWizard.Sessions;

namespace SetupWizard.Security;

/// <summary>Makes session ids that only this process can have made, each for the pass it was made for. Whatever else a browser brings is no session.</summary>
public sealed class SessionSeal
{
    private const int IdLength = 64;

    private readonly byte[] _secret = RandomNumberGenerator.GetBytes(32);
    private readonly ConcurrentDictionary<string, ConcurrentBag<string>> _made = new(StringComparer.Ordinal);

    /// <summary>A new id, sealed.</summary>
    /// <param name="pass">The pass's cookie; empty where none is needed.</param>
    /// <param name="id">The id.</param>
    public string Make(string pass, out string id)
    {
        id = WizardSessionStore.NewId();
        if (pass.Length > 0)
        {
            _made.GetOrAdd(pass, static _ => []).Add(id);
        }

        return id + MarkOf(id, pass);
    }

    /// <summary>The id in a cookie; null when it was not made here or for another pass.</summary>
    public string? Open(string? cookie, string pass)
    {
        if (cookie is not { Length: 2 * IdLength })
        {
            return null;
        }

        var id = cookie[..IdLength];
        return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(cookie[IdLength..]), Encoding.UTF8.GetBytes(MarkOf(id, pass))) ? id : null;
    }

    /// <summary>The ids made for a pass, which is over.</summary>
    public IReadOnlyCollection<string> MadeFor(string pass) => _made.TryRemove(pass, out var ids) ? ids : [];

    private string MarkOf(string id, string pass) => Convert.ToHexStringLower(HMACSHA256.HashData(_secret, Encoding.UTF8.GetBytes(id + "\n" + pass)));
}
