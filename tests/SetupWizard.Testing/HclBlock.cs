using System.Globalization;
using System.Text.Json.Nodes;

namespace SetupWizard.Testing;

/// <summary>
/// Reads the attributes of a block of Terraform: quoted texts (as <see cref="CodeReading"/> reads them), numbers, references, objects and lists.
/// A reference becomes the text <c>${…}</c>.
/// </summary>
public sealed class HclBlock
{
    private readonly string _code;
    private int _at;

    private HclBlock(string code, int at) => (_code, _at) = (code, at);

    /// <summary>The attributes of the first block with this head, as <c>resource "a" "b"</c>.</summary>
    /// <exception cref="FormatException">It is not there, or is not of this grammar.</exception>
    public static JsonObject Read(string code, string head)
    {
        var start = code.IndexOf(head + " {", StringComparison.Ordinal);
        return start < 0 ? throw new FormatException(head + " is not there.") : new HclBlock(code, start + head.Length + 1).Object();
    }

    private JsonObject Object()
    {
        var found = new JsonObject();
        Take('{');
        while (Peek() != '}')
        {
            var name = Word();
            Take('=');
            found.Add(name, Value());
            if (Peek() == ',')
            {
                _at++;
            }
        }

        _at++;
        return found;
    }

    private JsonArray Array()
    {
        var found = new JsonArray();
        Take('[');
        while (Peek() != ']')
        {
            found.Add(Value());
            if (Peek() == ',')
            {
                _at++;
            }
        }

        _at++;
        return found;
    }

    private JsonNode Value() => Peek() switch
    {
        '{' => Object(),
        '[' => Array(),
        '"' => JsonValue.Create(Text()),
        >= '0' and <= '9' => JsonValue.Create(long.Parse(Word(), CultureInfo.InvariantCulture)),
        _ => Word() switch
        {
            "true" => JsonValue.Create(true),
            "false" => JsonValue.Create(false),
            var reference => JsonValue.Create("${" + reference + "}"),
        },
    };

    private string Word()
    {
        Peek();
        var start = _at;
        while (_at < _code.Length && (char.IsAsciiLetterOrDigit(_code[_at]) || _code[_at] is '_' or '.'))
        {
            _at++;
        }

        return _at > start ? _code[start.._at] : throw Bad();
    }

    private string Text()
    {
        Peek();
        return CodeReading.TerraformText(_code, ref _at);
    }

    private char Peek()
    {
        while (_at < _code.Length && char.IsWhiteSpace(_code[_at]))
        {
            _at++;
        }

        return _at < _code.Length ? _code[_at] : throw Bad();
    }

    private void Take(char wanted)
    {
        if (Peek() != wanted)
        {
            throw Bad();
        }

        _at++;
    }

    private FormatException Bad() => new($"At {_at}: '{_code[Math.Min(_at, _code.Length - 1)]}'.");
}
