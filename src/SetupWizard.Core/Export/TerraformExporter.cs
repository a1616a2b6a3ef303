using System.Globalization;
using System.Text;

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
        var tables = TableTargets.Of(input.Inspection);
        var withIam = input.Goal.Authentication == Model.LoginMethod.Iam;
        var text = new StringBuilder();
        text.Append("# ").Append(ReportText.Say("Pipe.Terraform", culture)).Append('\n');
        if (input.Goal.Network == Model.NetworkPath.Ssh)
        {
            text.Append("# ").Append(ReportText.Say("Pipe.Ssh", culture)).Append('\n');
        }

        text.Append(Head);
        if (withIam)
        {
            text.Append(input.Goal.IamRoleArn is null ? RoleVariable : "");
        }
        else
        {
            text.Append(PasswordVariable);
        }

        text.Append(Provider);
        if (tables.Any(t => t.SortedByWholeRow))
        {
            text.Append("# ").Append(ReportText.Say("Pipe.SortingKey", culture)).Append('\n');
        }

        text.Append(withIam ? "" : "# " + ReportText.Say("Pipe.PasswordVersion", culture) + "\n");
        text.Append("resource \"clickhouse_clickpipe\" \"postgres\" {\n");
        text.Append("  name       = ").Append(CodeQuote.Terraform(TableTargets.PipeName(input.Inspection))).Append('\n');
        text.Append("  service_id = var.service_id\n\n");
        text.Append("  source = {\n    postgres = {\n");
        text.Append("      type     = ").Append(CodeQuote.Terraform(input.Inspection.Provider.ClickPipesType)).Append('\n');
        text.Append("      host     = ").Append(CodeQuote.Terraform(endpoint.ShownHost)).Append('\n');
        text.Append("      port     = ").Append(endpoint.Port.ToString(CultureInfo.InvariantCulture)).Append('\n');
        text.Append("      database = ").Append(CodeQuote.Terraform(endpoint.Database)).Append("\n\n");
        if (endpoint.CaCertificatePem is { } certificate)
        {
            text.Append("      ca_certificate = ").Append(CodeQuote.Terraform(certificate)).Append("\n\n");
        }

        if (withIam)
        {
            text.Append("      authentication = ").Append(CodeQuote.Terraform(TableTargets.IamAuthentication)).Append('\n');
            text.Append("      iam_role       = ").Append(input.Goal.IamRoleArn is { } arn ? CodeQuote.Terraform(arn) : "var.clickpipes_iam_role").Append("\n\n");
        }

        text.Append("      credentials = {\n");
        text.Append(withIam ? "        username = " : "        username            = ").Append(CodeQuote.Terraform(input.Goal.User)).Append('\n');
        text.Append(withIam ? "" : WrittenPassword).Append("      }\n\n");
        text.Append("      settings = {\n        replication_mode = \"cdc\"\n");
        text.Append("        publication_name = ").Append(CodeQuote.Terraform(input.Goal.Publication)).Append("\n      }\n\n");
        text.Append("      table_mappings = [\n");
        foreach (var table in tables)
        {
            text.Append("        {\n");
            text.Append("          source_schema_name = ").Append(CodeQuote.Terraform(table.Source.Schema)).Append('\n');
            text.Append("          source_table       = ").Append(CodeQuote.Terraform(table.Source.Name)).Append('\n');
            text.Append("          target_table       = ").Append(CodeQuote.Terraform(table.Target)).Append('\n');
            text.Append("          table_engine       = ").Append(CodeQuote.Terraform(TableTargets.Engine)).Append('\n');
            text.Append("        },\n");
        }

        return text.Append("      ]\n    }\n  }\n\n  destination = {\n    database = \"default\"\n  }\n}\n").ToString();
    }

    private const string WrittenPassword = "        password_wo         = var.clickpipes_password\n        password_wo_version = 1\n";

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
