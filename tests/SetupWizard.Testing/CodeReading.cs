using System.Globalization;
using System.Text;
using SetupWizard.Core.Providers;

namespace SetupWizard.Testing;

/// <summary>
/// Reads code by the grammars the languages publish: comments, strings with their escapes and interpolations, and brackets that close.
/// It stops at whatever is not of that grammar, as a parser would.
/// </summary>
public static class CodeReading
{
    /// <summary>The strings of a text, as the language reads them. PowerShell's hidden characters are strings of their own.</summary>
    /// <exception cref="FormatException">It does not parse.</exception>
    public static List<string> Strings(CodeLanguage language, string code) => new Reader(language, code).Read();

    /// <summary>One quoted text of Terraform, from its quotation mark on.</summary>
    /// <param name="code">The code.</param>
    /// <param name="at">Where it begins; after the call, what follows it.</param>
    /// <exception cref="FormatException">It is none, or one with an interpolation.</exception>
    public static string TerraformText(string code, ref int at)
    {
        var reader = new Reader(CodeLanguage.Terraform, code, at, plain: true);
        var text = reader.Text();
        at = reader.At;
        return text;
    }

    private sealed class Reader(CodeLanguage language, string code, int at = 0, bool plain = false)
    {
        private readonly List<string> _strings = [];
        private readonly Stack<char> _open = new();
        private int _at = at;

        public int At => _at;

        public string Text() => code[_at++] == '"' ? Escaped('"') : throw Bad("begins no text");

        public List<string> Read()
        {
            while (_at < code.Length)
            {
                Next();
            }

            return _open.Count == 0 ? _strings : throw Bad("is not closed");
        }

        private void Next()
        {
            var c = code[_at++];
            switch (c)
            {
                case '#' when language is CodeLanguage.Terraform or CodeLanguage.PowerShell:
                case '/' when language == CodeLanguage.Bicep && Ahead('/'):
                    _at = code.IndexOf('\n', _at) is var end and >= 0 ? end : code.Length;
                    break;

                case '<' when language == CodeLanguage.Terraform && Ahead('<'):
                    HereDocument();
                    break;

                case '"' when language == CodeLanguage.Terraform:
                    _strings.Add(Escaped('"'));
                    break;

                case '\'' when language == CodeLanguage.Bicep:
                    _strings.Add(Escaped('\''));
                    break;

                case '\'' when language == CodeLanguage.PowerShell:
                    _strings.Add(Doubled());
                    break;

                case '"' when language == CodeLanguage.PowerShell:
                    _strings.Add(Expandable());
                    break;

                case '[' when language == CodeLanguage.PowerShell && code.AsSpan(_at).StartsWith("char]::ConvertFromUtf32(", StringComparison.Ordinal):
                    _at += "char]::ConvertFromUtf32(".Length;
                    var close = code.IndexOf(')', _at);
                    _strings.Add(char.ConvertFromUtf32(int.Parse(code.AsSpan(_at, close - _at), CultureInfo.InvariantCulture)));
                    _at = close + 1;
                    break;

                case '(' or '[' or '{':
                    _open.Push(c);
                    break;

                case ')' or ']' or '}':
                    if (!_open.TryPop(out var opened) || (opened, c) is not (('(', ')') or ('[', ']') or ('{', '}')))
                    {
                        throw Bad("closes nothing");
                    }

                    break;

                default:
                    if (char.IsControl(c) && c != '\n')
                    {
                        throw Bad("is no character of code");
                    }

                    break;
            }
        }

        private bool Ahead(char next) => _at < code.Length && code[_at] == next;

        /// <summary>Everything to a line with nothing but the word that was named.</summary>
        private void HereDocument()
        {
            var line = code.IndexOf('\n', _at);
            var word = code[(_at + 1)..line].TrimStart('-').Trim();
            while (line >= 0)
            {
                var next = code.IndexOf('\n', line + 1);
                if (next >= 0 && code[(line + 1)..next].Trim() == word)
                {
                    _at = next;
                    return;
                }

                line = next;
            }

            throw Bad("is a here-document without an end");
        }

        private string Doubled()
        {
            var text = new StringBuilder();
            while (_at < code.Length)
            {
                var c = code[_at++];
                if (c is '\'' or '\u2018' or '\u2019' or '\u201a' or '\u201b')
                {
                    if (_at >= code.Length || code[_at] is not ('\'' or '\u2018' or '\u2019' or '\u201a' or '\u201b'))
                    {
                        return text.ToString();
                    }

                    c = code[_at++];
                }

                text.Append(c);
            }

            throw Bad("is a string without an end");
        }

        private string Expandable()
        {
            var start = _at;
            while (_at < code.Length && code[_at] is not ('"' or '\n'))
            {
                _at++;
            }

            return _at < code.Length && code[_at] == '"' ? code[start.._at++] : throw Bad("is a string without an end");
        }

        private string Escaped(char quote)
        {
            var text = new StringBuilder();
            while (_at < code.Length)
            {
                var c = code[_at++];
                if (c == quote)
                {
                    return text.ToString();
                }

                if (c == '\n')
                {
                    throw Bad("ends its line within a string");
                }

                if (c == '\\')
                {
                    text.Append(Escape(quote));
                }
                else if (language == CodeLanguage.Terraform && (c is '$' or '%') && Rest(c, '{'))
                {
                    text.Append(c).Append('{');
                    _at += 2;
                }
                else if (Ahead('{') && (c == '$' || (language == CodeLanguage.Terraform && c == '%')))
                {
                    if (plain)
                    {
                        throw Bad("begins an interpolation");
                    }

                    _at++;
                    text.Append("${").Append(Interpolated()).Append('}');
                }
                else
                {
                    text.Append(c);
                }
            }

            throw Bad("is a string without an end");
        }

        private bool Rest(char first, char second) => _at + 1 < code.Length && code[_at] == first && code[_at + 1] == second;

        private string Interpolated()
        {
            var (start, depth) = (_at, _open.Count);
            _open.Push('{');
            while (_open.Count > depth)
            {
                if (_at >= code.Length)
                {
                    throw Bad("is an interpolation without an end");
                }

                Next();
            }

            return code[start..(_at - 1)];
        }

        private string Escape(char quote)
        {
            var c = code[_at++];
            return c switch
            {
                'n' => "\n",
                'r' => "\r",
                't' => "\t",
                '\\' => "\\",
                '$' when language == CodeLanguage.Bicep => "$",
                'u' when language == CodeLanguage.Bicep => Number(code.IndexOf('}', _at) - _at + 1),
                'u' => Number(4),
                'U' when language == CodeLanguage.Terraform => Number(8),
                _ when c == quote => quote.ToString(),
                _ => throw Bad("is no escape"),
            };
        }

        private string Number(int length)
        {
            var digits = code.Substring(_at, length).Trim('{', '}');
            _at += length;
            return char.ConvertFromUtf32(int.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
        }

        private FormatException Bad(string what)
        {
            var line = code[..Math.Min(_at, code.Length)].Count(c => c == '\n') + 1;
            return new FormatException(string.Create(CultureInfo.InvariantCulture, $"Line {line}: '{(_at > 0 && _at <= code.Length ? code[_at - 1] : ' ')}' {what}."));
        }
    }
}
