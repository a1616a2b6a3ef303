using System.Text.Json;

namespace SetupWizard.Core.Connecting;

/// <summary>JSON: a secret of AWS Secrets Manager, settings of an application.</summary>
internal static class JsonReader
{
    private const int DeepestLevel = 6;

    private static readonly JsonDocumentOptions s_lenient = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, MaxDepth = 32 };

    /// <summary>Reads the text; null when it is no JSON, or nothing in it is part of a connection.</summary>
    public static ConnectionParts? TryRead(string text, int level)
    {
        if (text.Length == 0 || text[0] is not ('{' or '['))
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(text, s_lenient);
            return Objects(document.RootElement, 0).Select(o => Read(o, level)).Where(static p => p is { Known: > 0 } or { Problem: not null }).MaxBy(static p => p!.Known);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static IEnumerable<JsonElement> Objects(JsonElement element, int level)
    {
        if (level > DeepestLevel)
        {
            yield break;
        }

        if (element.ValueKind == JsonValueKind.Object)
        {
            yield return element;
        }

        var children = element.ValueKind switch
        {
            JsonValueKind.Object => element.EnumerateObject().Select(static p => p.Value),
            JsonValueKind.Array => element.EnumerateArray(),
            _ => [],
        };
        foreach (var found in children.SelectMany(c => Objects(c, level + 1)))
        {
            yield return found;
        }
    }

    private static ConnectionParts? Read(JsonElement element, int level)
    {
        var settings = new List<(string Name, string Value)>();
        foreach (var property in element.EnumerateObject())
        {
            var value = property.Value.ValueKind switch
            {
                JsonValueKind.String => property.Value.GetString()!,
                JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => property.Value.GetRawText(),

                // What node-postgres is told about TLS.
                JsonValueKind.Object when ConnectionKeys.PartOf(property.Name) == ConnectionPart.Ssl => property.Value.GetRawText(),
                _ => "",
            };
            if (value.Length > 0)
            {
                settings.Add((property.Name, value));
            }
        }

        var parts = AssignmentReader.Combine(settings, level);
        return parts.Known > 0 || parts.Problem is not null ? parts : settings.Select(static s => Embedded(s.Value)).FirstOrDefault(static p => p is not null);
    }

    /// <summary>A connection string under a name of its own.</summary>
    private static ConnectionParts? Embedded(string value) =>
        UrlReader.TryRead(value) is { Problem: null } url ? url
        : KeyValueReader.TryRead(value) is { Known: > 1 } row ? row
        : null;
}
