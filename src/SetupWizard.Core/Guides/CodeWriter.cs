using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using SetupWizard.Core.Providers;
using SetupWizard.Core.Sql;
using SetupWizard.Core.Text;

namespace SetupWizard.Core.Guides;

/// <summary>A guide's code in one language, with the user's own names.</summary>
/// <param name="Language">What it is written in.</param>
/// <param name="FileName">A name without a directory: <c>azure-wal-level.bicep</c>.</param>
/// <param name="Text">The code, with <c>\n</c> at each line's end.</param>
public sealed record GuideCode(CodeLanguage Language, string FileName, string Text);

/// <summary>Puts names into a <see cref="CodeTemplate"/>.</summary>
public static partial class CodeWriter
{
    private const int CommentWidth = 100;

    /// <summary>The code of a guide.</summary>
    /// <param name="guide">The guide.</param>
    /// <param name="values">What <see cref="GuideArguments.For"/> gives.</param>
    /// <param name="culture">The language of comments; everything else does not depend on it.</param>
    /// <exception cref="InvalidOperationException">A template asks for something that no guide has: the profile contradicts itself.</exception>
    public static IReadOnlyList<GuideCode> Write(ConsoleGuide guide, IReadOnlyDictionary<string, object?> values, CultureInfo culture)
    {
        ArgumentNullException.ThrowIfNull(guide);
        ArgumentNullException.ThrowIfNull(values);
        return [.. guide.Code.Select(t => new GuideCode(t.Language, guide.Id + "." + t.Language.Extension(), new Page(guide, t, values, culture).Write()))];
    }

    private sealed class Page(ConsoleGuide guide, CodeTemplate template, IReadOnlyDictionary<string, object?> values, CultureInfo culture)
    {
        private readonly StringBuilder _text = new();
        private readonly HashSet<string> _explained = new(StringComparer.Ordinal);
        private readonly Dictionary<string, object?> _values = new(values, StringComparer.Ordinal) { ["file"] = guide.Id + "." + template.Language.Extension() };

        public string Write()
        {
            Block(template.Text.TrimEnd('\n').Split('\n'));
            return _text.ToString();
        }

        private void Block(ReadOnlySpan<string> lines)
        {
            while (!lines.IsEmpty)
            {
                var line = lines[0];
                var words = line.TrimStart().Split(' ');
                var taken = 1;
                switch (words[0])
                {
                    case "@steps":
                        Steps(line, words[1..]);
                        break;

                    case "@say":
                        Comment(line, Messages.Find("Code." + words[1], culture, _values) ?? throw Contradiction(line));
                        break;

                    case "@if":
                        taken = EndOf(lines);
                        if (_values.GetValueOrDefault(words[1]) is string { Length: > 0 })
                        {
                            Block(lines[1..(taken - 1)]);
                        }

                        break;

                    case "@each":
                        taken = EndOf(lines);
                        Repeat(words[1], lines[1..(taken - 1)]);
                        break;

                    default:
                        Line(line);
                        break;
                }

                lines = lines[taken..];
            }
        }

        private void Repeat(string name, ReadOnlySpan<string> lines)
        {
            var list = _values.GetValueOrDefault(name) as IReadOnlyList<string> ?? throw Contradiction("@each " + name);
            for (var i = 0; i < list.Count; i++)
            {
                _values[name] = list[i];
                _values["number"] = (i + 1).ToString(CultureInfo.InvariantCulture);
                Block(lines);
            }

            _values[name] = list;
        }

        private void Line(string line)
        {
            foreach (var hole in Hole().Matches(line).SelectMany(h => HolesOf(h)).Where(_explained.Add))
            {
                _text.Insert(BeforeGroup(), CommentLines(line, Messages.Find("Code.Fill." + hole, culture, _values) ?? throw Contradiction(hole)));
            }

            _text.Append(Hole().Replace(line, h => Literal(h))).Append('\n');
        }

        private IEnumerable<string> HolesOf(Match hole) =>
            (hole.Groups["name"] is { Success: true } name ? [name.Value] : Part().Matches(hole.Groups["text"].Value).Select(p => p.Groups["name"].Value))
            .SelectMany(n => GuideArguments.Unknown(Value(n)));

        private string Literal(Match hole)
        {
            var text = hole.Groups["name"] is { Success: true } name
                ? Value(name.Value)
                : Part().Replace(hole.Groups["text"].Value, p => Nested(Value(p.Groups["name"].Value), p.Groups["as"].Value));
            return hole.Groups["as"].Value switch
            {
                "" => CodeQuote.Quote(text, template.Language),
                "shell" => CodeQuote.Quote(text, CodeLanguage.Shell),
                "number" => text.All(char.IsAsciiDigit) ? text : CodeQuote.Quote(text, template.Language),
                "symbol" => SymbolOf(text),
                _ => throw Contradiction(hole.Value),
            };
        }

