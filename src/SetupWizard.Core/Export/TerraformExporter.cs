using System.Globalization;
using System.Text;
using SetupWizard.Core.Guides;
using SetupWizard.Core.Model;
using SetupWizard.Core.Text;
using SetupWizard.Core.Wording;

namespace SetupWizard.Core.Export;

/// <summary>
/// The ClickPipe as Terraform 1.11 and later (provider ClickHouse/clickhouse 3.22.1 and later: earlier ones refuse the word IAM_ROLE). Secrets are
/// variables; the password is written only, so that it gets into no plan and no state.
/// See <see href="https://clickhouse.com/docs/integrations/clickpipes/programmatic-access/terraform"/>.
/// </summary>
public static class TerraformExporter
{
    /// <summary>Writes the configuration, formatted as <c>terraform fmt</c> does.</summary>
    public static string Write(ExportInput input, CultureInfo culture)
    {
        ArgumentNullException.ThrowIfNull(input);
        var endpoint = input.Inspection.Endpoint;
        var pipe = PipeValues.Of(input.Inspection);
        var tables = TableTargets.Of(input.Inspection);
        var withIam = input.Goal.Authentication == LoginMethod.Iam;
        var text = new StringBuilder();
        Comment("Pipe.Terraform");
        foreach (var (key, arguments) in PipeText.Remarks(input, tables).Concat(NotCarried(pipe)))
        {
            Comment(key, arguments);
        }

        text.Append(Head);
        text.Append(!withIam ? PasswordVariable : input.Goal.IamRoleArn is null ? RoleVariable : "");
        text.Append(Provider);
        Comment("Pipe.Infrastructure");
        if (!withIam)
        {
            Comment("Pipe.PasswordVersion");
        }

        text.Append("resource \"clickhouse_clickpipe\" \"postgres\" {\n");
        Arguments(2, ("name", CodeQuote.Terraform(TableTargets.PipeName(input.Inspection))), ("service_id", "var.service_id"));
        text.Append("\n  source = {\n    postgres = {\n");
        Arguments(
            6,
            ("type", CodeQuote.Terraform(input.Inspection.Provider.ClickPipesType)),
            ("host", CodeQuote.Terraform(endpoint.ShownHost)),
            ("port", endpoint.Port.ToString(CultureInfo.InvariantCulture)),
            ("database", CodeQuote.Terraform(endpoint.Database)));
        text.Append('\n');
        if (pipe.TlsHost is { } name)
        {
            Arguments(6, ("tls_host", CodeQuote.Terraform(name)));
            text.Append('\n');
        }

        if (endpoint.CaCertificatePem is { } certificate)
        {
            Arguments(6, ("ca_certificate", CodeQuote.Terraform(certificate)));
            text.Append('\n');
        }

        if (withIam)
        {
            Arguments(
                6,
                ("authentication", CodeQuote.Terraform(TableTargets.IamAuthentication)),
                ("iam_role", input.Goal.IamRoleArn is { } arn ? CodeQuote.Terraform(arn) : "var.clickpipes_iam_role"));
            text.Append('\n');
        }

        text.Append("      credentials = {\n");
        Arguments(8, [("username", CodeQuote.Terraform(input.Goal.User)), .. withIam ? [] : s_writtenPassword]);
        text.Append("      }\n\n      settings = {\n");
        Arguments(
            8,
            [
                ("replication_mode", "\"cdc\""),
                ("publication_name", CodeQuote.Terraform(input.Goal.Publication)),
                .. pipe.SyncIntervalSeconds is { } seconds ? [("sync_interval_seconds", seconds.ToString(CultureInfo.InvariantCulture))] : Nothing,
                .. pipe.AllowNullableColumns is { } nullable ? [("allow_nullable_columns", nullable ? "true" : "false")] : Nothing,
                .. pipe.FailoverSlots ? [("enable_failover_slots", "true")] : Nothing,
            ]);
        text.Append("      }\n\n      table_mappings = [\n");
        foreach (var table in tables)
        {
            text.Append("        {\n");
            Arguments(
                10,
                [
                    ("source_schema_name", CodeQuote.Terraform(table.Source.Schema)),
                    ("source_table", CodeQuote.Terraform(table.Source.Name)),
                    ("target_table", CodeQuote.Terraform(table.Target)),
                    .. table.Excluded.Count > 0 ? [("excluded_columns", "[" + string.Join(", ", table.Excluded.Select(CodeQuote.Terraform)) + "]")] : Nothing,
                    ("table_engine", CodeQuote.Terraform(TableTargets.Engine)),
                ]);
            text.Append("        },\n");
        }

        text.Append("      ]\n    }\n  }\n\n  destination = {\n");
        Arguments(4, ("database", CodeQuote.Terraform(pipe.Database)));
        return text.Append("  }\n}\n").ToString();

        void Comment(string key, params (string, object?)[] arguments) => text.Append("# ").Append(VisibleText.Of(Messages.Get(key, culture, arguments))).Append('\n');

        // Arguments that stand together have their signs in one column.
        void Arguments(int depth, params (string Name, string Value)[] arguments)
        {
            var width = arguments.Max(static a => a.Name.Length);
            foreach (var (name, value) in arguments)
            {
                text.Append(' ', depth).Append(name.PadRight(width)).Append(" = ").Append(value).Append('\n');
            }
        }
    }

    private static (string, string)[] Nothing => [];

    /// <summary>What the resource has no argument for.</summary>
    private static IEnumerable<(string Key, (string, object?)[] Arguments)> NotCarried(PipeValues pipe)
    {
        if (pipe.Tls != PipeTls.Verify)
        {
            yield return ("Pipe.NoTerraform.Tls", []);
        }

        if (pipe.Roles.Count > 0)
        {
            yield return ("Pipe.NoTerraform.Roles", [("roles", string.Join(", ", pipe.Roles))]);
        }
    }

    private static readonly (string, string)[] s_writtenPassword = [("password_wo", "var.clickpipes_password"), ("password_wo_version", "1")];

    private const string Head =
        """
        terraform {
          required_version = ">= 1.11"

          required_providers {
            clickhouse = {
              source  = "ClickHouse/clickhouse"
              version = ">= 3.22.1"
            }
          }
        }

        variable "organization_id" {
          type = string
        }

        variable "token_key" {
          type = string
        }

        variable "token_secret" {
          type      = string
          sensitive = true
        }

        variable "service_id" {
          type = string
        }


        """;

    private const string PasswordVariable =
        """
        variable "clickpipes_password" {
          type      = string
          sensitive = true
          ephemeral = true
        }


        """;

    private const string RoleVariable =
        """
        variable "clickpipes_iam_role" {
          type = string
        }


        """;

    private const string Provider =
        """
        provider "clickhouse" {
          organization_id = var.organization_id
          token_key       = var.token_key
          token_secret    = var.token_secret
        }


        """;
}
