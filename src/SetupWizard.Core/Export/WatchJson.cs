using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using SetupWizard.Core.Model;
using SetupWizard.Core.Text;
using SetupWizard.Core.Watching;

namespace SetupWizard.Core.Export;

/// <summary>
/// What watching found, as one JSON object on one line: the stable form of <c>watch --json</c>. Every field is always there; states are the words of the
/// enumerations in camel case; sizes are in bytes, times in seconds or as ISO 8601.
/// </summary>
public static class WatchJson
{
    private static readonly JsonWriterOptions s_options = new() { NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The object, without a newline.</summary>
    /// <param name="pulse">The pulse.</param>
    /// <param name="report">What was found up to it; null before a pulse reached the server.</param>
    public static string Write(LivePulse pulse, WatchReport? report)
    {
        ArgumentNullException.ThrowIfNull(pulse);
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, s_options))
        {
            json.WriteStartObject();
            json.WriteString("at", Moment(pulse.At));
            json.WriteBoolean("reachable", pulse.Reachable);
            WritePipe(json, report?.Pipe);
            json.WriteStartObject("wal");
            WriteNumber(json, "position", pulse.WalPosition);
            WriteNumber(json, "bytesPerSecond", report?.Rate.BytesPerSecond);
            WriteNumber(json, "measuredSeconds", report?.Rate.Measured.TotalSeconds);
            WriteNumber(json, "slotLimitBytes", pulse.SlotLimitBytes);
            json.WriteEndObject();
            WriteSlots(json, report?.Slots ?? []);
            json.WriteStartObject("sessions");
            json.WriteNumber("active", pulse.UserSessions.Active);
            json.WriteNumber("inTransaction", pulse.UserSessions.InTransaction);
            json.WriteNumber("idle", pulse.UserSessions.Idle);
            json.WriteNumber("hidden", pulse.UserSessions.Hidden);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return VisibleText.Json(Encoding.UTF8.GetString(stream.ToArray()));
    }

    internal static void WriteSlots(Utf8JsonWriter json, IReadOnlyList<SlotForecast> slots)
    {
        json.WriteStartArray("slots");
        foreach (var (slot, forecast, ofPipe) in slots)
        {
            json.WriteStartObject();
            json.WriteString("name", slot.Name);
            json.WriteBoolean("ofClickPipes", ofPipe);
            json.WriteBoolean("logical", slot.Logical);
            json.WriteString("database", slot.Database);
            json.WriteBoolean("active", slot.Active);
            json.WriteString("inactiveSince", slot.InactiveSince is { } since ? Moment(since) : null);
            json.WriteNumber("retainedBytes", slot.RetainedBytes);
            WriteNumber(json, "behindBytes", slot.BehindBytes);
            json.WriteString("walStatus", slot.WalStatus);
            WriteNumber(json, "safeBytes", slot.SafeBytes);
            json.WriteString("outlook", Word(forecast.Kind));
            WriteNumber(json, "secondsLeft", forecast.Until?.TotalSeconds);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    internal static void WriteNumber(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, Math.Round(number));
        }
        else
        {
            json.WriteNull(name);
        }
    }

    private static void WritePipe(Utf8JsonWriter json, PipeStatus? pipe)
    {
        if (pipe is null)
        {
            json.WriteNull("clickPipes");
            return;
        }

        json.WriteStartObject("clickPipes");
        json.WriteString("state", Word(pipe.State));
        json.WriteString("since", pipe.Since is { } since ? Moment(since) : null);
        json.WriteString("slot", pipe.Slot?.Name);
        json.WriteString("application", pipe.Sender?.Application);
        json.WriteString("address", pipe.Address);
        json.WriteString("addressIs", Word(pipe.Origin));
        json.WriteEndObject();
    }

    private static string Moment(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string Word<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());
}
