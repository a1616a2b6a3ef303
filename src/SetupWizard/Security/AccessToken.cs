using System.Security.Cryptography;
using System.Text;

namespace SetupWizard.Security;

/// <summary>
/// Lets one browser in for each token. The token travels in the printed URL and is worth nothing once used;
/// the cookie it is exchanged for never leaves the browser's cookie store.
/// </summary>
public sealed class AccessToken
{
    /// <summary>The cookie that stands for access.</summary>
    public const string CookieName = "setupwizard-access";

    private readonly Lock _gate = new();
    private readonly HashSet<string> _passes = new(StringComparer.Ordinal);
    private string? _current;

    /// <summary>Makes a token for one browser. An unused one stays valid and is given again.</summary>
    /// <param name="fresh">Whether it was made just now, so that it has to be printed.</param>
    public string Issue(out bool fresh)
    {
        lock (_gate)
        {
            fresh = _current is null;
            return _current ??= NewValue();
        }
    }

    /// <summary>Uses a token up.</summary>
    /// <returns>The cookie's value, or null when the token is wrong or was used before.</returns>
    public string? Redeem(string? token)
    {
        lock (_gate)
        {
            if (!Same(token, _current))
            {
                return null;
            }

            _current = null;
            var pass = NewValue();
            _passes.Add(pass);
            return pass;
        }
    }

    /// <summary>Whether a cookie's value gives access.</summary>
    public bool Admits(string? cookie)
    {
        lock (_gate)
        {
            return _passes.Any(p => Same(cookie, p));
        }
    }

    private static string NewValue() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    private static bool Same(string? given, string? expected) =>
        given is not null && expected is not null
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(expected));
}
