using System.Text.Json.Serialization;
using SetupWizard.Core.Sql;

namespace SetupWizard.Core.Model;

/// <summary>A table by schema and name, exactly as the catalog spells them (no quotes, no folding).</summary>
public readonly record struct TableRef(string Schema, string Name) : IComparable<TableRef>
{
    /// <summary>The quoted form for a statement: <c>"public"."orders"</c>.</summary>
    [JsonIgnore]
    public string Quoted => PgIdentifier.Quote(Schema) + "." + PgIdentifier.Quote(Name);

    /// <summary>
    /// Reads <c>schema.table</c>; either part may be written in double quotes, which is the only way to name a part that has a dot in it.
    /// Unquoted parts are taken as they are, without folding to lower case: the wizard always shows names as stored.
    /// </summary>
    /// <returns>False when there are not exactly two parts.</returns>
    public static bool TryParse(string text, out TableRef table)
    {
        ArgumentNullException.ThrowIfNull(text);
        var parts = new List<string>();
        var part = new System.Text.StringBuilder();
        var quoted = false;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '"' && quoted && i + 1 < text.Length && text[i + 1] == '"')
            {
                part.Append('"');
                i++;
            }
            else if (c == '"')
            {
                quoted = !quoted;
            }
            else if (c == '.' && !quoted)
            {
                parts.Add(part.ToString());
                part.Clear();
            }
            else
            {
                part.Append(c);
            }
        }

        parts.Add(part.ToString());
        var valid = !quoted && parts.Count == 2 && parts.TrueForAll(p => p.Length > 0);
        table = valid ? new TableRef(parts[0], parts[1]) : default;
        return valid;
    }

    /// <inheritdoc/>
    public int CompareTo(TableRef other)
    {
        var bySchema = string.CompareOrdinal(Schema, other.Schema);
        return bySchema != 0 ? bySchema : string.CompareOrdinal(Name, other.Name);
    }

    /// <summary>Whether a part of the name is in bytes that are no characters: the table cannot be named in a statement, nor chosen.</summary>
    [JsonIgnore]
    public bool IsBroken => ServerText.IsBroken(Schema) || ServerText.IsBroken(Name);

    /// <summary>The name for people: <c>public.orders</c>, a part in quotes only where it needs them.</summary>
    public override string ToString() => Shown(Schema) + "." + Shown(Name);

    private static string Shown(string part) => ServerText.IsBroken(part) ? "\"" + ServerText.Shown(part) + "\"" : PgIdentifier.QuoteIfNeeded(part);
}
