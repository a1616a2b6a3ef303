using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using SetupWizard.Core.Export;
using SetupWizard.Core.Model;

namespace SetupWizard.Core.Tests.Export.Pipe;

/// <summary>What creates the ClickPipe, held to the schemas its makers publish.</summary>
public sealed class PipeExportTests
{
    private static readonly CultureInfo s_english = CultureInfo.GetCultureInfo("en");

    public static TheoryData<string> Names => [.. PipeCase.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Api_body_is_of_the_published_schema(string name)
    {
        var body = JsonNode.Parse(ApiExporter.Write(PipeCase.All[name]));

        Assert.Empty(PipeSchema.Problems(body, PipeSchema.Api));
        Assert.Equal("cdc", body!["source"]!["postgres"]!["settings"]!["replicationMode"]!.GetValue<string>());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Terraform_is_of_the_published_schema_and_says_what_the_api_body_says(string name)
    {
        var input = PipeCase.All[name];
        var text = TerraformExporter.Write(input, s_english);
        var block = HclBlock.Read(text, "resource \"clickhouse_clickpipe\" \"postgres\"");

        Assert.Empty(PipeSchema.Problems(block, PipeSchema.Terraform, snake: true));
        var (here, there) = (block["source"]!["postgres"]!, JsonNode.Parse(ApiExporter.Write(input))!["source"]!["postgres"]!);
        foreach (var (ours, theirs) in new[] { ("host", "host"), ("port", "port"), ("database", "database"), ("type", "type"), ("ca_certificate", "caCertificate"), ("tls_host", "tlsHost") })
        {
            Assert.Equal(there[theirs]?.ToJsonString(), here[ours]?.ToJsonString());
        }

        Assert.Equal(there["settings"]!.AsObject().Select(p => p.Value!.ToJsonString()), here["settings"]!.AsObject().Select(p => p.Value!.ToJsonString()));
        Assert.Equal(input.Goal.Pipe.DestinationDatabase, block["destination"]!["database"]!.GetValue<string>());

        Assert.Equal(
            there["tableMappings"]!.AsArray().Select(m => m!.AsObject().Select(p => p.Value!.ToJsonString())),
            here["table_mappings"]!.AsArray().Select(m => m!.AsObject().Select(p => p.Value!.ToJsonString())));
        Assert.Equal(input.Goal.Authentication == LoginMethod.Iam ? null : "${var.clickpipes_password}", here["credentials"]!["password_wo"]?.GetValue<string>());

        // No part of the password may stay in a plan or in the state.
        Assert.Null(here["credentials"]!["password"]);
        Assert.Equal(input.Goal.Authentication == LoginMethod.Password, text.Contains("variable \"clickpipes_password\" {\n  type      = string\n  sensitive = true\n  ephemeral = true\n}", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Terraform_allows_no_version_of_the_provider_that_refuses_what_it_says(string name)
    {
        var text = TerraformExporter.Write(PipeCase.All[name], s_english);
        var allowed = HclBlock.Read(text, "terraform {\n  required_version = \">= 1.11\"\n\n  required_providers")["clickhouse"]!["version"]!.GetValue<string>();

        Assert.StartsWith(">= ", allowed, StringComparison.Ordinal);
        Assert.True(Version.Parse(allowed[3..]) >= PipeSchema.TakenSince(HclBlock.Read(text, "resource \"clickhouse_clickpipe\" \"postgres\""), PipeSchema.Terraform), allowed);
    }

    [Fact]
    public void What_came_later_to_the_provider_raises_the_version_it_is_taken_since()
    {
        var block = HclBlock.Read(TerraformExporter.Write(PipeCase.All["rds"], s_english), "resource \"clickhouse_clickpipe\" \"postgres\"");
        Assert.Equal(new Version(3, 14, 0), PipeSchema.TakenSince(block, PipeSchema.Terraform));
        block["source"]!["postgres"]!["authentication"] = "IAM_ROLE";
        Assert.Equal(new Version(3, 22, 1), PipeSchema.TakenSince(block, PipeSchema.Terraform));
        block["source"]!["postgres"]!["table_mappings"]![1]!["partition_by_expr"] = "toYYYYMM(at)";
        Assert.Equal(new Version(3, 23, 1), PipeSchema.TakenSince(block, PipeSchema.Terraform));
    }

    [Theory]
    [InlineData("rds")]
    [InlineData("rds-iam")]
    [InlineData("azure")]
    [InlineData("aurora")]
    [InlineData("settings")]
    [InlineData("not-verified")]
    public void Pipe_of_a_provider_equals_its_golden_files(string name)
    {
        foreach (var format in new[] { ExportFormat.Terraform, ExportFormat.Api, ExportFormat.Cli })
        {
            var file = Exporter.Create(format, PipeCase.All[name], s_english);
            var golden = Path.Combine(GoldenFolder(), name + "-" + file.FileName);
            if (Environment.GetEnvironmentVariable("SETUPWIZARD_UPDATE_GOLDEN") == "1")
            {
                File.WriteAllText(golden, file.Text);
            }

            Assert.Equal(File.ReadAllText(golden), file.Text);
        }
    }

    [Fact]
    public void No_two_tables_get_the_same_name_in_ClickHouse()
    {
        var input = PipeCase.Chosen([new("a", "x"), new("a_y", "x"), new("c", "a_x"), new("d", "a_y_x"), new("e", "z")]);
        var targets = JsonNode.Parse(ApiExporter.Write(input))!["source"]!["postgres"]!["tableMappings"]!.AsArray().Select(m => m!["targetTable"]!.GetValue<string>());

        Assert.Equal(["a_x", "a_y_x", "a_x_", "a_y_x_", "z"], targets);
    }

    [Fact]
    public void Sorting_key_is_spoken_of_only_where_ClickPipes_would_take_all_columns()
    {
        const string sentence = "ClickPipes sorts them by all columns, so that an UPDATE leaves the old row and equal rows become one";
        Assert.DoesNotContain(sentence, TerraformExporter.Write(PipeCase.Chosen([new("public", "orders")]), s_english), StringComparison.Ordinal);
        Assert.DoesNotContain(sentence, TerraformExporter.Write(Keyless(ReplicaIdentityKind.Index), s_english), StringComparison.Ordinal);
        Assert.Contains(sentence, TerraformExporter.Write(Keyless(ReplicaIdentityKind.Full), s_english), StringComparison.Ordinal);
        Assert.Contains(sentence, ClickPipesCliExporter.Write(Keyless(ReplicaIdentityKind.Full), s_english), StringComparison.Ordinal);

        static ExportInput Keyless(ReplicaIdentityKind identity) => PipeCase.Chosen([new("public", "orders")], t => t with { PrimaryKey = KeyState.None, Identity = identity });
    }

    [Fact]
    public void Columns_that_the_publication_hides_are_left_out_and_a_key_is_not()
    {
        var mappings = JsonNode.Parse(ApiExporter.Write(PipeCase.All["settings"]))!["source"]!["postgres"]!["tableMappings"]!.AsArray().ToDictionary(m => m!["sourceTable"]!.GetValue<string>());

        Assert.Equal(["card \"number\"", "note"], mappings["orders"]!["excludedColumns"]!.AsArray().Select(c => c!.GetValue<string>()));
        Assert.Null(mappings["customers"]!["excludedColumns"]);
        Assert.Contains("`public.orders` → `orders` without the columns `card \"number\"`, `note`\n", MarkdownReport.Write(PipeCase.All["settings"], s_english), StringComparison.Ordinal);
    }

    [Fact]
    public void Failover_slots_are_asked_for_from_17_on_and_said_to_be_left_out_before()
    {
        var older = PipeCase.All["settings"] with
        {
            Inspection = PipeCase.All["settings"].Inspection with { Snapshot = PipeCase.All["settings"].Inspection.Snapshot! with { Server = PipeCase.All["settings"].Inspection.Snapshot!.Server with { VersionNumber = 160010 } } },
        };

        Assert.Contains("\"enableFailoverSlots\": true", ApiExporter.Write(PipeCase.All["settings"]), StringComparison.Ordinal);
        Assert.DoesNotContain("enableFailoverSlots", ApiExporter.Write(older), StringComparison.Ordinal);
        Assert.Contains("Failover slots were asked for and left out", TerraformExporter.Write(older, s_english), StringComparison.Ordinal);
        Assert.DoesNotContain("Failover slots were asked for", TerraformExporter.Write(PipeCase.All["settings"], s_english), StringComparison.Ordinal);
    }

    [Fact]
    public void Through_a_private_endpoint_the_TLS_host_is_the_databases_own_unless_another_is_named()
    {
        Assert.Equal("shop-prod.abc123.eu-central-1.rds.amazonaws.com", Postgres(PipeCase.All["private-iam"])["tlsHost"]!.GetValue<string>());
        Assert.Equal("other.example.com", Postgres(PipeCase.WithPipe(PipeCase.All["private-iam"], p => p with { TlsHost = "other.example.com" }))["tlsHost"]!.GetValue<string>());
        Assert.Null(Postgres(PipeCase.All["rds-iam"])["tlsHost"]);
        Assert.Contains("put the endpoint's DNS name in place of the host", TerraformExporter.Write(PipeCase.All["private-iam"], s_english), StringComparison.Ordinal);

        static JsonNode Postgres(ExportInput input) => JsonNode.Parse(ApiExporter.Write(input))!["source"]!["postgres"]!;
    }

    [Theory]
    [InlineData(TlsMode.Require, "did not verify the server's certificate, and the pipe does")]
    [InlineData(TlsMode.Disable, "was not encrypted, and the pipe is")]
    [InlineData(TlsMode.VerifyCa, null)]
    [InlineData(TlsMode.VerifyFull, null)]
    public void Files_say_when_the_pipe_verifies_what_the_session_did_not(TlsMode session, string? told)
    {
        var said = told is not null;
        var sentence = told ?? "and the pipe";
        var input = PipeCase.All["self-managed"] with { Inspection = PipeCase.All["self-managed"].Inspection with { Endpoint = PipeCase.All["self-managed"].Inspection.Endpoint with { Tls = session } } };

        Assert.Equal(said, TerraformExporter.Write(input, s_english).Contains(sentence, StringComparison.Ordinal));
        Assert.Equal(said, ClickPipesCliExporter.Write(input, s_english).Contains(sentence, StringComparison.Ordinal));
        Assert.DoesNotContain(sentence, TerraformExporter.Write(PipeCase.WithPipe(input, p => p with { Tls = PipeTls.SkipVerification }), s_english), StringComparison.Ordinal);
    }

    [Fact]
    public void Terraform_says_what_the_resource_has_no_argument_for()
    {
        var text = TerraformExporter.Write(PipeCase.All["not-verified"], s_english);

        Assert.Contains("neither skip_cert_verification nor disable_tls", text, StringComparison.Ordinal);
        Assert.Contains("etl role, it's left out", text, StringComparison.Ordinal);
        Assert.DoesNotContain("neither skip_cert_verification", TerraformExporter.Write(PipeCase.All["rds"], s_english), StringComparison.Ordinal);
    }

    [Fact]
    public void Files_say_where_a_bastion_is_set_up()
    {
        const string sentence = "ClickPipes reaches this database through an SSH bastion, which this file does not set up. The guide ssh-bastion does";
        Assert.Contains(sentence, TerraformExporter.Write(PipeCase.All["bastion"], s_english), StringComparison.Ordinal);
        Assert.Contains(sentence, ClickPipesCliExporter.Write(PipeCase.All["bastion"], s_english), StringComparison.Ordinal);
        Assert.DoesNotContain(sentence, TerraformExporter.Write(PipeCase.All["self-managed"], s_english), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("disableTls", "true", ".source.postgres.disable_tls does not exist")]
    [InlineData("port", "0", ".source.postgres.port is out of range")]
    [InlineData("port", "\"5432\"", ".source.postgres.port is String")]
    [InlineData("type", "\"mysql\"", ".source.postgres.type is none of")]
    [InlineData("iamRole", "\"arn\"", "an IAM role goes with IAM_ROLE")]
    [InlineData("host", null, ".source.postgres.host is missing")]
    public void Schema_refuses_what_is_wrong(string field, string? value, string problem)
    {
        var block = HclBlock.Read(TerraformExporter.Write(PipeCase.All["rds"], s_english), "resource \"clickhouse_clickpipe\" \"postgres\"");
        block["source"]!["postgres"]![System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(field)] = value is null ? null : JsonNode.Parse(value);

        Assert.StartsWith(problem, Assert.Single(PipeSchema.Problems(block, PipeSchema.Terraform, snake: true)), StringComparison.Ordinal);
    }

    private static string GoldenFolder([CallerFilePath] string thisFile = "") => Path.Combine(Path.GetDirectoryName(thisFile)!, "..", "Golden", "Pipe");
}
