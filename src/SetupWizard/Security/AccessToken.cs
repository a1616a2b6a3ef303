using System.Security.Cryptography;
using System.Text;

namespace SetupWizard.Security;

/// <summary>
/// Lets one browser in for each token. The token travels in the printed URL and is worth nothing once used. It is exchanged for a <see cref="Pass"/>: a cookie, which a
/// browser sends to every port of a machine, and a key, which its pages keep and which no other port's page or server gets to see.
/// </summary>
public sealed class AccessToken
{
    /// <summary>The cookie that stands for access.</summary>
    public const string CookieName = "setupwizard-access";

    private const int MostGranted = 1000;

    private readonly Lock _gate = new();
    private readonly List<Pass> _passes = [];
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
    /// <param name="token">What the address has.</param>
    /// <param name="cookie">The cookie that the browser has already: one that is admitted stays, and with it the session.</param>
    /// <returns>The pass, or null when the token is wrong or was used before.</returns>
    public Pass? Redeem(string? token, string? cookie)
    {
        lock (_gate)
        {
            if (!Same(token, _current))
            {
                return null;
            }

            _current = null;
            if (Find(cookie) is { } known)
            {
                return known;
            }

            var pass = new Pass(NewValue(), NewValue());
            _passes.Add(pass);
            return pass;
        }
    }

    /// <summary>A pass without a token, where none is needed. The oldest ones go when there are too many: nobody asks who takes them.</summary>
    /// <param name="cookie">The cookie that the browser has already: one that is admitted stays.</param>
    public Pass Grant(string? cookie)
    {
        lock (_gate)
        {
            if (Find(cookie) is { } known)
            {
                return known;
            }

            if (_passes.Count >= MostGranted)
            {
                _passes.RemoveAt(0);
            }

            var pass = new Pass(NewValue(), NewValue());
            _passes.Add(pass);
            return pass;
        }
    }

    /// <summary>Whether a cookie's value is one of a pass: enough for what shows nothing of a session.</summary>
    public bool Admits(string? cookie)
    {
        lock (_gate)
        {
            return Find(cookie) is not null;
        }
    }

    /// <summary>Whether a cookie and a key are of the same pass.</summary>
    public bool Admits(string? cookie, string? key)
    {
        lock (_gate)
        {
            return Find(cookie) is { } pass && Same(key, pass.Key);
        }
    }

    /// <summary>Takes a pass back: whoever had it needs a new token.</summary>
    public void Revoke(string? cookie)
    {
        lock (_gate)
        {
            if (Find(cookie) is { } pass)
            {
                _passes.Remove(pass);
            }
        }
    }

    private static string NewValue() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    private static bool Same(string? given, string? expected) =>
        given is not null && expected is not null
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(expected));

    private Pass? Find(string? cookie) => _passes.Find(p => Same(cookie, p.Cookie));
}
