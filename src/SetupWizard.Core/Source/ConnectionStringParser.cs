using System.Data.Common;
using System.Text.RegularExpressions;
using SetupWizard.Core.Model;

namespace SetupWizard.Core.Source;

/// <summary>What a pasted connection string says. A part that it does not mention is null.</summary>
public sealed record ParsedConnection
{
    /// <summary>Host name or address.</summary>
    public string? Host { get; init; }

    /// <summary>Port.</summary>
    public int? Port { get; init; }

    /// <summary>Database.</summary>
    public string? Database { get; init; }

    /// <summary>Login.</summary>
    public string? User { get; init; }

    /// <summary>Its password.</summary>
    public SecretString? Password { get; init; }

    /// <summary>TLS; null when nothing was said, or something that leaves it open (<c>prefer</c>).</summary>
    public TlsMode? Tls { get; init; }

    /// <summary>The path of a file with CA certificates, on the machine the string was made for.</summary>
    public string? CaFile { get; init; }

    /// <summary>What could not be used.</summary>
    public IReadOnlyList<FieldProblem> Problems { get; init; } = [];

    /// <summary>The endpoint; null when there is no usable host.</summary>
    public SourceEndpoint? ToEndpoint() => Host is null || Problems.Any(p => p.Field is "host" or "port")
        ? null
        : new SourceEndpoint { Host = Host, Port = Port ?? SourceEndpoint.DefaultPort, Database = Database ?? User ?? "postgres", Tls = Tls ?? TlsMode.VerifyFull };
}

/// <summary>
/// Reads what people paste: URLs, libpq's key=value, a psql command line, a JDBC URL, an ADO.NET string, or a bare host name.
/// Bad input gives problems, never an exception.
/// See <see href="https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING"/>.
/// </summary>
public static partial class ConnectionStringParser
{
    /// <summary>Other spellings of libpq's keywords: environment variables, JDBC, ADO.NET.</summary>
    private static readonly Dictionary<string, string> s_keys = new(StringComparer.OrdinalIgnoreCase)
    {
        ["host"] = "host",
        ["server"] = "host",
        ["data source"] = "host",
        ["hostaddr"] = "host",
        ["pghost"] = "host",
        ["port"] = "port",
        ["pgport"] = "port",
        ["dbname"] = "database",
        ["database"] = "database",
        ["db"] = "database",
        ["initial catalog"] = "database",
        ["pgdatabase"] = "database",
        ["user"] = "user",
        ["username"] = "user",
        ["user name"] = "user",
        ["user id"] = "user",
        ["userid"] = "user",
        ["uid"] = "user",
        ["pguser"] = "user",
        ["password"] = "password",
        ["pwd"] = "password",
        ["psw"] = "password",
        ["pgpassword"] = "password",
        ["sslmode"] = "sslmode",
        ["ssl mode"] = "sslmode",
        ["pgsslmode"] = "sslmode",
        ["sslrootcert"] = "cafile",
        ["root certificate"] = "cafile",
        ["rootcertificate"] = "cafile",
        ["pgsslrootcert"] = "cafile",
        ["trust server certificate"] = "trust",
        ["trustservercertificate"] = "trust",
        ["ssl"] = "ssl",
    };

    /// <summary>Reads <paramref name="text"/>.</summary>
    public static ParsedConnection Parse(string? text)
    {
        var trimmed = Unwrap(text ?? "");
        if (trimmed.Length == 0)
        {
            return new ParsedConnection { Problems = [new("text", "empty")] };
        }

        if (trimmed.StartsWith("jdbc:", StringComparison.OrdinalIgnoreCase))
        {
            trimmed = trimmed["jdbc:".Length..];
        }

        if (UrlStart().Match(trimmed) is { Success: true } scheme)
        {
            return Build(UrlReader.Read(trimmed[scheme.Length..]));
        }

        if (OtherScheme().IsMatch(trimmed))
        {
            return new ParsedConnection { Problems = [new("text", "scheme")] };
        }

        if (PsqlCommand().IsMatch(trimmed))
        {
            return Build(PsqlReader.Read(trimmed));
        }

        if (IsAdo(trimmed))
        {
            return Build(ReadAdo(trimmed));
        }

        if (KeyValueStart().IsMatch(trimmed))
        {
            return Build(KeyValueReader.Read(trimmed));
        }

        // A bare host, with a port and a database perhaps: what follows the scheme of a URL.
        return trimmed.Any(char.IsWhiteSpace)
            ? new ParsedConnection { Problems = [new("text", "unknown")] }
            : Build(UrlReader.Read(trimmed));
    }

