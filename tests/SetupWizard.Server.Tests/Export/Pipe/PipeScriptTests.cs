using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using SetupWizard.Core.Export;
using SetupWizard.Core.Model;
using SetupWizard.Core.Text;
using SetupWizard.Sandbox;

namespace SetupWizard.Server.Tests.Export.Pipe;

/// <summary>What creates the ClickPipe, run by a shell and formatted by terraform.</summary>
public sealed class PipeScriptTests
{
    private static readonly CultureInfo s_english = CultureInfo.GetCultureInfo("en");

    /// <summary>What clickhousectl cannot be told.</summary>
    private static readonly string[] s_throughApi = ["rds-iam", "rds-iam-unknown", "private-iam", "not-verified", "not-encrypted", "elsewhere"];

    public static TheoryData<string> Names => [.. PipeCase.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Terraform_is_formatted_as_terraform_formats_it(string name)
    {
        var text = TerraformExporter.Write(PipeCase.All[name], s_english);
        if (CommandRunner.Find("terraform") is null)
        {
            // Without the program the grammar alone is checked.
            Assert.NotEmpty(HclBlock.Read(text, "resource \"clickhouse_clickpipe\" \"postgres\""));
            return;
        }

        Assert.Equal(text, await FormatAsync(text));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Call_has_the_options_the_program_knows_and_each_mapping_is_of_the_schema(string name)
    {
        var input = PipeCase.All[name];
        var done = await PipeScript.RunAsync(ClickPipesCliExporter.Write(input, s_english), PipeScript.Newest);

        Assert.Equal(0, done.Code);
        if (s_throughApi.Contains(name))
        {
            Assert.Null(done.Program);
            AssertSent(input, done);
            return;
        }

        Assert.Null(done.Curl);
        Assert.Equal(["cloud", "clickpipe", "create", "postgres", "service"], done.Program![..5]);
        Assert.Equal("--json", done.Program[^1]);
        var options = done.Program[5..^1].Chunk(2).Select(p => (Option: p[0], Value: p[1])).ToList();
        Assert.All(options, o => Assert.True(PipeSchema.Options.ContainsKey(o.Option), o.Option + " does not exist"));
        Assert.All(PipeSchema.Options.Where(o => o.Value), o => Assert.Contains(o.Key, options.Select(p => p.Option)));
        Assert.Equal("cdc", done.After("--replication-mode"));
        Assert.Contains(done.After("--postgres-type"), (IEnumerable<string>)["rdspostgres", "aurorapostgres", "azurepostgres", "postgres"]);
        Assert.Equal(PipeScript.Password, done.After("--password"));
        Assert.DoesNotContain("--table-mapping", options.Select(o => o.Option));
        var mappings = options.Where(o => o.Option == "--table-mapping-json").Select(o => JsonNode.Parse(o.Value)).ToList();
        Assert.Equal(input.Inspection.Tables.Chosen.Count, mappings.Count);
        Assert.All(mappings, m => Assert.Empty(PipeSchema.Problems(m, PipeSchema.Mapping)));
        Assert.All(mappings, m => Assert.Equal("ReplacingMergeTree", m!["tableEngine"]!.GetValue<string>()));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Script_goes_through_the_API_where_the_program_is_older_or_missing(string name)
    {
        var input = PipeCase.All[name];
        foreach (var help in new[] { PipeScript.Older, null })
        {
            var done = await PipeScript.RunAsync(ClickPipesCliExporter.Write(input, s_english), help);

            Assert.Equal(0, done.Code);
            Assert.Null(done.Program);
            AssertSent(input, done);
            if (!s_throughApi.Contains(name))
            {
                Assert.Contains("clickhousectl is not there, or does not know:", done.Error, StringComparison.Ordinal);
                Assert.Contains(" --table-mapping-json", done.Error, StringComparison.Ordinal);
                Assert.Contains("Creating the ClickPipe through the API instead.", done.Error, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task Script_fails_where_the_API_refuses_and_names_what_is_not_set()
    {
        var script = ClickPipesCliExporter.Write(PipeCase.All["rds"], s_english);
        var refused = await PipeScript.RunAsync(script, PipeScript.Older, status: 400);
        Assert.Equal(1, refused.Code);
        Assert.Contains("x509", refused.Output, StringComparison.Ordinal);

        foreach (var variable in new[] { "CH_ORG_ID", "CLICKHOUSE_CLOUD_API_KEY", "CLICKHOUSE_CLOUD_API_SECRET", "CH_ID", "CLICKPIPES_PASSWORD" })
        {
            var stopped = await PipeScript.RunAsync(script, PipeScript.Older, without: variable);
            Assert.NotEqual(0, stopped.Code);
            Assert.Contains(variable, stopped.Error, StringComparison.Ordinal);
            Assert.Null(stopped.Curl);
        }
    }

    [Fact]
    public async Task Tables_that_do_not_fit_on_a_command_line_go_through_the_API()
    {
        var input = PipeCase.Chosen([.. Enumerable.Range(0, 3000).Select(n => new TableRef("public", "table_" + n.ToString(CultureInfo.InvariantCulture)))]);
        var done = await PipeScript.RunAsync(ClickPipesCliExporter.Write(input, s_english), PipeScript.Newest);

        Assert.Equal((0, (string[]?)null), (done.Code, done.Program));
        AssertSent(input, done);
    }

    [Fact]
    public async Task ClickPipes_script_hands_every_name_to_the_program_unchanged()
    {
        var done = await PipeScript.RunAsync(ClickPipesCliExporter.Write(OddSource.Input, s_english), PipeScript.Newest);

        Assert.Equal(0, done.Code);
        Assert.Equal(OddSource.User, done.After("--username"));
        Assert.Equal(PipeScript.Password, done.After("--password"));
        Assert.Equal(OddSource.Inspection.Endpoint.Database, done.After("--pg-database"));
        using var mapping = JsonDocument.Parse(done.Program![Array.LastIndexOf(done.Program, "--table-mapping-json") + 1]);
        Assert.Equal(OddSource.Odd.Name, mapping.RootElement.GetProperty("sourceTable").GetString());
        Assert.Equal(OddSource.Inspection.Endpoint.CaCertificatePem, done.Authority);
    }

    [Theory]
    [InlineData("arn:aws:iam::123456789012:role/click+pipes")]
    [InlineData(null)]
    public async Task ClickPipes_script_hands_over_the_role_and_the_user_and_no_password(string? arn)
    {
        // No version of clickhousectl takes a role together with the user it logs in as and without a password.
        var done = await PipeScript.RunAsync(ClickPipesCliExporter.Write(OddIam(arn), s_english), PipeScript.Newest, without: "CLICKPIPES_PASSWORD");
        var postgres = JsonDocument.Parse(done.Body).RootElement.GetProperty("source").GetProperty("postgres");

        Assert.Equal((0, (string[]?)null), (done.Code, done.Program));
        Assert.Equal(("IAM_ROLE", arn ?? PipeScript.Role), (postgres.GetProperty("authentication").GetString(), postgres.GetProperty("iamRole").GetString()));
        Assert.Equal(["username"], postgres.GetProperty("credentials").EnumerateObject().Select(p => p.Name));
        Assert.Equal(OddSource.User, postgres.GetProperty("credentials").GetProperty("username").GetString());
    }

    [Fact]
    public async Task Shell_gives_the_exact_name_to_the_program()
    {
        const string user = "-\u202e%s \\ ' \u200b\r\nx";
        var script = Exporter.Create(ExportFormat.Cli, PipeCase.With(OddSource.Input, g => g with { User = user }), s_english).Text;
        var option = script.Split('\n').Single(l => l.StartsWith("  --username ", StringComparison.Ordinal)).Trim().TrimEnd('\\');

        using var process = Process.Start(new ProcessStartInfo("sh", ["-c", "show() { printf %s \"$2\"; }; show " + option]) { RedirectStandardOutput = true, StandardOutputEncoding = new UTF8Encoding(false) })!;
        var read = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();

        Assert.Equal(user, read);
        Assert.DoesNotContain(option.EnumerateRunes(), VisibleText.IsHidden);
    }

    /// <summary>The body of the API, with the password in its place, and the key nowhere that other users of the machine see.</summary>
    private static void AssertSent(ExportInput input, PipeScript done)
    {
        var wanted = JsonNode.Parse(ApiExporter.Write(input))!;
        var postgres = wanted["source"]!["postgres"]!;
        if (postgres["credentials"]!["password"] is not null)
        {
            postgres["credentials"]!["password"] = PipeScript.Password;
        }
        else if (input.Goal.IamRoleArn is null)
        {
            postgres["iamRole"] = PipeScript.Role;
        }

        Assert.Equal(wanted.ToJsonString(), JsonNode.Parse(done.Body)!.ToJsonString());
        Assert.Empty(PipeSchema.Problems(JsonNode.Parse(done.Body), PipeSchema.Api));
        Assert.Equal("https://api.clickhouse.cloud/v1/organizations/organization/services/service/clickpipes", done.Curl![^1]);
        Assert.DoesNotContain(done.Curl, w => w.Contains("s3cret", StringComparison.Ordinal) || w.Contains(PipeScript.Password, StringComparison.Ordinal));
        Assert.Equal("user = \"key:s3cret\"\n", done.Key);
    }

    private static ExportInput OddIam(string? arn) => PipeCase.With(OddSource.Input, g => g with { Authentication = LoginMethod.Iam, IamRoleArn = arn });

    private static async Task<string> FormatAsync(string text)
    {
        using var process = Process.Start(new ProcessStartInfo("terraform", ["fmt", "-"]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEndAsync();
        await process.StandardInput.WriteAsync(text);
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
        return await output;
    }
}
