using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using SetupWizard.Configuration;
using SetupWizard.Core.Audit;
using SetupWizard.Core.Export;
using SetupWizard.Core.HandOff;
using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;
using SetupWizard.Web.Tests.Cli;

namespace SetupWizard.Web.Tests.Documents;

/// <summary>docs/json.md, docs/configuration.md and docs/cli.md are written by hand. What they say is there, and what is there they say.</summary>
public sealed partial class DocumentTests
{
    private const string Report = "The report";
    private const string WatchLine = "A line of watch";
    private const string FeedLine = "A line of verify --watch";

    private static readonly CultureInfo s_english = CultureInfo.GetCultureInfo("en");
    private static readonly DateTimeOffset s_noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly TableRef s_orders = new("public", "orders");
    private static readonly Problem s_problem = new("cancelled", new Dictionary<string, object?>(StringComparer.Ordinal));

    private readonly ScriptedRunner _runner = new()
    {
        Changes = [ScriptedRunner.CreateUser, ScriptedRunner.CreatePublication],
        Proof = [new ProofEvent(RequirementId.ProofLogin, ProofState.Passed, TimeSpan.Zero)],
    };

    [Theory]
    [InlineData("check")]
    [InlineData("plan")]
    [InlineData("plan --undo")]
    [InlineData("apply --yes")]
    [InlineData("verify")]
    [InlineData("check --no-such-option")]
    public async Task Fields_of_the_report_of_a_verb_are_those_of_the_page(string verb)
    {
        var run = await CliRun.RunAsync(_runner, verb + " --json --url URL");

        Assert.Equal(Tables(Report)[""], Names(run.Json));
    }

    [Fact]
    public void Every_object_of_the_report_has_its_table_and_every_table_its_object()
    {
        var real = Objects(JsonDocument.Parse(JsonReport.Write(Whole(), s_english)).RootElement);
        var page = Tables(Report);

        Assert.Equal(page.Keys.Order(StringComparer.Ordinal), real.Keys.Order(StringComparer.Ordinal));
        Assert.All(page, table => Assert.Equal(table.Value, real[table.Key]));
    }

    [Fact]
    public async Task Lines_of_watch_have_the_fields_of_the_page()
    {
        _runner.Pulses =
        [
            new LivePulse(s_noon, true, TimeSpan.Zero) { Slots = [new("peerflow_slot_shop", true, 0) { ActivePid = 7 }], WalSenders = [new("clickpipes_user", "peerdb_shop", "192.0.2.7") { Pid = 7, Since = s_noon }] },
        ];

        var real = Objects((await CliRun.RunAsync(_runner, "watch --json --url URL")).Json);
        var page = Tables(WatchLine);
        page["slots[]"] = Tables(Report)["slots[]"];

        Assert.Equal(page.Keys.Order(StringComparer.Ordinal), real.Keys.Order(StringComparer.Ordinal));
        Assert.All(page, table => Assert.Equal(table.Value, real[table.Key]));
    }

    [Fact]
    public async Task Lines_of_a_feed_have_the_fields_of_the_page()
    {
        var operation = new FeedOperation(1, s_noon, s_orders, FeedOperationKind.Insert, []);
        _runner.Feed =
        [
            new FeedPulse(FeedState.Waiting, TimeSpan.Zero) { Waiting = new FeedWait("42", "app", 9, "pid 42") },
            new FeedPulse(FeedState.Ended, TimeSpan.FromSeconds(1)) { Changes = 1, Tables = [new FeedCount(s_orders, 1, 0, 0, 0, 1)], Last = [operation], End = FeedEnd.TimeLimit },
        ];

        var run = await CliRun.RunAsync(_runner, "verify --watch --json --url URL");
        var lines = run.Output.Split('\n').Take(2).Select(static l => Objects(JsonDocument.Parse(l).RootElement)).ToList();
        var page = Tables(FeedLine);

        // The names in a key are those of the table's columns.
        var real = lines.SelectMany(static l => l).Where(static o => o.Key != "operations[].key").ToLookup(static o => o.Key, static o => o.Value);
        Assert.Equal(page.Keys.Order(StringComparer.Ordinal), real.Select(static o => o.Key).Order(StringComparer.Ordinal));
        Assert.All(page, table => Assert.Equal(table.Value, new SortedSet<string>(real[table.Key].SelectMany(static f => f), StringComparer.Ordinal)));
    }