    private static string Unwrap(string text)
    {
        var trimmed = text.Trim().Trim('\uFEFF', '\u200B').Trim();
        foreach (var quote in "\"'`")
        {
            if (trimmed.Length > 2 && trimmed[0] == quote && trimmed[^1] == quote && trimmed.IndexOf(quote, 1) == trimmed.Length - 1)
            {
                return trimmed[1..^1].Trim();
            }
        }

        return trimmed;
    }

    private static bool IsAdo(string text)
    {
        var separator = text.IndexOf(';', StringComparison.Ordinal);
        return separator > 0
            && text.Split(';').Where(part => part.Contains('=', StringComparison.Ordinal))
                .Count(part => s_keys.ContainsKey(part[..part.IndexOf('=', StringComparison.Ordinal)].Trim())) is var known
            && (known >= 2 || (known == 1 && text.TrimEnd().EndsWith(';')));
    }

    private static Dictionary<string, string> ReadAdo(string text)
    {
        var values = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        try
        {
            var builder = new DbConnectionStringBuilder { ConnectionString = text };
            foreach (string key in builder.Keys)
            {
                values[key] = builder[key]?.ToString() ?? "";
            }
        }
        catch (ArgumentException)
        {
            values["?"] = "syntax";
        }

        return values;
    }

    private static ParsedConnection Build(Dictionary<string, string> raw)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in raw)
        {
            if (s_keys.TryGetValue(key.Trim(), out var name) && (value.Length > 0 || name == "password"))
            {
                // A password is taken as it stands; everything else loses the blanks around it.
                values[name] = name == "password" ? value : value.Trim();
            }
        }

        var problems = new List<FieldProblem>();
        if (raw.TryGetValue("?", out var syntax))
        {
            problems.Add(new FieldProblem("text", syntax));
        }

        var host = values.GetValueOrDefault("host");
        if (EndpointRules.HostProblem(host) is { } hostProblem)
        {
            problems.Add(new FieldProblem("host", hostProblem));
        }

        var portProblem = EndpointRules.PortProblem(values.GetValueOrDefault("port"), out var port);
        if (portProblem is not null)
        {
            problems.Add(new FieldProblem("port", portProblem));
        }

        return new ParsedConnection
        {
            Host = host,
            Port = values.ContainsKey("port") && portProblem is null ? port : null,
            Database = values.GetValueOrDefault("database"),
            User = values.GetValueOrDefault("user"),
            Password = SecretString.From(values.GetValueOrDefault("password")),
            Tls = Tls(values, problems),
            CaFile = values.GetValueOrDefault("cafile"),
            Problems = problems,
        };
    }

    private static TlsMode? Tls(Dictionary<string, string> values, List<FieldProblem> problems)
    {
        if (values.TryGetValue("sslmode", out var mode))
        {
            switch (mode.Replace("-", "", StringComparison.Ordinal).ToUpperInvariant())
            {
                case "DISABLE":
                    return TlsMode.Disable;
                case "ALLOW" or "PREFER":
                    return null;
                case "REQUIRE":
                    return TlsMode.Require;
                case "VERIFYCA":
                    return TlsMode.VerifyCa;
                case "VERIFYFULL":
                    return TlsMode.VerifyFull;
                default:
                    problems.Add(new FieldProblem("sslmode", "unknown"));
                    return null;
            }
        }

        if (values.TryGetValue("trust", out var trust) && trust.Equals("true", StringComparison.OrdinalIgnoreCase))
        {
            return TlsMode.Require;
        }

        return values.TryGetValue("ssl", out var ssl) && ssl.Equals("true", StringComparison.OrdinalIgnoreCase) ? TlsMode.VerifyFull : null;
    }

    [GeneratedRegex("^(postgres|postgresql):(//)?", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex UrlStart();

    [GeneratedRegex("^[a-z][a-z0-9+.-]*://", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex OtherScheme();

    [GeneratedRegex(@"^(\$\s+|sudo\s+\S+\s+|[A-Z_]+=('[^']*'|""[^""]*""|\S*)\s+)*(\S*/)?psql(\.exe)?(\s|$)", RegexOptions.CultureInvariant)]
    private static partial Regex PsqlCommand();

    [GeneratedRegex(@"^[a-z_]+\s*=", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex KeyValueStart();
}
