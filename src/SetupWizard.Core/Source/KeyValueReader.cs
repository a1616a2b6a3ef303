using System.Text;

namespace SetupWizard.Core.Source;

/// <summary>libpq's <c>keyword = value</c>, with single quotes and backslashes.</summary>
internal static class KeyValueReader
{
    public static Dictionary<string, string> Read(string text)
    {
        var values = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var i = 0;
        while (true)
        {
            Skip(text, ref i);
            if (i >= text.Length)
            {
                return values;
            }

            var start = i;
            while (i < text.Length && text[i] != '=' && !char.IsWhiteSpace(text[i]))
            {
                i++;
            }

            var key = text[start..i];
            Skip(text, ref i);
            if (i >= text.Length || text[i] != '=')
            {
                values["?"] = "syntax";
                return values;
            }

            i++;
            Skip(text, ref i);
            if (!TryValue(text, ref i, out var value))
            {
                values["?"] = "syntax";
                return values;
            }

            values[key] = value;
        }
    }

    private static bool TryValue(string text, ref int i, out string value)
    {
        var result = new StringBuilder();
        var quoted = i < text.Length && text[i] == '\'';
        if (quoted)
        {
            i++;
        }

        while (i < text.Length && (quoted ? text[i] != '\'' : !char.IsWhiteSpace(text[i])))
        {
            if (text[i] == '\\' && i + 1 < text.Length)
            {
                i++;
            }

            result.Append(text[i++]);
        }

        value = result.ToString();
        if (!quoted)
        {
            return true;
        }

        var closed = i < text.Length;
        i++;
        return closed;
    }

    private static void Skip(string text, ref int i)
    {
        while (i < text.Length && char.IsWhiteSpace(text[i]))
        {
            i++;
        }
    }
}
