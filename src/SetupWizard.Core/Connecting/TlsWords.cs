using System.Text.RegularExpressions;
using SetupWizard.Core.Model;

namespace SetupWizard.Core.Connecting;

/// <summary>What libpq, JDBC, Npgsql, node-postgres, asyncpg and Prisma say about TLS, as one of libpq's modes.</summary>
internal static partial class TlsWords
{
    /// <summary>The mode; null when nothing is said, or something that leaves it to chance, which is then remarked on.</summary>
    public static TlsMode? Read(ConnectionParts parts, List<FieldProblem> problems, out string? caFile)
    {
        caFile = parts.Last(ConnectionPart.CaFile)?.Trim();
        var mode = Mode(parts, problems);

        // libpq takes the machine's own certificates then, and nothing weaker than a full check.
        if (caFile == "system")
        {
            caFile = null;
            return TlsMode.VerifyFull;
        }

        if (parts.All.Any(static p => p is { Part: ConnectionPart.Unused, Value.Length: > 0 } && p.Name.Replace("_", "", StringComparison.Ordinal).EndsWith("sslcert", StringComparison.OrdinalIgnoreCase)))
        {
            parts.Remark("client-certificate");
        }

        return mode != TlsMode.Disable && ChecksNothing(parts) ? TlsMode.Require : mode;
    }

    /// <summary>Whether a program is told to take every certificate.</summary>
    private static bool ChecksNothing(ConnectionParts parts) =>
        (parts.Last(ConnectionPart.SslFactory)?.Trim().EndsWith("NonValidatingFactory", StringComparison.OrdinalIgnoreCase) ?? false)
        || No(parts.Last(ConnectionPart.RejectUnauthorized))
        || (parts.Last(ConnectionPart.SslMode) is null && Yes(parts.Last(ConnectionPart.TrustServer)));

    private static TlsMode? Mode(ConnectionParts parts, List<FieldProblem> problems)
    {
        if (parts.Last(ConnectionPart.SslMode) is { } sslMode)
        {
            return Word(parts, "sslmode", sslMode, problems);
        }

        if (parts.Last(ConnectionPart.SslAccept)?.Trim() is { } accept)
        {
            return accept == "strict" ? TlsMode.VerifyFull : TlsMode.Require;
        }

        if (parts.Last(ConnectionPart.Ssl) is { } ssl)
        {
            return Yes(ssl) ? TlsMode.VerifyFull
                : NotRejecting().IsMatch(ssl) ? TlsMode.Require
                : ssl.TrimStart().StartsWith('{') ? TlsMode.VerifyFull
                : No(ssl) ? Open(parts, "ssl=" + ssl.Trim())
                : Word(parts, "ssl", ssl, problems);
        }

        return Yes(parts.Last(ConnectionPart.RequireSsl)) ? TlsMode.Require : null;
    }

    private static TlsMode? Word(ConnectionParts parts, string name, string value, List<FieldProblem> problems)
    {
        switch (value.Trim().Replace("-", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal).ToUpperInvariant())
        {
            case "DISABLE" or "DISABLED":
                return TlsMode.Disable;
            case "ALLOW" or "PREFER" or "PREFERRED":
                return Open(parts, name + "=" + value.Trim());
            case "REQUIRE" or "REQUIRED" or "NOVERIFY":
                return TlsMode.Require;
            case "VERIFYCA":
                return TlsMode.VerifyCa;
            case "VERIFYFULL" or "VERIFYIDENTITY":
                return TlsMode.VerifyFull;
            default:
                problems.Add(new FieldProblem("sslmode", "unknown"));
                return null;
        }
    }

    private static TlsMode? Open(ConnectionParts parts, string what)
    {
        parts.Remark("tls-open", what);
        return null;
    }

    private static bool Yes(string? value) => value?.Trim().ToUpperInvariant() is "TRUE" or "1" or "YES" or "ON";

    private static bool No(string? value) => value?.Trim().ToUpperInvariant() is "FALSE" or "0" or "NO" or "OFF";

    [GeneratedRegex(@"rejectUnauthorized[""']?\s*:\s*(?:false|0)\b", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex NotRejecting();
}
