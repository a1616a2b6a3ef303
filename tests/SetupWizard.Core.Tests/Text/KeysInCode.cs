using System.Text.RegularExpressions;

namespace SetupWizard.Core.Tests.Text;

/// <summary>Which keys of sentences code can ask for: those written in it, and those it puts together.</summary>
internal sealed partial class KeysInCode
{
    private readonly HashSet<string> _whole = new(StringComparer.Ordinal);
    private readonly List<Regex> _patterns = [];
    private readonly HashSet<string> _words;
    private readonly string[] _endings;
    private readonly string _code;

    private KeysInCode(string code)
    {
        _code = code;
        _words = [.. Word().Matches(code).Select(m => m.Value)];
        _endings = [.. Ending().Matches(code).Select(m => m.Groups[1].Value).Distinct(StringComparer.Ordinal)];
        var patterns = new HashSet<string>(StringComparer.Ordinal);
        foreach (Match match in Key().Matches(code))
        {
            var text = match.Groups[1].Value;
            _whole.Add(text);
            var goesOn = text.EndsWith('.') || match.Groups[2].Success;
            if (goesOn || text.Contains('{', StringComparison.Ordinal))
            {
                patterns.Add(string.Join("(.+)", Hole().Split(text).Select(Regex.Escape)) + (goesOn ? "(.+)" : ""));
            }
        }

        _patterns.AddRange(patterns.Select(p => new Regex("^" + p + "$", RegexOptions.CultureInvariant)));
    }

    public static KeysInCode Of(IEnumerable<string> files) => new(string.Join('\n', files));

    public bool Reaches(string key) =>
        _whole.Contains(key)
        || _code.Contains('"' + key + '"', StringComparison.Ordinal)
        || _endings.Any(e => key.EndsWith(e, StringComparison.Ordinal) && _whole.Contains(key[..^e.Length]))
        || (Code().IsMatch(key) && AreWords(key))
        || _patterns.Exists(p => p.Match(key) is { Success: true } match && match.Groups.Values.Skip(1).All(g => AreWords(g.Value)));

    /// <summary>Whether code has all that stands between dots: members of enumerations, cases, names.</summary>
    private bool AreWords(string part) => part.Split('.').All(word =>
        _words.Contains(word) || _endings.Any(e => word.EndsWith(e, StringComparison.Ordinal) && _words.Contains(word[..^e.Length])));

    /// <summary>A text that is a key or begins one, with the expressions in it, and whether something is added to it.</summary>
    [GeneratedRegex("""
        "([A-Z][A-Za-z0-9]*\.(?:[\w.:-]|\{[^{}"]*(?:"[^"]*"[^{}"]*)*\})*)"(\s*\+)?
        """)]
    private static partial Regex Key();

    [GeneratedRegex(@"\{[^{}]*\}")]
    private static partial Regex Hole();

    [GeneratedRegex("""
        \+ "(\w+)"
        """)]
    private static partial Regex Ending();

    [GeneratedRegex("[A-Za-z0-9_][A-Za-z0-9_-]*")]
    private static partial Regex Word();

    [GeneratedRegex(@"^SW\d+\.")]
    private static partial Regex Code();
}
