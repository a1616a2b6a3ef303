using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using SetupWizard.Core.Export;
using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;

namespace SetupWizard.Core.Tests.Export;

public sealed class ExporterTests
{
    private static readonly CultureInfo s_english = CultureInfo.GetCultureInfo("en");

    public static TheoryData<ExportFormat> Formats => [.. Enum.GetValues<ExportFormat>()];

    [Theory]
    [MemberData(nameof(Formats))]
    public void Export_of_odd_names_equals_its_golden_file(ExportFormat format)
    {
        var file = Exporter.Create(format, OddSource.Input, s_english);
        var golden = Path.Combine(GoldenFolder(), file.FileName);
        if (Environment.GetEnvironmentVariable("SETUPWIZARD_UPDATE_GOLDEN") == "1")
        {
            File.WriteAllText(golden, file.Text);
        }

        Assert.Equal(File.ReadAllText(golden), file.Text);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Export_in_korean_has_a_sentence_for_every_key(ExportFormat format)
    {
        var file = Exporter.Create(format, OddSource.Input, CultureInfo.GetCultureInfo("ko"));

        Assert.DoesNotMatch(@"\b(Script|Undo|Pipe|Report|Value|Step|State|ProofState|Mapping)\.[A-Z][a-z]", file.Text);
    }

    [Fact]
    public void Undo_script_without_an_undo_plan_is_refused() =>
        Assert.Throws<ArgumentException>(() => Exporter.Create(ExportFormat.Undo, OddSource.Input with { Undo = null }, s_english));

    [Fact]
    public void Sql_script_asks_psql_for_the_password_and_never_holds_its_mask()
    {
        var script = SqlScriptExporter.Write(OddSource.Inspection, OddSource.Plan, s_english);

        Assert.DoesNotContain(SecretString.Mask, script, StringComparison.Ordinal);
        Assert.Contains("\\password :\"clickpipes_user\"", script, StringComparison.Ordinal);
    }

    [Fact]
    public void Sql_script_that_only_sets_a_password_alters_nothing_else()
    {
        var plan = OddSource.Plan with
        {
            Changes = [OddSource.Plan.Changes[1] with { Statement = new SqlText($"ALTER USER {PgIdentifier.Quote(OddSource.User)} WITH PASSWORD {SqlText.PasswordHole}"), NeededWhen = null }],
            HandOff = [],
        };

        var script = SqlScriptExporter.Write(OddSource.Inspection, plan, s_english);

        Assert.DoesNotContain("ALTER USER", script, StringComparison.Ordinal);
        Assert.Contains("\\password ", script, StringComparison.Ordinal);
    }

    /// <summary>By hand, by a plan file's script: what somebody else makes carries no comment of this script's, and is not asked for one.</summary>
    [Fact]
    public void Script_asks_for_its_comment_on_what_it_makes_itself_only()
    {
        SqlChange[] made = [.. OddSource.Plan.Changes.Where(static c => c.Statement.Display.StartsWith("CREATE ", StringComparison.Ordinal)).Select(static (c, i) => c with { Kind = i == 0 ? "create-user" : "create-publication" })];
        var own = SqlScriptExporter.Write(OddSource.Inspection, OddSource.Plan with { Changes = made, HandOff = [] }, s_english);
        var handed = SqlScriptExporter.Write(OddSource.Inspection, OddSource.Plan with { Changes = [], HandOff = [.. made.Select(static c => c with { RunBy = "boss" })] }, s_english);

        Assert.Equal(2, made.Length);
        Assert.Contains("COMMENT ON ROLE ", own, StringComparison.Ordinal);
        Assert.Contains("COMMENT ON PUBLICATION ", own, StringComparison.Ordinal);
        Assert.Contains("shobj_description", own, StringComparison.Ordinal);
        Assert.DoesNotContain("COMMENT ON ", handed, StringComparison.Ordinal);
        Assert.DoesNotContain("shobj_description", handed, StringComparison.Ordinal);
    }

    [Fact]
    public void Sql_script_comments_cannot_be_left_by_a_line_break_in_a_name()
    {
        var script = SqlScriptExporter.Write(OddSource.Inspection, OddSource.Plan, s_english);

        Assert.DoesNotContain(script.Split('\n'), line => line.StartsWith("; DROP", StringComparison.Ordinal) || line.StartsWith("line\"", StringComparison.Ordinal));
    }

    [Fact]
    public void Transactional_changes_of_a_phase_share_a_transaction_and_others_stand_alone()
    {
        var script = SqlScriptExporter.Write(OddSource.Inspection, OddSource.Plan, s_english);

        Assert.Equal(4, script.Split("\nBEGIN;\n").Length - 1);
        Assert.True(script.IndexOf("ALTER SYSTEM", StringComparison.Ordinal) < script.IndexOf("BEGIN;", StringComparison.Ordinal));
        Assert.Equal(4, script.Split("SET LOCAL lock_timeout = '3s';").Length - 1);
    }

    [Fact]
    public void Api_body_names_each_table_with_an_engine_that_applies_updates()
    {
        using var body = JsonDocument.Parse(ApiExporter.Write(OddSource.Input));
        var postgres = body.RootElement.GetProperty("source").GetProperty("postgres");

        Assert.Equal("postgres", postgres.GetProperty("type").GetString());
        Assert.Equal(OddSource.User, postgres.GetProperty("credentials").GetProperty("username").GetString());
        Assert.Equal(["public_orders", "sales_orders", OddSource.Odd.Name], postgres.GetProperty("tableMappings").EnumerateArray().Select(t => t.GetProperty("targetTable").GetString()));
        Assert.All(postgres.GetProperty("tableMappings").EnumerateArray(), t => Assert.Equal("ReplacingMergeTree", t.GetProperty("tableEngine").GetString()));
    }

    [Fact]
    public void Json_report_has_the_fields_of_the_contract_and_states_in_camel_case()
    {
        var input = new ReportInput(OddSource.Inspection)
        {
            Changes = [new ChangeReport(OddSource.Plan.Changes[0], ChangeState.InEffect)],
            Proof = OddSource.Input.Proof,
        };
        using var report = JsonDocument.Parse(JsonReport.Write(input, s_english));
        var root = report.RootElement;

        Assert.False(root.GetProperty("ready").GetBoolean());
        Assert.Equal("sample-cloud", root.GetProperty("provider").GetString());
        Assert.Equal(["version", "database", "host"], Names(root.GetProperty("server")));
        Assert.Equal(["code", "slug", "step", "state", "sight", "actual", "desired", "title", "because", "consequence", "wayOut", "subjects", "fix"], Names(root.GetProperty("findings")[2]));
        Assert.Equal(["kind", "sql", "undo", "guide"], Names(root.GetProperty("findings")[2].GetProperty("fix")));
        Assert.Equal(OddSource.Odd.ToString(), root.GetProperty("findings")[2].GetProperty("subjects")[0].GetString());
        Assert.Equal(["code", "phase", "sql", "undo", "transactional", "state"], Names(root.GetProperty("changes")[0]));
        Assert.Equal("inEffect", root.GetProperty("changes")[0].GetProperty("state").GetString());
        Assert.Equal(["code", "state", "milliseconds", "detail"], Names(root.GetProperty("proof")[0]));
        Assert.Equal(["bytesPerSecond", "slotLimitBytes"], Names(root.GetProperty("wal")));
        Assert.Equal(JsonValueKind.Array, root.GetProperty("slots").ValueKind);
        Assert.Equal(["roundTrips", "milliseconds"], Names(root.GetProperty("cost")));
    }

    [Fact]
    public void Statements_for_others_stay_in_their_order_and_hold_no_dots_that_would_become_a_password()
    {
        var user = OddSource.Plan.Changes.Single(c => c.Statement.HasSecret);
        var grant = OddSource.Plan.HandOff[0];
        List<SqlChange> handOff = [grant with { RunBy = "owner", Statement = new SqlText("GRANT 1") }, user with { RunBy = "boss" }, grant with { RunBy = "owner", Statement = new SqlText("GRANT 2") }];

        var script = SqlScriptExporter.Write(OddSource.Inspection, OddSource.Plan with { HandOff = handOff }, CultureInfo.GetCultureInfo("en"));
        var pasted = SqlScriptExporter.Paste(handOff, OddSource.Plan.Goal, CultureInfo.GetCultureInfo("en"));

        foreach (var text in new[] { script, pasted })
        {
            Assert.DoesNotContain(SecretString.Mask, text, StringComparison.Ordinal);
            Assert.Matches(@"(?s)role owner:.*GRANT 1;.*role boss:.*CREATE USER .*\\password .*role owner:.*GRANT 2;", text);
        }
    }

    private static IEnumerable<string> Names(JsonElement element) => element.EnumerateObject().Select(p => p.Name);

    private static string GoldenFolder([CallerFilePath] string thisFile = "") => Path.Combine(Path.GetDirectoryName(thisFile)!, "Golden");
}
