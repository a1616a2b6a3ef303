using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using SetupWizard.Core.Export;
using SetupWizard.Core.Model;
using SetupWizard.Core.Providers;
using SetupWizard.Core.Requirements;

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
        ["aurora"] = Plain(AmazonAurora.Profile, "shop-prod.cluster-abc123.eu-central-1.rds.amazonaws.com"),
        ["private-iam"] = With(Plain(AmazonRds.Profile, "shop-prod.abc123.eu-central-1.rds.amazonaws.com"), g => g with { Authentication = LoginMethod.Iam, IamRoleArn = Arn, Network = NetworkPath.PrivateLink }),
        ["settings"] = Settings(Plain(SelfManaged.Profile, "db.example.com")),
        ["not-verified"] = WithPipe(Settings(Plain(SelfManaged.Profile, "db.example.com")), p => p with { Tls = PipeTls.SkipVerification }),
        ["not-encrypted"] = WithPipe(Plain(SelfManaged.Profile, "db.example.com"), p => p with { Tls = PipeTls.Off, AllowNullableColumns = false }),
        ["elsewhere"] = WithPipe(Plain(SelfManaged.Profile, "db.example.com"), p => p with { DestinationDatabase = "shop \"x\" ${y}" }),
        ["bastion"] = With(Plain(SelfManaged.Profile, "db.internal"), g => g with { Network = NetworkPath.Ssh }),
    };

    /// <summary>What clickhousectl cannot be told.</summary>
    private static readonly string[] s_throughApi = ["rds-iam", "rds-iam-unknown", "private-iam", "not-verified", "not-encrypted", "elsewhere"];

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
        var input = s_inputs[name];
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
        var script = ClickPipesCliExporter.Write(s_inputs["rds"], s_english);
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
    public void Columns_that_the_publication_hides_are_left_out_and_a_key_is_not()
    {
        var mappings = JsonNode.Parse(ApiExporter.Write(s_inputs["settings"]))!["source"]!["postgres"]!["tableMappings"]!.AsArray().ToDictionary(m => m!["sourceTable"]!.GetValue<string>());

        Assert.Equal(["card \"number\"", "note"], mappings["orders"]!["excludedColumns"]!.AsArray().Select(c => c!.GetValue<string>()));
        Assert.Null(mappings["customers"]!["excludedColumns"]);
        Assert.Contains("`public.orders` → `orders` without the columns `card \"number\"`, `note`\n", MarkdownReport.Write(s_inputs["settings"], s_english), StringComparison.Ordinal);
    }

    [Fact]
    public void Failover_slots_are_asked_for_from_17_on_and_said_to_be_left_out_before()
    {
        var older = s_inputs["settings"] with
        {
            Inspection = s_inputs["settings"].Inspection with { Snapshot = s_inputs["settings"].Inspection.Snapshot! with { Server = s_inputs["settings"].Inspection.Snapshot!.Server with { VersionNumber = 160010 } } },
        };

        Assert.Contains("\"enableFailoverSlots\": true", ApiExporter.Write(s_inputs["settings"]), StringComparison.Ordinal);
        Assert.DoesNotContain("enableFailoverSlots", ApiExporter.Write(older), StringComparison.Ordinal);
        Assert.Contains("Failover slots were asked for and left out", TerraformExporter.Write(older, s_english), StringComparison.Ordinal);
        Assert.DoesNotContain("Failover slots were asked for", TerraformExporter.Write(s_inputs["settings"], s_english), StringComparison.Ordinal);
    }

    [Fact]
    public void Through_a_private_endpoint_the_TLS_host_is_the_databases_own_unless_another_is_named()
    {
        Assert.Equal("shop-prod.abc123.eu-central-1.rds.amazonaws.com", Postgres(s_inputs["private-iam"])["tlsHost"]!.GetValue<string>());
        Assert.Equal("other.example.com", Postgres(WithPipe(s_inputs["private-iam"], p => p with { TlsHost = "other.example.com" }))["tlsHost"]!.GetValue<string>());
        Assert.Null(Postgres(s_inputs["rds-iam"])["tlsHost"]);
        Assert.Contains("put the endpoint's DNS name in place of the host", TerraformExporter.Write(s_inputs["private-iam"], s_english), StringComparison.Ordinal);

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
        var input = s_inputs["self-managed"] with { Inspection = s_inputs["self-managed"].Inspection with { Endpoint = s_inputs["self-managed"].Inspection.Endpoint with { Tls = session } } };

        Assert.Equal(said, TerraformExporter.Write(input, s_english).Contains(sentence, StringComparison.Ordinal));
        Assert.Equal(said, ClickPipesCliExporter.Write(input, s_english).Contains(sentence, StringComparison.Ordinal));
        Assert.DoesNotContain(sentence, TerraformExporter.Write(WithPipe(input, p => p with { Tls = PipeTls.SkipVerification }), s_english), StringComparison.Ordinal);
    }

    [Fact]
    public void Terraform_says_what_the_resource_has_no_argument_for()
    {
        var text = TerraformExporter.Write(s_inputs["not-verified"], s_english);

        Assert.Contains("neither skip_cert_verification nor disable_tls", text, StringComparison.Ordinal);
        Assert.Contains("etl role, it's left out", text, StringComparison.Ordinal);
        Assert.DoesNotContain("neither skip_cert_verification", TerraformExporter.Write(s_inputs["rds"], s_english), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tables_that_do_not_fit_on_a_command_line_go_through_the_API()
    {
        var input = Chosen([.. Enumerable.Range(0, 3000).Select(n => new TableRef("public", "table_" + n.ToString(CultureInfo.InvariantCulture)))]);
        var done = await PipeScript.RunAsync(ClickPipesCliExporter.Write(input, s_english), PipeScript.Newest);

        Assert.Equal((0, (string[]?)null), (done.Code, done.Program));
        AssertSent(input, done);
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

    /// <summary>Everything that can be told a pipe of PostgreSQL 17, and a publication that hides columns.</summary>
    private static ExportInput Settings(ExportInput input)
    {
        var set = WithPipe(input, p => p with
        {
            AllowNullableColumns = true,
            TlsHost = "db.internal.example.com",
            FailoverSlots = true,
            DestinationRoles = ["etl role", "it's"],
            SyncIntervalSeconds = 3600,
        });
        return set with
        {
            Inspection = set.Inspection with
            {
                Snapshot = new SourceSnapshot
                {
                    ReadAt = DateTimeOffset.UnixEpoch,
                    Server = new ServerFacts { VersionNumber = 170006, VersionText = "PostgreSQL 17.6", Database = "shop", CurrentUser = "shop_admin" },
                    Filters =
                    [
                        new FilterFact(new TableRef("public", "orders"), null, ["card \"number\"", "note"], MissesIdentity: false),
                        new FilterFact(new TableRef("public", "customers"), null, ["id"], MissesIdentity: true),
                    ],
                },
            },
        };
    }

    private static ExportInput WithPipe(ExportInput input, Func<PipeSettings, PipeSettings> change) => With(input, g => g with { Pipe = change(g.Pipe) });

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
