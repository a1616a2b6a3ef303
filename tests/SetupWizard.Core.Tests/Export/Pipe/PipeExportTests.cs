using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using SetupWizard.Core.Export;
using SetupWizard.Core.Model;
using SetupWizard.Core.Providers;
using SetupWizard.Core.Source;

namespace SetupWizard.Core.Tests.Export.Pipe;

/// <summary>What creates the ClickPipe, held to the schemas its makers publish.</summary>
public sealed class PipeExportTests
{
    private const string Arn = "arn:aws:iam::123456789012:role/clickpipes";

    private static readonly CultureInfo s_english = CultureInfo.GetCultureInfo("en");

    private static readonly Dictionary<string, ExportInput> s_inputs = new(StringComparer.Ordinal)
    {
        ["odd"] = OddSource.Input,
        ["rds"] = Plain(AmazonRds.Profile, "shop-prod.abc123.eu-central-1.rds.amazonaws.com"),
        ["rds-iam"] = With(Plain(AmazonRds.Profile, "shop-prod.abc123.eu-central-1.rds.amazonaws.com"), g => g with { Authentication = LoginMethod.Iam, IamRoleArn = Arn }),
        ["rds-iam-unknown"] = With(Plain(AmazonRds.Profile, "shop-prod.abc123.eu-central-1.rds.amazonaws.com"), g => g with { Authentication = LoginMethod.Iam }),
        ["azure"] = Plain(AzureFlexible.Profile, "shop.postgres.database.azure.com"),
        ["self-managed"] = Plain(SelfManaged.Profile, "db.example.com"),
        ["bastion"] = With(Plain(SelfManaged.Profile, "db.internal"), g => g with { Network = NetworkPath.Ssh }),
    };