    [Fact]
    public void Every_setting_has_its_row_with_its_variable_and_its_default()
    {
        var settings = typeof(WizardOptions).GetProperties(BindingFlags.Public | BindingFlags.Instance);
        var rows = SettingRow().Matches(Page("configuration.md")).ToDictionary(static m => m.Groups["name"].Value, StringComparer.Ordinal);

        Assert.Equal(settings.Select(static p => p.Name).Order(StringComparer.Ordinal), rows.Keys.Order(StringComparer.Ordinal));
        Assert.All(settings, setting =>
        {
            var row = rows[setting.Name];
            Assert.StartsWith($"`{WizardOptions.Section}__{setting.Name}", row.Groups["variable"].Value, StringComparison.Ordinal);

            // The folder depends on who asks, and a list or a text without anything in it is none.
            var said = setting.GetValue(new WizardOptions()) switch
            {
                _ when setting.Name == nameof(WizardOptions.DataDirectory) => "`SetupWizard` in the user's data folder",
                "" or IList<string> => "none",
                bool on => on ? "`true`" : "`false`",
                var value => string.Create(CultureInfo.InvariantCulture, $"`{value}`"),
            };
            Assert.Equal(said, row.Groups["default"].Value);
        });
    }

    [Fact]
    public async Task Every_verb_and_option_is_on_the_page_and_every_one_of_the_page_exists()
    {
        var page = Page("cli.md");
        var verbs = Verb().Matches((await CliRun.RunAsync(_runner, "--help")).Output).Select(static m => m.Groups[1].Value).ToList();
        var options = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var verb in verbs)
        {
            options.UnionWith(Option().Matches((await CliRun.RunAsync(_runner, verb + " --help")).Output).Select(static m => m.Value));
        }

