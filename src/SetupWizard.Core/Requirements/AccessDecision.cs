using System.Net;
using System.Text.RegularExpressions;
using SetupWizard.Core.Model;

namespace SetupWizard.Core.Requirements;

/// <summary>What the rules of pg_hba.conf decide for a connection.</summary>
internal enum AccessAnswer
{
    /// <summary>A line admits the connection.</summary>
    LetIn,

    /// <summary>No line fits.</summary>
    NoLine,

    /// <summary>The first line that matches rejects the connection.</summary>
    Rejected,

    /// <summary>It depends on something that is not known here, such as the name an address stands for.</summary>
    Unclear,
}

/// <summary>The answer, and the line that gave it.</summary>
internal sealed record AccessDecision(AccessAnswer Answer, AccessRuleFact? Line)
{
    /// <summary>Ways to prove who one is that a password is enough for.</summary>
    private static readonly string[] s_byPassword = ["scram-sha-256", "md5", "password", "trust", "ldap", "pam", "bsd", "radius"];

    /// <summary>
    /// Evaluates the lines as the server does: the first match decides, and without a match the connection is rejected.
    /// See <see href="https://www.postgresql.org/docs/current/auth-pg-hba-conf.html"/>.
    /// </summary>
    /// <param name="access">The lines.</param>
    /// <param name="tls">Whether the connection is encrypted.</param>
    /// <param name="database">The database.</param>
    /// <param name="user">The user.</param>
    /// <param name="from">Where the connection comes from: an address on the internet.</param>
    public static AccessDecision For(AccessFacts access, bool tls, string database, string user, IPAddress from)
    {
        AccessRuleFact? doubtful = null;
        foreach (var line in access.Rules.Where(l => OfType(l.Type, tls)))
        {
            var fits = And(Comes(line, from), And(Any(line.Databases, d => NamesDatabase(d, database, user, access)), Any(line.Users, u => NamesUser(u, user, access))));
            if (fits == false)
            {
                continue;
            }

            if (fits is null)
            {
                doubtful ??= line;
                continue;
            }

            var decision = new AccessDecision(LetsIn(line) ? AccessAnswer.LetIn : AccessAnswer.Rejected, line);
            return doubtful is null || LetsIn(doubtful) == LetsIn(line) ? decision : new AccessDecision(AccessAnswer.Unclear, doubtful);
        }

        return doubtful is not null && LetsIn(doubtful) ? new AccessDecision(AccessAnswer.Unclear, doubtful) : new AccessDecision(AccessAnswer.NoLine, null);
    }

    private static bool OfType(string? type, bool tls) => type is "host" or "hostnogssenc" || type == (tls ? "hostssl" : "hostnossl");

    /// <summary>ClickPipes has a password and no client certificate.</summary>
    private static bool LetsIn(AccessRuleFact line) =>
        s_byPassword.Contains(line.Method) && !line.Options.Any(static o => o is "clientcert=verify-ca" or "clientcert=verify-full" or "clientcert=1");

    private static bool? Comes(AccessRuleFact line, IPAddress from)
    {
        if (line.Address is "all")
        {
            return true;
        }

        if (line.Address is null or "samehost" or "samenet")
        {
            // The server itself, and networks it has a leg in; ClickPipes comes from outside.
            return false;
        }

        if (!IPAddress.TryParse(line.Address, out var network))
        {
            return null;
        }

        if (network.AddressFamily != from.AddressFamily)
        {
            return false;
        }

        var mask = IPAddress.TryParse(line.Netmask, out var given) ? given.GetAddressBytes() : [.. Enumerable.Repeat((byte)255, network.GetAddressBytes().Length)];
        return network.GetAddressBytes().Zip(from.GetAddressBytes(), mask).All(static b => (b.First & b.Third) == (b.Second & b.Third));
    }

    private static bool? NamesDatabase(string word, string database, string user, AccessFacts access) => word switch
    {
        "all" => true,
        "sameuser" => database == user,
        "samerole" or "samegroup" => access.UserRoles.Contains(database),
        "replication" => false,
        ['/', ..] => Fits(word[1..], database),
        _ => word == database,
    };

    private static bool? NamesUser(string word, string user, AccessFacts access) => word switch
    {
        "all" => true,
        ['+', ..] => access.UserRoles.Contains(word[1..]),
        ['/', ..] => Fits(word[1..], user),
        _ => word == user,
    };

    /// <summary>A regular expression of the server's; one that this library reads otherwise, or not at all, is not decided here.</summary>
    private static bool? Fits(string expression, string name)
    {
        try
        {
            return Regex.IsMatch(name, expression, RegexOptions.CultureInvariant, TimeSpan.FromMilliseconds(100));
        }
        catch (Exception exception) when (exception is ArgumentException or RegexMatchTimeoutException)
        {
            return null;
        }
    }

    private static bool? And(bool? a, bool? b) => a == false || b == false ? false : a is null || b is null ? null : true;

    private static bool? Any(IEnumerable<string> words, Func<string, bool?> fits)
    {
        bool? any = false;
        foreach (var word in words)
        {
            var one = fits(word);
            if (one == true)
            {
                return true;
            }

            any = one is null ? null : any;
        }

        return any;
    }
}
