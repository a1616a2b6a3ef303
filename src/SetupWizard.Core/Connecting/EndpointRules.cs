using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using SetupWizard.Core.Model;

namespace SetupWizard.Core.Connecting;

/// <summary>Something wrong with a typed or pasted value.</summary>
/// <param name="Field">Which: <c>host</c>, <c>port</c>, <c>database</c>, <c>user</c>, <c>sslmode</c>, <c>text</c>.</param>
/// <param name="Key">What, as a lower-case word with hyphens. The sentence is <c>Field.{Field}.{Key}</c>.</param>
public sealed record FieldProblem(string Field, string Key);

/// <summary>What the fields of an endpoint may hold. The same rules for the form, the command line and the parser.</summary>
public static partial class EndpointRules
{
    /// <summary>What is wrong with a host name or address; null when nothing is.</summary>
    public static string? HostProblem(string? host)
    {
        if (string.IsNullOrWhiteSpace(host))
        {
            return "missing";
        }

        if (host.Contains("://", StringComparison.Ordinal))
        {
            return "scheme";
        }

        if (host.Any(char.IsWhiteSpace))
        {
            return "space";
        }

        if (host.Contains(',', StringComparison.Ordinal))
        {
            return "list";
        }

        // A directory of this machine, or a name in the kernel: libpq's two forms of a socket.
        if (host[0] is '/' or '@')
        {
            return "socket";
        }

        if (CloudSqlInstance().IsMatch(host))
        {
            return "connector";
        }

        if (host is "HOST" or "HOSTNAME" || Placeholders.IsIn(host))
        {
            return "placeholder";
        }

        if (host.Contains('@', StringComparison.Ordinal))
        {
            return "user";
        }

        if (host.IndexOfAny(['/', '\\', '?', '#']) >= 0)
        {
            return "path";
        }

        if (IPAddress.TryParse(host, out var address))
        {
            if (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
            {
                return "unspecified";
            }

            // 5432 is an address to a parser; to people it is a port in the wrong place.
            return host.Contains(':', StringComparison.Ordinal) || host.Count(static c => c == '.') == 3 ? null : "characters";
        }

        if (host.Contains(':', StringComparison.Ordinal))
        {
            return "port";
        }

        return host.Length <= 253 && !host.Any(static c => char.IsControl(c) || char.GetUnicodeCategory(c) == UnicodeCategory.Format) && Uri.CheckHostName(host.TrimEnd('.')) != UriHostNameType.Unknown ? null : "characters";
    }

    /// <summary>Reads a port.</summary>
    /// <param name="text">What was typed; empty is PostgreSQL's own port.</param>
    /// <param name="port">The port.</param>
    /// <returns>What is wrong; null when nothing is.</returns>
    public static string? PortProblem(string? text, out int port)
    {
        port = SourceEndpoint.DefaultPort;
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        if (!long.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return "number";
        }

        if (number is < 1 or > 65535)
        {
            return "range";
        }

        port = (int)number;
        return null;
    }

    /// <summary>
    /// What is wrong with the name of a database or of a login; null when nothing is. .NET's connection strings lose a line break at an end, and somebody else would be logged in,
    /// or elsewhere. That there is a name is asked for by whoever needs one.
    /// </summary>
    public static string? NameProblem(string? name) => name?.EndsWith('\n') == true ? "line" : null;

    /// <summary>What is wrong with a login on a bastion; null when nothing is. The program would take a hyphen in front for an option.</summary>
    public static string? SshUserProblem(string? user) => string.IsNullOrWhiteSpace(user) ? "missing"
        : user.StartsWith('-') || user.Any(static c => char.IsWhiteSpace(c) || char.IsControl(c)) ? "characters"
        : null;

    /// <summary>What is wrong with a host key's fingerprint; null when nothing is, or when there is none.</summary>
    public static string? HostKeyProblem(string? fingerprint)
    {
        if (string.IsNullOrWhiteSpace(fingerprint))
        {
            return null;
        }

        var text = fingerprint.Trim();
        var hash = text.StartsWith("SHA256:", StringComparison.Ordinal) ? text[7..].TrimEnd('=') : "";
        return hash.Length == 43 && Convert.TryFromBase64String(hash + "=", new byte[48], out _) ? null : "form";
    }

    /// <summary>What Cloud SQL's connectors call an instance: project, region and name.</summary>
    [GeneratedRegex(@"^[a-z][a-z0-9.:-]*:[a-z]+-[a-z]+[0-9]:[a-z][a-z0-9-]*$", RegexOptions.CultureInvariant)]
    private static partial Regex CloudSqlInstance();
}
