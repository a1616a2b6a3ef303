using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using SetupWizard.Core.Model;
using SetupWizard.Core.Text;
using SetupWizard.Core.Wording;

namespace SetupWizard.Core.Export;

/// <summary>
/// The body of <c>POST /v1/organizations/{organizationId}/services/{serviceId}/clickpipes</c>, with a placeholder where the password goes; with IAM there is none.
/// See <see href="https://clickhouse.com/docs/integrations/clickpipes/programmatic-access/openapi"/>.
/// </summary>
public static class ApiExporter
{
    /// <summary>Stands where the password goes.</summary>
    public const string PasswordPlaceholder = "<CLICKPIPES_PASSWORD>";

    /// <summary>Stands where the IAM role's name goes while it is not known.</summary>
    public const string RolePlaceholder = "<IAM_ROLE_ARN>";

    private static readonly JsonWriterOptions s_indented = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonWriterOptions s_compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the body.</summary>
    public static string Write(ExportInput input) =>
        Body(input, static json => json.WriteStringValue(PasswordPlaceholder), static json => json.WriteStringValue(RolePlaceholder));

    /// <summary>Writes the body in parts: between two of them stands the one value that is not known here (the password, or the role's name), as JSON.</summary>
    internal static string[] Parts(ExportInput input)
    {
        // JSON has no such character outside a text, and in a text it is escaped.
        return Body(input, Hole, Hole).Split('\u0001');

        static void Hole(Utf8JsonWriter json) => json.WriteRawValue("\u0001", skipInputValidation: true);
    }

    private static string Body(ExportInput input, Action<Utf8JsonWriter> password, Action<Utf8JsonWriter> unknownRole)
    {
        ArgumentNullException.ThrowIfNull(input);
        var pipe = PipeValues.Of(input.Inspection);
        return ToText(s_indented, json =>
        {
            json.WriteStartObject();
            json.WriteString("name", TableTargets.PipeName(input.Inspection));
            json.WriteStartObject("source");
            json.WriteStartObject("postgres");
            WriteConnection(json, input, pipe, password, unknownRole);
            WriteSettings(json, input, pipe);
            json.WriteStartArray("tableMappings");
            foreach (var table in TableTargets.Of(input.Inspection))
            {
                WriteMapping(json, table);
            }

            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteStartObject("destination");
            json.WriteString("database", pipe.Database);
            if (pipe.Roles.Count > 0)
            {
                WriteTexts(json, "roles", pipe.Roles);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }) + "\n";
    }

    /// <summary>One table mapping as a single line.</summary>
    internal static string Mapping(TableTarget table) => ToText(s_compact, json => WriteMapping(json, table));

    private static void WriteConnection(Utf8JsonWriter json, ExportInput input, PipeValues pipe, Action<Utf8JsonWriter> password, Action<Utf8JsonWriter> unknownRole)
    {
        var endpoint = input.Inspection.Endpoint;
        json.WriteString("type", input.Inspection.Provider.ClickPipesType);
        json.WriteString("host", endpoint.ShownHost);
        json.WriteNumber("port", endpoint.Port);
        json.WriteString("database", endpoint.Database);
        var withIam = input.Goal.Authentication == LoginMethod.Iam;
        json.WriteString("authentication", withIam ? TableTargets.IamAuthentication : "basic");
        if (withIam)
        {
            json.WritePropertyName("iamRole");
            if (input.Goal.IamRoleArn is { } arn)
            {
                json.WriteStringValue(arn);
            }
            else
            {
                unknownRole(json);
            }
        }

        json.WriteStartObject("credentials");
        json.WriteString("username", input.Goal.User);
        if (!withIam)
        {
            json.WritePropertyName("password");
            password(json);
        }

        json.WriteEndObject();
        if (pipe.TlsHost is { } name)
        {
            json.WriteString("tlsHost", name);
        }

        if (endpoint.CaCertificatePem is { } certificate)
        {
            json.WriteString("caCertificate", certificate);
        }

        if (pipe.Tls != PipeTls.Verify)
        {
            json.WriteBoolean(pipe.Tls == PipeTls.Off ? "disableTls" : "skipCertVerification", true);
        }
    }

    private static void WriteSettings(Utf8JsonWriter json, ExportInput input, PipeValues pipe)
    {
        json.WriteStartObject("settings");
        json.WriteString("replicationMode", "cdc");
        json.WriteString("publicationName", input.Goal.Publication);
        if (pipe.SyncIntervalSeconds is { } seconds)
        {
            json.WriteNumber("syncIntervalSeconds", seconds);
        }

        if (pipe.AllowNullableColumns is { } nullable)
        {
            json.WriteBoolean("allowNullableColumns", nullable);
        }

        if (pipe.FailoverSlots)
        {
            json.WriteBoolean("enableFailoverSlots", true);
        }

        json.WriteEndObject();
    }

    private static void WriteMapping(Utf8JsonWriter json, TableTarget table)
    {
        json.WriteStartObject();
        json.WriteString("sourceSchemaName", table.Source.Schema);
        json.WriteString("sourceTable", table.Source.Name);
        json.WriteString("targetTable", table.Target);
        if (table.Excluded.Count > 0)
        {
            WriteTexts(json, "excludedColumns", table.Excluded);
        }

        json.WriteString("tableEngine", TableTargets.Engine);
        json.WriteEndObject();
    }

    private static void WriteTexts(Utf8JsonWriter json, string name, IReadOnlyList<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }

    private static string ToText(JsonWriterOptions options, Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, options))
        {
            write(json);
        }

        return VisibleText.Json(Encoding.UTF8.GetString(stream.ToArray()));
    }
}