        Assert.Contains("check", verbs);
        Assert.All(verbs, verb => Assert.Contains($"| `{verb}` |", page, StringComparison.Ordinal));
        var tables = string.Join('\n', page.Split('\n').Where(static l => l.StartsWith('|')));
        Assert.Equal(options, new SortedSet<string>(Option().Matches(tables).Select(static m => m.Value), StringComparer.Ordinal));
    }

    /// <summary>A report in which nothing is missing.</summary>
    private static ReportInput Whole()
    {
        var orders = new TableFact { Ref = s_orders, Owner = "admin" };
        var blocked = ScriptedRunner.Blocked;
        var inspection = blocked with
        {
            Tables = new TableSelection { Chosen = [orders] },
            Snapshot = blocked.Snapshot! with
            {
                Slots = [new SlotFact { Name = "peerflow_slot_shop" }],
                Filters = [new FilterFact(s_orders, null, ["note"], MissesIdentity: false)],
            },
        };
        var plan = new SetupPlan { Goal = inspection.Goal, Provider = inspection.Provider.Id, Fingerprint = "f" };
        return new ReportInput(inspection)
        {
            Changes =
            [
                new ChangeReport(ScriptedRunner.CreateUser with { RunBy = "boss" }, ChangeState.HandOff),
                new ChangeReport(ScriptedRunner.CreatePublication, ChangeState.Waiting) { WaitsFor = [ScriptedRunner.CreateUser] },
            ],
            PlanFile = new PlanFileReport(PlanFile.Of(inspection, plan, s_noon, s_english), "SHA256:key", PlanPlace.Same, [new PlanComparison(PlanMark.Added, null, ScriptedRunner.CreateUser)]),
            Applied =
            [
                new AuditEntry { At = s_noon, Run = "run", Index = 0, Event = AuditEvent.InEffect, Source = "shop", Login = "admin", Code = "SW301", Kind = "create-user", Phase = "User", Sql = "CREATE USER u" },
            ],
            LeftAlone = [new LeftAlone(ScriptedRunner.CreateUser, s_problem)],
            Columns = [new TableColumns(s_orders, [new TableColumn("id", new PostgresType("int8", "bigint"), ColumnOrigin.Written, 1)])],
            Proof = [new ProofEvent(RequirementId.ProofRead, ProofState.Failed, TimeSpan.Zero) { Problem = s_problem }],
            Problem = s_problem,
        };
    }

    /// <summary>The names of the fields of every object by its path: <c>findings[].fix</c>; the object itself has the empty one.</summary>
    private static SortedDictionary<string, SortedSet<string>> Objects(JsonElement root)
    {
        var objects = new SortedDictionary<string, SortedSet<string>>(StringComparer.Ordinal);
        Look(root, "");
        return objects;

        void Look(JsonElement element, string path)
        {
            if (element.ValueKind == JsonValueKind.Array)
            {
                foreach (var item in element.EnumerateArray())
                {
                    Look(item, path + "[]");
                }
            }
            else if (element.ValueKind == JsonValueKind.Object)
            {
                if (!objects.TryGetValue(path, out var names))
                {
                    objects[path] = names = new(StringComparer.Ordinal);
                }

                names.UnionWith(Names(element));
                foreach (var property in element.EnumerateObject())
                {
                    Look(property.Value, path.Length == 0 ? property.Name : path + "." + property.Name);
                }
            }
        }
    }

    private static SortedSet<string> Names(JsonElement element) => new(element.EnumerateObject().Select(static p => p.Name), StringComparer.Ordinal);

    /// <summary>The tables of fields under a heading of docs/json.md, by the path of their object.</summary>
    private static SortedDictionary<string, SortedSet<string>> Tables(string heading)
    {
        var tables = new SortedDictionary<string, SortedSet<string>>(StringComparer.Ordinal);
        var (inside, path, fields) = (false, "", false);
        foreach (var line in Page("json.md").Split('\n'))
        {
            if (line.StartsWith("## ", StringComparison.Ordinal))
            {
                (inside, path, fields) = (Plain(line) == heading, "", false);
            }
            else if (line.StartsWith("### ", StringComparison.Ordinal))
            {
                // The log has a table of its own in a line, under a heading of its own.
                (path, fields) = (Plain(line).Replace(" of a line", "", StringComparison.Ordinal), false);
            }
            else if (inside && Row().Match(line) is { Success: true } row && fields)
            {
                if (!tables.TryGetValue(path, out var names))
                {
                    tables[path] = names = new(StringComparer.Ordinal);
                }

                Assert.True(names.Add(row.Groups[1].Value), $"docs/json.md has {row.Groups[1].Value} twice under {path}.");
            }
            else
            {
                fields |= line.StartsWith("| Field |", StringComparison.Ordinal);
            }
        }

        return tables;
    }

    private static string Plain(string heading) => heading.TrimStart('#', ' ').Replace("`", "", StringComparison.Ordinal);

    private static string Page(string name) => File.ReadAllText(Path.Combine(Repository.Top, "docs", name)).ReplaceLineEndings("\n");

    [GeneratedRegex(@"^\| `(\w+)` \|", RegexOptions.CultureInvariant)]
    private static partial Regex Row();

    [GeneratedRegex(@"^\| `(?<name>\w+)` \| (?<variable>[^|]+) \| (?<default>[^|]+) \|", RegexOptions.CultureInvariant | RegexOptions.Multiline)]
    private static partial Regex SettingRow();

    [GeneratedRegex(@"^  ([a-z]+) {3,}", RegexOptions.CultureInvariant | RegexOptions.Multiline)]
    private static partial Regex Verb();

    [GeneratedRegex("--[a-z][a-z-]*[a-z]", RegexOptions.CultureInvariant)]
    private static partial Regex Option();
}