    public static TheoryData<string> Names => [.. s_inputs.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Api_body_is_of_the_published_schema(string name)
    {
        var body = JsonNode.Parse(ApiExporter.Write(s_inputs[name]));

        Assert.Empty(PipeSchema.Problems(body, PipeSchema.Api));
        Assert.Equal("cdc", body!["source"]!["postgres"]!["settings"]!["replicationMode"]!.GetValue<string>());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Terraform_is_of_the_published_schema_and_says_what_the_api_body_says(string name)
    {
        var input = s_inputs[name];
        var text = TerraformExporter.Write(input, s_english);
        var block = HclBlock.Read(text, "resource \"clickhouse_clickpipe\" \"postgres\"");

        Assert.Empty(PipeSchema.Problems(block, PipeSchema.Terraform, snake: true));
        var (here, there) = (block["source"]!["postgres"]!, JsonNode.Parse(ApiExporter.Write(input))!["source"]!["postgres"]!);
        foreach (var (ours, theirs) in new[] { ("host", "host"), ("port", "port"), ("database", "database"), ("type", "type"), ("ca_certificate", "caCertificate") })
        {
            Assert.Equal(there[theirs]?.ToJsonString(), here[ours]?.ToJsonString());
        }

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
        var text = TerraformExporter.Write(s_inputs[name], s_english);
        var allowed = HclBlock.Read(text, "terraform {\n  required_version = \">= 1.11\"\n\n  required_providers")["clickhouse"]!["version"]!.GetValue<string>();

        Assert.StartsWith(">= ", allowed, StringComparison.Ordinal);
        Assert.True(Version.Parse(allowed[3..]) >= PipeSchema.TakenSince(HclBlock.Read(text, "resource \"clickhouse_clickpipe\" \"postgres\""), PipeSchema.Terraform), allowed);
    }

    [Fact]
    public void What_came_later_to_the_provider_raises_the_version_it_is_taken_since()
    {
        var block = HclBlock.Read(TerraformExporter.Write(s_inputs["rds"], s_english), "resource \"clickhouse_clickpipe\" \"postgres\"");
        Assert.Equal(new Version(3, 14, 0), PipeSchema.TakenSince(block, PipeSchema.Terraform));
        block["source"]!["postgres"]!["authentication"] = "IAM_ROLE";
        Assert.Equal(new Version(3, 22, 1), PipeSchema.TakenSince(block, PipeSchema.Terraform));
        block["source"]!["postgres"]!["table_mappings"]![1]!["partition_by_expr"] = "toYYYYMM(at)";
        Assert.Equal(new Version(3, 23, 1), PipeSchema.TakenSince(block, PipeSchema.Terraform));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Terraform_is_formatted_as_terraform_formats_it(string name)
    {
        var text = TerraformExporter.Write(s_inputs[name], s_english);
        if (!await HasTerraformAsync())
        {
            // Without the program the grammar alone is checked.
            Assert.NotEmpty(HclBlock.Read(text, "resource \"clickhouse_clickpipe\" \"postgres\""));
            return;
        }

        Assert.Equal(text, await RunAsync("terraform", ["fmt", "-"], text, []));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Call_has_the_options_the_program_knows_and_each_mapping_is_of_the_schema(string name)
    {
        var input = s_inputs[name];
        var folder = Directory.CreateTempSubdirectory("setupwizard-test-");
        try
        {
            var script = "clickhousectl() { for a in \"$@\"; do printf '%s\\0' \"$a\"; done; }; cd '" + folder.FullName + "'\n" + ClickPipesCliExporter.Write(input, s_english);
            var words = (await RunAsync("/bin/sh", ["-s"], script, [("CH_ID", "service"), ("CLICKPIPES_PASSWORD", "pass word"), ("CLICKPIPES_IAM_ROLE", Arn)])).TrimEnd('\0').Split('\0');

            Assert.Equal(["cloud", "clickpipe", "create", "postgres", "service"], words[..5]);
            Assert.Equal("--json", words[^1]);
            var options = words[5..^1].Chunk(2).Select(p => (Option: p[0], Value: p[1])).ToList();
            Assert.All(options, o => Assert.True(PipeSchema.Options.ContainsKey(o.Option), o.Option + " does not exist"));
            Assert.All(PipeSchema.Options.Where(o => o.Value), o => Assert.Contains(o.Key, options.Select(p => p.Option)));
            Assert.Equal("cdc", options.Single(o => o.Option == "--replication-mode").Value);
            Assert.Contains(options.Single(o => o.Option == "--postgres-type").Value, (IEnumerable<string>)["rdspostgres", "azurepostgres", "postgres"]);
            Assert.Equal(input.Goal.Authentication == LoginMethod.Iam, options.Any(o => o is { Option: "--auth", Value: "IAM_ROLE" }) && options.Any(o => o is { Option: "--iam-role", Value: Arn }));
            Assert.Equal(input.Goal.Authentication == LoginMethod.Password, options.Any(o => o is { Option: "--password", Value: "pass word" }));
            var mappings = options.Where(o => o.Option == "--table-mapping-json").Select(o => JsonNode.Parse(o.Value)).ToList();
            Assert.Equal(input.Inspection.Tables.Chosen.Count, mappings.Count);
            Assert.All(mappings, m => Assert.Empty(PipeSchema.Problems(m, PipeSchema.Mapping)));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("rds")]
    [InlineData("rds-iam")]
    [InlineData("azure")]
    public void Pipe_of_a_provider_equals_its_golden_files(string name)
    {
        foreach (var format in new[] { ExportFormat.Terraform, ExportFormat.Api, ExportFormat.Cli })
        {
            var file = Exporter.Create(format, s_inputs[name], s_english);
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
        var input = Chosen([new("a", "x"), new("a_y", "x"), new("c", "a_x"), new("d", "a_y_x"), new("e", "z")]);
        var targets = JsonNode.Parse(ApiExporter.Write(input))!["source"]!["postgres"]!["tableMappings"]!.AsArray().Select(m => m!["targetTable"]!.GetValue<string>());

        Assert.Equal(["a_x", "a_y_x", "a_x_", "a_y_x_", "z"], targets);
    }

    [Fact]
    public void Sorting_key_is_spoken_of_only_where_ClickPipes_would_take_all_columns()
    {
        const string sentence = "ClickPipes sorts them by all columns, so that an UPDATE leaves the old row and equal rows become one";
        Assert.DoesNotContain(sentence, TerraformExporter.Write(Chosen([new("public", "orders")]), s_english), StringComparison.Ordinal);
        Assert.DoesNotContain(sentence, TerraformExporter.Write(Keyless(ReplicaIdentityKind.Index), s_english), StringComparison.Ordinal);
        Assert.Contains(sentence, TerraformExporter.Write(Keyless(ReplicaIdentityKind.Full), s_english), StringComparison.Ordinal);
        Assert.Contains(sentence, ClickPipesCliExporter.Write(Keyless(ReplicaIdentityKind.Full), s_english), StringComparison.Ordinal);

        static ExportInput Keyless(ReplicaIdentityKind identity) => Chosen([new("public", "orders")], t => t with { PrimaryKey = KeyState.None, Identity = identity });
    }

    [Fact]
    public void Files_say_where_a_bastion_is_set_up()
    {
        const string sentence = "ClickPipes reaches this database through an SSH bastion, which this file does not set up. The guide ssh-bastion does";
        Assert.Contains(sentence, TerraformExporter.Write(s_inputs["bastion"], s_english), StringComparison.Ordinal);
        Assert.Contains(sentence, ClickPipesCliExporter.Write(s_inputs["bastion"], s_english), StringComparison.Ordinal);
        Assert.DoesNotContain(sentence, TerraformExporter.Write(s_inputs["self-managed"], s_english), StringComparison.Ordinal);
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
        var block = HclBlock.Read(TerraformExporter.Write(s_inputs["rds"], s_english), "resource \"clickhouse_clickpipe\" \"postgres\"");
        block["source"]!["postgres"]![System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(field)] = value is null ? null : JsonNode.Parse(value);

        Assert.StartsWith(problem, Assert.Single(PipeSchema.Problems(block, PipeSchema.Terraform, snake: true)), StringComparison.Ordinal);
    }

    private static ExportInput Plain(ProviderProfile provider, string host)
    {
        var inspection = new Inspection
        {
            Goal = new SetupGoal(),
            Endpoint = new SourceEndpoint { Host = host, Database = "shop" },
            Provider = provider,
            Detection = ProviderDetection.None,
            Tables = new TableSelection
            {
                Chosen = [.. new[] { "customers", "orders" }.Select(n => new TableFact { Ref = new TableRef("public", n), Owner = "shop_admin", PrimaryKey = KeyState.Usable })],
            },
        };
        return new ExportInput(inspection, new SetupPlan { Goal = inspection.Goal, Provider = provider.Id, Fingerprint = "f" });
    }

    private static ExportInput Chosen(TableRef[] tables, Func<TableFact, TableFact>? change = null)
    {
        var input = s_inputs["self-managed"];
        var facts = tables.Select(t => new TableFact { Ref = t, Owner = "shop_admin", PrimaryKey = KeyState.Usable }).Select(t => change?.Invoke(t) ?? t);
        return input with { Inspection = input.Inspection with { Tables = new TableSelection { Chosen = [.. facts] } } };
    }

    private static ExportInput With(ExportInput input, Func<SetupGoal, SetupGoal> change) => input with { Inspection = input.Inspection with { Goal = change(input.Goal) } };

    private static async Task<bool> HasTerraformAsync()
    {
        try
        {
            await RunAsync("terraform", ["version"], "", []);
            return true;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private static async Task<string> RunAsync(string program, string[] arguments, string input, (string Name, string Value)[] variables)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
        return await output;
    }

    private static string GoldenFolder([CallerFilePath] string thisFile = "") => Path.Combine(Path.GetDirectoryName(thisFile)!, "..", "Golden", "Pipe");
}
