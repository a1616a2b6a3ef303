using System.Text.Json;
using System.Text.Json.Serialization;

namespace SetupWizard.Core.Sql;

/// <summary>A secret that lives in memory only: it prints as dots and refuses to be serialized.</summary>
[JsonConverter(typeof(Refusal))]
public sealed class SecretString
{
    /// <summary>What stands in for a secret wherever text is shown.</summary>
    public const string Mask = "•••";

    private readonly string _value;

    /// <summary>Wraps <paramref name="value"/>.</summary>
    public SecretString(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        _value = value;
    }

    /// <summary>Whether there is anything in it.</summary>
    public bool IsEmpty => _value.Length == 0;

    /// <summary>The secret itself. Each call is a place to review: the result must not be kept or written anywhere.</summary>
    public string Reveal() => _value;

    /// <summary>Wraps <paramref name="value"/>, or gives null for null and for the empty string.</summary>
    public static SecretString? From(string? value) => string.IsNullOrEmpty(value) ? null : new SecretString(value);

    /// <summary>Dots, never the secret.</summary>
    public override string ToString() => Mask;

    private sealed class Refusal : JsonConverter<SecretString>
    {
        public override SecretString Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new NotSupportedException("A secret is never read from a document.");

        public override void Write(Utf8JsonWriter writer, SecretString value, JsonSerializerOptions options) =>
            throw new NotSupportedException("A secret is never written to a document.");
    }
}
