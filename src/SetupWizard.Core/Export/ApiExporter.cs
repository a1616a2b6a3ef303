using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

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
    public static string Write(ExportInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var endpoint = input.Inspection.Endpoint;
        return ToText(s_indented, json =>
        {
            json.WriteStartObject();
            json.WriteString("name", TableTargets.PipeName(input.Inspection));
            json.WriteStartObject("source");
            json.WriteStartObject("postgres");
            json.WriteString("type", input.Inspection.Provider.ClickPipesType);
            json.WriteString("host", endpoint.ShownHost);
            json.WriteNumber("port", endpoint.Port);
            json.WriteString("database", endpoint.Database);
            var withIam = input.Goal.Authentication == Model.LoginMethod.Iam;
            json.WriteString("authentication", withIam ? TableTargets.IamAuthentication : "basic");
            if (withIam)
            {
                json.WriteString("iamRole", input.Goal.IamRoleArn ?? RolePlaceholder);
            }

            json.WriteStartObject("credentials");
            json.WriteString("username", input.Goal.User);
            if (!withIam)
            {
                json.WriteString("password", PasswordPlaceholder);
            }

            json.WriteEndObject();
            if (endpoint.CaCertificatePem is { } certificate)
            {
                json.WriteString("caCertificate", certificate);
            }

            json.WriteStartObject("settings");
            json.WriteString("replicationMode", "cdc");
            json.WriteString("publicationName", input.Goal.Publication);
            json.WriteEndObject();
            json.WriteStartArray("tableMappings");
            foreach (var table in TableTargets.Of(input.Inspection))
            {
                WriteMapping(json, table);
            }

            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteStartObject("destination");
            json.WriteString("database", "default");
            json.WriteEndObject();
            json.WriteEndObject();
        }) + "\n";
    }

    /// <summary>One table mapping as a single line.</summary>
    internal static string Mapping(TableTarget table) => ToText(s_compact, json => WriteMapping(json, table));

    private static void WriteMapping(Utf8JsonWriter json, TableTarget table)
    {
        json.WriteStartObject();
        json.WriteString("sourceSchemaName", table.Source.Schema);
        json.WriteString("sourceTable", table.Source.Name);
        json.WriteString("targetTable", table.Target);
        json.WriteString("tableEngine", TableTargets.Engine);
        json.WriteEndObject();
    }

    private static string ToText(JsonWriterOptions options, Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, options))
        {
            write(json);
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