        /// <summary>A value inside another language inside a literal.</summary>
        private string Nested(string value, string language) => language switch
        {
            "" => value,

            // The shorthand of the AWS command line: a value with a sign of its grammar stands in double quotes.
            "aws" => value.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.' or ':' or '/')
                ? value
                : "\"" + value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + "\"",
            "sql" => PgLiteral.Quote(value),

            // A parameter of an extension has two parts.
            "setting" => string.Join('.', value.Split('.').Select(p => PlainName().IsMatch(p) ? p : "\"" + p.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"")),
            _ => throw Contradiction(language),
        };

        /// <summary>A word that names a resource within a file: letters, digits and underscores.</summary>
        private static string SymbolOf(string text) =>
            string.Concat(text.Select(c => char.IsAsciiLetterOrDigit(c) ? char.ToLowerInvariant(c) : '_'));

        private string Value(string name) =>
            _values.GetValueOrDefault(name) as string ?? throw Contradiction(name);

        private void Steps(string line, string[] keys)
        {
            var numbers = keys.Select(k => guide.Steps.Index().Where(s => s.Item.Key == k).Select(s => s.Index + 1).DefaultIfEmpty(0).First()).Order().ToList();
            if (numbers is [] or [0, ..])
            {
                throw Contradiction(line);
            }

            var runs = numbers.Select((n, i) => (Number: n, Run: n - i)).GroupBy(n => n.Run)
                .Select(r => (First: r.First().Number, Last: r.Last().Number))
                .Select(r => r.First == r.Last ? FormattableString.Invariant($"{r.First}") : FormattableString.Invariant($"{r.First}-{r.Last}"));
            Comment(line, Messages.Get(numbers.Count == 1 ? "Code.Step" : "Code.Steps", culture, ("numbers", string.Join(", ", runs))));
        }

        /// <summary>Where a comment may stand: Terraform aligns arguments that follow each other, and a comment between two of them would part them.</summary>
        private int BeforeGroup()
        {
            var written = _text.ToString();
            var at = written.Length;
            while (template.Language == CodeLanguage.Terraform && at > 0)
            {
                var start = written.LastIndexOf('\n', Math.Max(0, at - 2)) + 1;
                if (!Argument().IsMatch(written[start..at]))
                {
                    break;
                }

                at = start;
            }

            return at;
        }

        private void Comment(string line, string sentence) => _text.Append(CommentLines(line, sentence));

        /// <summary>A comment as deep as <paramref name="line"/>, in as many lines as it takes.</summary>
        private string CommentLines(string line, string sentence)
        {
            var text = new StringBuilder();
            var start = line[..^line.TrimStart().Length] + template.Language.Comment();
            var shown = VisibleText.Of(sentence);
            var width = start.Length;
            text.Append(start);
            foreach (var word in shown.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                if (width > start.Length && width + 1 + word.Length > CommentWidth)
                {
                    text.Append('\n').Append(start);
                    width = start.Length;
                }

                text.Append(' ').Append(word);
                width += 1 + word.Length;
            }

            return text.Append('\n').ToString();
        }

        private static int EndOf(ReadOnlySpan<string> lines)
        {
            var open = 0;
            for (var i = 0; i < lines.Length; i++)
            {
                var word = lines[i].TrimStart().Split(' ')[0];
                open += word is "@if" or "@each" ? 1 : word == "@end" ? -1 : 0;
                if (open == 0)
                {
                    return i + 1;
                }
            }

            throw new InvalidOperationException(lines[0] + " has no @end.");
        }

        private InvalidOperationException Contradiction(string what) => new($"{guide.Id}.{template.Language.Extension()}: {what}");
    }

    [GeneratedRegex("""\{\{(?:"(?<text>[^"]*)"|(?<name>[a-zA-Z]+))(?::(?<as>[a-z]+))?\}\}""")]
    private static partial Regex Hole();

    [GeneratedRegex(@"\{(?<name>[a-zA-Z]+)(?::(?<as>[a-z]+))?\}")]
    private static partial Regex Part();

    [GeneratedRegex("^[a-z_][a-z0-9_]*$")]
    private static partial Regex PlainName();

    /// <summary>An argument of HCL on one line, which opens nothing.</summary>
    [GeneratedRegex(@"^\s*[A-Za-z_]+ += .*[^\[{(\n]\n$")]
    private static partial Regex Argument();
}
