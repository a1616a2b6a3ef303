using System.Text;

namespace SetupWizard.Core.Sql;

/// <summary>
/// Text as a server hands it over. A database without an encoding (<c>SQL_ASCII</c>) keeps names in whatever bytes somebody typed, and roles made from a database of
/// another encoding are in that one's bytes: such a name is not UTF-8, and reading it must not fail. A byte that belongs to no character becomes one of the last private code
/// points of Unicode (U+10FF80 to U+10FFFF): names stay different from each other, are recognised by <see cref="IsBroken"/> and are shown by <see cref="Shown"/>.
/// See <see href="https://www.postgresql.org/docs/current/multibyte.html"/>.
/// </summary>
public static class ServerText
{
    /// <summary>The encoding of a database that has none: it takes and gives bytes as they are.</summary>
    public const string NoEncoding = "SQL_ASCII";

    /// <summary>The name under which Npgsql finds the encoding that reads like this.</summary>
    internal static string EncodingName { get; } = Registered("setupwizard-utf-8");

    private const int Base = 0x10FF00;
    private const char High = '\uDBFF';
    private const char LowestLow = '\uDF80';

    /// <summary>UTF-8 that keeps every byte apart which is none.</summary>
    internal static Encoding Lenient { get; } = MakeLenient();

    /// <summary>Whether the text has bytes in it that are no characters: no statement can name what is called so.</summary>
    public static bool IsBroken(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        for (var at = text.IndexOf(High, StringComparison.Ordinal); at >= 0; at = text.IndexOf(High, at + 1))
        {
            if (IsByte(text, at))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The text for people: such a byte as <c>\xE9</c>.</summary>
    public static string Shown(string text)
    {
        if (!IsBroken(text))
        {
            return text;
        }

        var shown = new StringBuilder(text.Length + 8);
        for (var at = 0; at < text.Length; at++)
        {
            if (IsByte(text, at))
            {
                shown.Append("\\x").Append((char.ConvertToUtf32(text[at], text[at + 1]) - Base).ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
                at++;
            }
            else
            {
                shown.Append(text[at]);
            }
        }

        return shown.ToString();
    }

    private static bool IsByte(string text, int at) => text[at] == High && at + 1 < text.Length && text[at + 1] >= LowestLow;

    private static string Registered(string name)
    {
        Encoding.RegisterProvider(new Provider(name));
        return name;
    }

    private static Encoding MakeLenient()
    {
        var encoding = (Encoding)new UTF8Encoding(encoderShouldEmitUTF8Identifier: false).Clone();
        encoding.DecoderFallback = new ByteFallback();
        return encoding;
    }

    /// <summary>Gives Npgsql the encoding by its name, whatever fallbacks it asks for.</summary>
    private sealed class Provider(string known) : EncodingProvider
    {
        public override Encoding? GetEncoding(int codepage) => null;

        public override Encoding? GetEncoding(string name) => name == known ? Lenient : null;

        public override Encoding? GetEncoding(string name, EncoderFallback encoderFallback, DecoderFallback decoderFallback) => GetEncoding(name);
    }

    private sealed class ByteFallback : DecoderFallback
    {
        /// <summary>The decoder hands over three bytes at most, each of which becomes two chars.</summary>
        public override int MaxCharCount => 6;

        public override DecoderFallbackBuffer CreateFallbackBuffer() => new Buffer();

        private sealed class Buffer : DecoderFallbackBuffer
        {
            private string _chars = "";
            private int _at;

            public override int Remaining => _chars.Length - _at;

            public override bool Fallback(byte[] bytesUnknown, int index)
            {
                (_chars, _at) = (string.Concat(bytesUnknown.Select(static b => char.ConvertFromUtf32(Base + b))), 0);
                return true;
            }

            public override char GetNextChar() => _at < _chars.Length ? _chars[_at++] : '\0';

            public override bool MovePrevious()
            {
                if (_at == 0)
                {
                    return false;
                }

                _at--;
                return true;
            }

            public override void Reset() => (_chars, _at) = ("", 0);
        }
    }
}
