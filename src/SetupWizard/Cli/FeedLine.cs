using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using SetupWizard.Core.Model;
using SetupWizard.Core.Text;

namespace SetupWizard.Cli;

/// <summary>A pulse of the change feed as one line of JSON.</summary>
internal static class FeedLine
{
    /// <param name="pulse">The pulse.</param>
    /// <param name="since">The number of the last change that was told before.</param>
    public static string Json(FeedPulse pulse, long since)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("feed", JsonNamingPolicy.CamelCase.ConvertName(pulse.State.ToString()));
            json.WriteNumber("seconds", Math.Round(pulse.Elapsed.TotalSeconds, 3));
            json.WriteNumber("changes", pulse.Changes);
            json.WriteNumber("lastSecond", pulse.LastSecond);
            if (pulse.Waiting is { } wait)
            {
                json.WriteStartObject("waiting");
                json.WriteString("pid", wait.Pid);
                json.WriteString("application", wait.Application);
                json.WriteNumber("seconds", wait.Seconds);
                json.WriteString("transaction", wait.Transaction);
                json.WriteEndObject();
            }

            Tables(json, pulse);
            Operations(json, pulse, since);
            if (pulse.End is { } end)
            {
                json.WriteString("end", JsonNamingPolicy.CamelCase.ConvertName(end.ToString()));
                json.WriteString("problem", pulse.Problem?.Key);
                json.WriteBoolean("clean", pulse.Clean);
            }

            json.WriteEndObject();
        }

        return VisibleText.Json(Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    private static void Tables(Utf8JsonWriter json, FeedPulse pulse)
    {
        json.WriteStartArray("tables");
        foreach (var table in pulse.Tables)
        {
            json.WriteStartObject();
            json.WriteString("schema", table.Table.Schema);
            json.WriteString("table", table.Table.Name);
            json.WriteNumber("inserts", table.Inserts);
            json.WriteNumber("updates", table.Updates);
            json.WriteNumber("deletes", table.Deletes);
            json.WriteNumber("truncates", table.Truncates);
            json.WriteNumber("lastSecond", table.LastSecond);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Operations(Utf8JsonWriter json, FeedPulse pulse, long since)
    {
        json.WriteStartArray("operations");
        foreach (var operation in pulse.Last.Where(o => o.Number > since).Reverse())
        {
            json.WriteStartObject();
            json.WriteNumber("number", operation.Number);
            json.WriteString("committedAt", operation.CommittedAt);
            json.WriteString("operation", JsonNamingPolicy.CamelCase.ConvertName(operation.Kind.ToString()));
            json.WriteString("schema", operation.Table.Schema);
            json.WriteString("table", operation.Table.Name);
            json.WriteStartObject("key");
            foreach (var key in operation.Key)
            {
                json.WriteString(key.Column, key.Value);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
