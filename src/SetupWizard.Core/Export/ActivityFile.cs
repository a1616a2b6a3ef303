using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using SetupWizard.Core.Audit;

namespace SetupWizard.Core.Export;

/// <summary>Statements of the record as a file. What is in it is what the record has: statements in their shown form, which hold no secret.</summary>
public static class ActivityFile
{
    private static readonly string[] s_columns = ["at", "outcome", "login", "code", "statement", "sqlstate", "message"];

    private static readonly JsonWriterOptions s_json = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>As CSV with a line of headings; times in UTC.</summary>
    public static string Csv(IReadOnlyList<ActivityItem> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        var text = new StringBuilder(string.Join(',', s_columns)).Append("\r\n");
        foreach (var item in items)
        {
            text.AppendJoin(',', Values(item).Select(static v => Cell(v ?? ""))).Append("\r\n");
        }

        return text.ToString();
    }

    /// <summary>As a JSON array of objects; what is not known is null.</summary>
    public static string Json(IReadOnlyList<ActivityItem> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, s_json))
        {
            json.WriteStartArray();
            foreach (var item in items)
            {
                json.WriteStartObject();
                foreach (var (column, value) in s_columns.Zip(Values(item)))
                {
                    json.WriteString(column, value);
                }

                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static string?[] Values(ActivityItem item)
    {
        var failed = item.Entries.LastOrDefault(static e => e.SqlState is not null);
        return
        [
            (item.TakenBack ?? item.Last.At).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
            item.Outcome,
            item.Last.Login,
            item.Last.Code,
            item.Last.Sql + ";",
            failed?.SqlState,
            failed?.Message,
        ];
    }

    /// <summary>A cell in quotes. One that a spreadsheet would take for a formula begins with an apostrophe: names and messages are whatever somebody chose.</summary>
    private static string Cell(string value)
    {
        var safe = value.Length > 0 && "=+-@\t\r".Contains(value[0], StringComparison.Ordinal) ? "'" + value : value;
        return "\"" + safe.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";
    }
}
