using System.Text.Json;
using System.Text.Json.Serialization;
using SetupWizard.Core.Watching;

namespace SetupWizard.Sessions.Saved;

/// <summary>The state of a finished set-up; one that cannot be read is none, and the draft around it stays what it is.</summary>
internal sealed class TolerantBaselineConverter : JsonConverter<SetupBaseline?>
{
    public override SetupBaseline? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var json = JsonDocument.ParseValue(ref reader);
        try
        {
            return json.Deserialize<SetupBaseline>(options) is { } baseline && IsWhole(baseline) ? baseline : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public override void Write(Utf8JsonWriter writer, SetupBaseline? value, JsonSerializerOptions options) => JsonSerializer.Serialize(writer, value, options);

    /// <summary>Nothing in a list may be missing: the reader of JSON does not look into lists.</summary>
    private static bool IsWhole(SetupBaseline baseline)
    {
        IReadOnlyList<string>[] lists =
        [
            baseline.Chosen.Names, baseline.Others.Names, baseline.Published.Names, baseline.User.Attributes, baseline.User.Roles, baseline.Publication.Schemas, baseline.Addresses, baseline.Accepted,
        ];
        return lists.All(l => l.All(n => n is not null))
            && baseline.Settings.Values.All(v => v is not null)
            && baseline.Attached.All(s => s is { Name: not null, Value: not null });
    }
}
