using System.Globalization;
using System.Text.Json;
using SetupWizard.Core.Export;
using SetupWizard.Core.Model;

namespace SetupWizard.Core.Tests.Export;

/// <summary>With an IAM role no file speaks of a password.</summary>
public sealed class IamExportTests
{
    private const string Arn = "arn:aws:iam::123456789012:role/click+pipes";

    private static readonly CultureInfo s_english = CultureInfo.GetCultureInfo("en");

    [Theory]
    [InlineData(Arn, Arn)]
    [InlineData(null, "<IAM_ROLE_ARN>")]
    public void Api_body_logs_in_with_the_role_and_has_no_password(string? arn, string shown)
    {
        var postgres = JsonDocument.Parse(ApiExporter.Write(Input(arn))).RootElement.GetProperty("source").GetProperty("postgres");

        Assert.Equal("IAM_ROLE", postgres.GetProperty("authentication").GetString());
        Assert.Equal(shown, postgres.GetProperty("iamRole").GetString());
        Assert.Equal(["username"], postgres.GetProperty("credentials").EnumerateObject().Select(p => p.Name));
    }

    [Fact]
    public void Terraform_logs_in_with_the_role_and_has_no_password()
    {
        var text = TerraformExporter.Write(Input(Arn), s_english);

        Assert.Contains("      authentication = \"IAM_ROLE\"\n      iam_role       = \"" + Arn + "\"\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("password", text, StringComparison.Ordinal);
        Assert.DoesNotContain("clickpipes_iam_role", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Terraform_asks_for_a_role_that_is_not_known()
    {
        var text = TerraformExporter.Write(Input(null), s_english);

        Assert.Contains("variable \"clickpipes_iam_role\" {\n  type = string\n}\n\nprovider", text, StringComparison.Ordinal);
        Assert.Contains("iam_role       = var.clickpipes_iam_role\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Reports_name_the_role_and_no_password()
    {
        var markdown = MarkdownReport.Write(Input(Arn), s_english);
        var login = JsonDocument.Parse(JsonReport.Write(new ReportInput(Input(Arn).Inspection), s_english)).RootElement.GetProperty("login");

        Assert.Contains("| Authentication | `IAM_ROLE` |\n| IAM role ARN | `" + Arn + "` |", markdown, StringComparison.Ordinal);
        Assert.DoesNotContain("is the one you chose", markdown, StringComparison.Ordinal);
        Assert.Equal(("iam", Arn), (login.GetProperty("authentication").GetString(), login.GetProperty("iamRole").GetString()));
    }

    private static ExportInput Input(string? arn) => OddSource.Input with
    {
        Inspection = OddSource.Inspection with { Goal = OddSource.Inspection.Goal with { Authentication = LoginMethod.Iam, IamRoleArn = arn } },
    };
}
