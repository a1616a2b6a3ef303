using System.Text.Json;
using System.Text.Json.Serialization;
using SetupWizard.Sessions.Steps;

namespace SetupWizard.Sessions.Saved;

/// <summary>A step by its name; one that this version does not have leads to the connection.</summary>
internal sealed class TolerantStepConverter : JsonConverter<WizardStep>
{
    public override WizardStep Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            reader.Skip();
            return WizardStep.Connect;
        }

        return Enum.TryParse<WizardStep>(reader.GetString(), ignoreCase: true, out var step) && Enum.IsDefined(step) ? step : WizardStep.Connect;
    }

    public override void Write(Utf8JsonWriter writer, WizardStep value, JsonSerializerOptions options) => writer.WriteStringValue(JsonNamingPolicy.CamelCase.ConvertName(value.ToString()));
}
