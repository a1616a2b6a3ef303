using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace SetupWizard.Core.Audit;

/// <summary>The end of a chain: how many lines it has and the code of the last.</summary>
/// <param name="Count">How many lines.</param>
/// <param name="Code">The code of the last of them.</param>
internal readonly record struct ChainEnd(int Count, string Code)
{
    /// <summary>Before the first line.</summary>
    public static ChainEnd Start { get; } = new(0, "");
}

/// <summary>
/// The lines of a record, each with a code (HMAC-SHA-256 with the installation's key) over itself and the code before it: a line that was changed, put in or taken
/// out breaks it. That the last lines are still there is told by an end of its own, kept beside the record.
/// </summary>
internal sealed class AuditChain(byte[] key)
{
    private const string Before = ",\"mac\":\"";
    private const string After = "\"}";

    /// <summary>Base64 of 32 bytes.</summary>
    private const int CodeLength = 44;

    /// <summary>A JSON object as the next line of the chain.</summary>
    public (string Line, ChainEnd End) Add(string json, ChainEnd last)
    {
        var code = CodeOf(json, last);
        return (string.Concat(json.AsSpan(0, json.Length - 1), Before, code, After), new ChainEnd(last.Count + 1, code));
    }

    /// <summary>Whether a line is the next one of the chain, and the end it then has.</summary>
    public bool Follows(string line, ChainEnd last, out ChainEnd end)
    {
        end = last;
        var at = line.Length - After.Length - CodeLength - Before.Length;
        if (at <= 0 || !line.EndsWith(After, StringComparison.Ordinal) || string.CompareOrdinal(line, at, Before, 0, Before.Length) != 0)
        {
            return false;
        }

        var code = line.Substring(at + Before.Length, CodeLength);
        if (!Same(code, CodeOf(string.Concat(line.AsSpan(0, at), "}"), last)))
        {
            return false;
        }

        end = new ChainEnd(last.Count + 1, code);
        return true;
    }

    /// <summary>The end in its stored form, authenticated with the key so that a truncated chain cannot be given a matching end.</summary>
    public string Write(ChainEnd end) => string.Create(CultureInfo.InvariantCulture, $"{end.Count}\n{end.Code}\n{CodeOf("end", end)}\n");

    /// <summary>An end that was kept; null when this is none.</summary>
    public ChainEnd? Read(string text) =>
        text.Split('\n') is [var count, var code, var proof, ..]
        && int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var lines)
        && Same(proof, CodeOf("end", new ChainEnd(lines, code)))
            ? new ChainEnd(lines, code)
            : null;

    private string CodeOf(string json, ChainEnd last) => Convert.ToBase64String(
        HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{last.Count}\n{last.Code}\n{json}"))));

    private static bool Same(string one, string other) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(one), Encoding.UTF8.GetBytes(other));
}
