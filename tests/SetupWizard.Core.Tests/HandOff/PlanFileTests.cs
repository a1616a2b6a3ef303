using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using SetupWizard.Core.Audit;
using SetupWizard.Core.Export;
using SetupWizard.Core.HandOff;
using SetupWizard.Core.Model;
using SetupWizard.Core.Providers;
using SetupWizard.Core.Sql;

namespace SetupWizard.Core.Tests.HandOff;

/// <summary>The plan as a signed file: it comes back as it went, and whatever was changed on the way is refused in words.</summary>
public sealed class PlanFileTests : IDisposable
{
    private static readonly System.Text.Json.JsonSerializerOptions s_plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private const string Odd = "pub \"x\" 'q' \\ ${y} 주문📦";

    private static readonly PlanFile s_file = new()
    {
        Goal = new SetupGoal
        {
            Provider = AmazonRds.Id,
            User = "click'pipes \"u\" $(id) `id`",
            Publication = Odd,
            Schemas = ["public", "sales \"EU\""],
            Tables = [new TableRef("a.b", "c\"d")],
            Excluded = [new TableRef("public", "주문")],
            Identities = [new IdentityChoice(new TableRef("public", "t"), IdentityKind.Index, "t \"i\""), new IdentityChoice(new TableRef("public", "log"), IdentityKind.Full, OnlyGrows: true)],
            Region = "aws:eu-central-1",
        },
        Provider = AmazonRds.Id,
        Server = new PlanServer("shop.example", 5433, "shop \"x\"", "16.4", new ServerIdentity("7391846502938475610", 16384)),
        Statements = [new PlanStatement("SW401", "create-publication", "CREATE PUBLICATION " + PgIdentifier.Quote(Odd), "DROP PUBLICATION", "postgres", "it is missing <b>&</b>")],
        Fingerprint = "abc",
        MadeAt = DateTimeOffset.UnixEpoch,
        MadeWith = "0.1.0",
        Note = "Min-ji, data team:\norders into \u202eClickHouse",
    };

    private readonly string _directory = Directory.CreateTempSubdirectory("setupwizard-test-").FullName;
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    [Fact]
    public void File_comes_back_as_it_went_with_odd_names_and_its_signer()
    {
        var reading = PlanFileFormat.Read(Bytes(PlanFileFormat.Write(s_file, _key)));

        Assert.Null(reading.Problem);
        Assert.Equal(PlanFileFormat.FingerprintOf(_key), reading.Signer);
        Assert.Equal(PlanFileFormat.Write(s_file, _key)[..500], PlanFileFormat.Write(reading.File!, _key)[..500]);
        Assert.Equal(s_file.Statements, reading.File!.Statements);
        Assert.Equal(s_file.Goal.Tables, reading.File.Goal.Tables);
        Assert.Equal(s_file.Goal.Identities, reading.File.Goal.Identities);
        Assert.Equal(s_file.Server, reading.File.Server);
        Assert.Equal(s_file.Note, reading.File.Note);
        Assert.Equal("shop--x" + PlanFileFormat.Extension, PlanFileFormat.NameOf(reading.File));
    }

    [Fact]
    public void Every_value_of_the_plan_is_signed()
    {
        var leaves = Leaves(Parse()["plan"]!).Count;
        Assert.InRange(leaves, 25, 100);
        for (var i = 0; i < leaves; i++)
        {
            var document = Parse();
            var leaf = Leaves(document["plan"]!)[i];
            Replace(leaf);
            Assert.Equal("plan-file-changed", Refused(document.ToJsonString()));
        }
    }

    [Fact]
    public void Same_plan_in_another_form_is_refused_as_changed() => Assert.Equal("plan-file-changed", Refused(Parse().ToJsonString()));

    [Theory]
    [InlineData("format", "\"other\"", "plan-file-unreadable")]
    [InlineData("version", "4", "plan-file-newer")]
    [InlineData("version", "0", "plan-file-unreadable")]
    [InlineData("version", "\"1\"", "plan-file-unreadable")]
    [InlineData("key", "\"AAAA\"", "plan-file-changed")]
    [InlineData("key", "\"!\"", "plan-file-unreadable")]
    [InlineData("signature", "\"AAAA\"", "plan-file-changed")]
    [InlineData("signature", "null", "plan-file-unreadable")]
    public void Envelope_that_was_changed_is_refused(string field, string value, string problem)
    {
        var text = PlanFileFormat.Write(s_file, _key);
        var at = text.IndexOf($"\n\"{field}\": ", StringComparison.Ordinal) + field.Length + 5;
        var end = text.IndexOf('\n', at);
        var comma = text[end - 1] == ',' ? "," : "";

        Assert.Equal(problem, Refused(text[..at] + value + comma + text[end..]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("CREATE USER x;")]
    [InlineData("{\"format\":\"setupwizard-plan\",\"version\":1}")]
    public void What_is_no_plan_file_is_refused(string text) => Assert.Equal("plan-file-unreadable", Refused(text));

    [Fact]
    public void Another_part_beside_the_plan_or_a_second_plan_is_refused()
    {
        var text = PlanFileFormat.Write(s_file, _key);
        Assert.Equal("plan-file-changed", Refused(text.Replace("\"plan\":", "\"more\": 1,\n\"plan\":", StringComparison.Ordinal)));
        Assert.Equal("plan-file-unreadable", Refused(text.Replace("\"plan\":", "\"plan\": {},\n\"plan\":", StringComparison.Ordinal)));
    }

    [Fact]
    public void Signed_nonsense_is_refused()
    {
        Assert.Equal("plan-file-unusable", Refused(PlanFileFormat.Write(s_file with { Goal = s_file.Goal with { User = "" } }, _key)));
        Assert.Equal("plan-file-unusable", Refused(PlanFileFormat.Write(s_file with { Goal = s_file.Goal with { Publication = "a\0b" } }, _key)));
        Assert.Equal("plan-file-unusable", Refused(PlanFileFormat.Write(s_file with { Provider = "nobody" }, _key)));
        Assert.Equal("plan-file-unusable", Refused(PlanFileFormat.Write(s_file with { Server = s_file.Server with { Identity = new ServerIdentity("1' OR true", 1) } }, _key)));
        Assert.Equal("plan-file-unusable", Refused(PlanFileFormat.Write(s_file with { Goal = s_file.Goal with { SendPasswordAsText = true } }, _key)));
    }

    [Theory]
    [InlineData("a\0b", 1)]
    [InlineData("x", PlanFile.MostNote + 1)]
    public void Signed_note_that_is_a_letter_or_steers_something_is_refused(string text, int times) =>
        Assert.Equal("plan-file-unusable", Refused(PlanFileFormat.Write(s_file with { Note = string.Concat(Enumerable.Repeat(text, times)) }, _key)));

    [Fact]
    public void Impact_is_that_of_the_statements_and_unknown_where_a_file_is_older_than_that()
    {
        Assert.Null(PlanImpact.Of(s_file));
        var told = s_file.Statements[0] with { Risk = ChangeRisk.None, Restart = RestartNeed.None };
        Assert.Equal(new PlanImpact(Restart: false, Locks: false, MoreWal: false, Reversible: true), PlanImpact.Of(s_file with { Statements = [told] }));
        Assert.Equal(new PlanImpact(Restart: false, Locks: true, MoreWal: true, Reversible: false), PlanImpact.Of(s_file with { Statements = [told, told with { Risk = ChangeRisk.Cost, Undo = null }] }));
        Assert.True(PlanImpact.Of(s_file with { Statements = [told], Guides = [new PlanGuide("SW201", "Title", ["Step"]) { Restart = RestartNeed.Restart }] })!.Restart);
        Assert.Null(PlanImpact.Of(s_file with { Statements = [told], Guides = [new PlanGuide("SW201", "Title", ["Step"])] }));
    }

    [Fact]
    public void Impact_of_a_plan_and_of_its_file_are_the_same()
    {
        var change = new SqlChange { For = RequirementId.User, Kind = "create-user", Phase = ChangePhase.User, Statement = new SqlText("CREATE USER x"), Undo = new SqlText("DROP USER x"), Arguments = new Dictionary<string, object?> { ["user"] = "x" } };
        foreach (var plan in new[] { Plan(change), Plan(change with { Risk = ChangeRisk.Lock }), Plan(change with { Risk = ChangeRisk.Cost, Undo = null }), Plan(change with { Restart = RestartNeed.Restart, RunBy = "boss" }) })
        {
            var statements = PlanStatement.Of(plan, null, CultureInfo.GetCultureInfo("en"));
            Assert.Equal(PlanImpact.Of(plan), PlanImpact.Of(s_file with { Statements = statements }));
        }

        static SetupPlan Plan(SqlChange change) => new() { Goal = new SetupGoal(), Provider = AmazonRds.Id, Fingerprint = "f", Changes = change.RunBy is null ? [change] : [], HandOff = change.RunBy is null ? [] : [change] };
    }

    /// <summary>Whoever has a key that somebody agreed to can sign anything: it is refused in words, or a script can be made of it.</summary>
    [Fact]
    public void Signed_plan_with_anything_in_the_place_of_anything_is_refused_or_read()
    {
        var guided = s_file with { Guides = [new PlanGuide("SW201", "Title", ["Step"])], RunAs = "shop_admin" };
        var nodes = Nodes(JsonNode.Parse(PlanFileFormat.Write(guided, _key))!["plan"]!).Count;
        Assert.InRange(nodes, 40, 150);
        var (refused, read) = (0, 0);
        for (var i = 1; i < nodes; i++)
        {
            foreach (var other in new[] { "null", "\"\"", "\"\\u0000\"", "\"a\\u0000b\"", "\"a\\nb\"", "-1", "0", "true", "[]", "[null]", "[[]]", "{}", "\"public\"" })
            {
                var plan = JsonNode.Parse(PlanFileFormat.Write(guided, _key))!["plan"]!;
                Nodes(plan)[i].ReplaceWith(JsonNode.Parse(other));
                var reading = PlanFileFormat.Read(Bytes(Signed(plan.ToJsonString())));
                if (reading.File is { } file)
                {
                    read++;
                    Assert.NotEmpty(SqlScriptExporter.Write(file, reading.Signer!, passwordAsText: false, CultureInfo.GetCultureInfo("en")));
                }
                else
                {
                    refused++;
                    Assert.Contains(reading.Problem!.Key, new[] { "plan-file-unreadable", "plan-file-unusable" });
                }
            }
        }

        Assert.True(refused > 300 && read > 30, $"{refused} refused, {read} read");
    }

    [Theory]
    [InlineData("public")]
    [InlineData("none")]
    [InlineData("pg_monitor")]
    public void Signed_user_that_is_everybody_or_the_servers_own_is_refused(string user) =>
        Assert.Equal("plan-file-unusable", Refused(PlanFileFormat.Write(s_file with { Goal = s_file.Goal with { User = user } }, _key)));

    [Theory]
    [InlineData("DROP TABLE \"orders\"")]
    [InlineData("GRANT SELECT ON \"a\" TO \"u\"; DROP TABLE \"a\"")]
    [InlineData("GRANT SELECT ON \"a\" TO \"u\" -- \"x\"")]
    [InlineData("GRANT SELECT ON \"a\" TO \"u\" /* x */")]
    [InlineData("GRANT SELECT ON \"a\" TO \"u\"\n\\! id")]
    [InlineData("GRANT SELECT ON \"a\" TO \"u\" \\g")]
    [InlineData("GRANT SELECT ON \"a\" TO :user")]
    [InlineData("GRANT SELECT ON \"a\" TO \"u")]
    [InlineData("GRANT SELECT ON \"a\" TO \"u\" GRANTED BY \"root\"")]
    [InlineData("ALTER USER \"u\" SUPERUSER")]
    [InlineData("ALTER SYSTEM SET archive_command = 'x'")]
    [InlineData("ALTER TABLE \"a\" DROP COLUMN \"b\"")]
    [InlineData("CREATE USER \"u\" PASSWORD 'known'")]
    [InlineData("CREATE USER \"u\" PASSWORD E'known'")]
    [InlineData("CREATE USER \"u\" PASSWORD $$known$$")]
    [InlineData("CREATE USER \"u\" PASSWORD U&'known'")]
    [InlineData("ALTER USER \"u\" SET wal_sender_timeout TO 'a\\'; DROP TABLE x; --'")]
    [InlineData("SELECT pg_catalog.pg_terminate_backend(1)")]
    [InlineData("CREATE POLICY \"p\" ON \"t\" FOR SELECT TO \"u\" USING (pg_sleep(1))")]
    [InlineData("")]
    public void Signed_statement_that_no_wizard_makes_is_refused(string sql) =>
        Assert.Equal("plan-file-unusable", Refused(PlanFileFormat.Write(s_file with { Statements = [new PlanStatement("SW301", "x", sql, null, null, "")] }, _key)));

    [Theory]
    [InlineData("true")]
    [InlineData("NOT EXISTS (SELECT FROM pg_catalog.pg_roles)) ; SELECT ((1=1)")]
    [InlineData("(SELECT lo_import('x') FROM pg_catalog.pg_roles) = 1")]
    [InlineData("true) AS x \\gexec")]
    public void Signed_condition_that_no_wizard_makes_is_refused(string condition) =>
        Assert.Equal("plan-file-unusable", Refused(PlanFileFormat.Write(s_file with { Statements = [s_file.Statements[0] with { NeededWhen = condition }] }, _key)));

    [Fact]
    public void Every_statement_of_every_rule_may_travel()
    {
        var changes = Scenarios.All.Where(s => s.Case != "invalid-name").SelectMany(s => s.Source().JudgeAll()).SelectMany(f => f.Fixes).OfType<SqlChange>().DistinctBy(c => (c.Statement, c.NeededWhen)).ToList();
        Assert.InRange(changes.Select(c => c.Kind).Distinct().Count(), 20, 100);

        Assert.All(changes, c =>
        {
            var statement = PlanStatement.Of(c, CultureInfo.GetCultureInfo("en"));
            Assert.True(PlanSql.IsOfTheWizard(statement), statement.Sql + " / " + statement.NeededWhen);
            Assert.Equal(c.Statement, PlanSql.WithHole(statement.Sql));
        });
    }

    [Fact]
    public void Line_ends_a_mark_and_an_encoding_that_programs_change_on_the_way_are_put_back()
    {
        var text = PlanFileFormat.Write(s_file, _key);
        var turned = text.ReplaceLineEndings("\r\n");
        byte[][] arrived =
        [
            Bytes(turned),
            [.. Encoding.UTF8.Preamble, .. Bytes(text)],
            [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes(turned)],
            [.. Encoding.BigEndianUnicode.Preamble, .. Encoding.BigEndianUnicode.GetBytes(text)],
        ];
        Assert.All(arrived, document => Assert.Equal(s_file.Statements, PlanFileFormat.Read(document).File?.Statements));

        Assert.Equal("plan-file-changed", PlanFileFormat.Read(Bytes(turned.Replace("shop.example", "shop.\\r\\nexample", StringComparison.Ordinal))).Problem?.Key);
        Assert.Equal("plan-file-unreadable", PlanFileFormat.Read((byte[])[0xFF, 0xFE, 0x7B]).Problem?.Key);
        Assert.Equal("plan-file-unreadable", PlanFileFormat.Read((byte[])[0xFF, .. Bytes(turned)]).Problem?.Key);
        Assert.Equal("plan-file-unreadable", PlanFileFormat.Read(Bytes(text.Replace("shop.example", "\xff", StringComparison.Ordinal)).Select(b => b == 0xC3 ? (byte)0xFF : b).ToArray()).Problem?.Key);
        Assert.Equal("plan-file-unreadable", PlanFileFormat.Read(new byte[PlanFileFormat.MostBytes + 1]).Problem?.Key);
    }

    [Fact]
    public void Key_is_made_once_is_the_owner_s_alone_and_others_are_unknown_until_trusted()
    {
        var keys = new PlanKeys(_directory, TimeProvider.System);
        var own = keys.Own();
        Assert.Equal(own, new PlanKeys(_directory, TimeProvider.System).Own());
        Assert.NotNull(keys.KnownSince(own));
        Assert.Equal(own, PlanFileFormat.Read(Bytes(keys.Sign(s_file))).Signer);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_directory, "plan-key.pem")));
        }

        var other = PlanFileFormat.FingerprintOf(_key);
        Assert.Null(keys.KnownSince(other));
        keys.Trust(other);
        Assert.NotNull(new PlanKeys(_directory, TimeProvider.System).KnownSince(other));
        Assert.DoesNotContain("PRIVATE", keys.Sign(s_file), StringComparison.Ordinal);
    }

    [Fact]
    public void Key_file_that_is_none_is_a_trouble_with_the_keys()
    {
        File.WriteAllText(Path.Combine(_directory, "plan-key.pem"), "no key");
        var keys = new PlanKeys(_directory, TimeProvider.System);

        Assert.Throws<IOException>(() => keys.Sign(s_file));
        Assert.Throws<IOException>(() => keys.KnownSince(PlanFileFormat.FingerprintOf(_key)));
    }

    [Fact]
    public void Statements_are_the_same_changed_added_or_missing()
    {
        var change = new SqlChange { For = new RequirementId("SW401", ""), Kind = "create-publication", Phase = ChangePhase.Publication, Statement = new("CREATE PUBLICATION a") };
        var file = s_file with
        {
            Statements =
            [
                new PlanStatement("SW401", "create-publication", "CREATE PUBLICATION b", null, null, ""),
                new PlanStatement("SW301", "create-user", "CREATE USER u", null, null, ""),
                new PlanStatement("SW303", "grant", "GRANT x", null, null, ""),
            ],
        };
        var now = new SetupPlan
        {
            Goal = s_file.Goal,
            Provider = AmazonRds.Id,
            Fingerprint = "",
            Changes = [change, change with { For = new RequirementId("SW301", ""), Kind = "create-user", Statement = new("CREATE USER u") }],
            HandOff = [change with { For = new RequirementId("SW305", ""), Kind = "usage", Statement = new("GRANT USAGE") }],
        };

        Assert.Equal(
            [PlanMark.Changed, PlanMark.Same, PlanMark.Added, PlanMark.Missing],
            PlanFileComparison.Compare(file, now).Select(c => c.Mark));
    }

    /// <summary>A name is taken for what it is; of two servers with a database of that name the server's own account tells which is meant.</summary>
    [Theory]
    [InlineData("shop", "7391846502938475610", 16384, PlanPlace.Same)]
    [InlineData("shop", null, 0, PlanPlace.Same)]
    [InlineData("shop", "7391846502938475611", 16384, PlanPlace.OtherServer)]
    [InlineData("shop", "7391846502938475610", 16385, PlanPlace.OtherServer)]
    [InlineData("store", "7391846502938475610", 16384, PlanPlace.OtherDatabase)]
    [InlineData("store", "7391846502938475611", 16384, PlanPlace.OtherDatabase)]
    public void Another_server_with_a_database_of_the_name_is_not_the_one_the_file_is_for(string database, string? system, long oid, PlanPlace expected)
    {
        var file = s_file with { Server = s_file.Server with { Database = "shop" } };
        var endpoint = new SourceEndpoint { Host = "another-name.example", Database = database };
        var snapshot = new SourceSnapshot
        {
            ReadAt = DateTimeOffset.UnixEpoch,
            Server = new ServerFacts { VersionNumber = 160004, VersionText = "16.4", Database = database, CurrentUser = "a", SystemIdentifier = system, DatabaseOid = oid },
        };

        Assert.Equal(expected, PlanFileComparison.PlaceOf(file, endpoint, snapshot));

        // A file of the first version does not say which server it means.
        var older = file with { Server = file.Server with { Identity = null } };
        Assert.Equal(expected == PlanPlace.OtherDatabase ? expected : PlanPlace.Same, PlanFileComparison.PlaceOf(older, endpoint, snapshot));
    }

    public void Dispose()
    {
        _key.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static string? Refused(string text) => PlanFileFormat.Read(Bytes(text)).Problem?.Key;

    private JsonObject Parse() => JsonNode.Parse(PlanFileFormat.Write(s_file, _key))!.AsObject();

    private static List<JsonNode> Leaves(JsonNode node) => node switch
    {
        JsonObject o => [.. o.Where(p => p.Value is not null).SelectMany(p => Leaves(p.Value!))],
        JsonArray a => [.. a.Where(i => i is not null).SelectMany(i => Leaves(i!))],
        _ => [node],
    };

    /// <summary>A node and everything below it that is there.</summary>
    private static List<JsonNode> Nodes(JsonNode node) => [node, .. node switch
    {
        JsonObject o => o.Where(p => p.Value is not null).SelectMany(p => Nodes(p.Value!)),
        JsonArray a => a.Where(i => i is not null).SelectMany(i => Nodes(i!)),
        _ => [],
    }];

    /// <summary>A document as somebody with the key would make it by hand.</summary>
    private string Signed(string plan) => new JsonObject
    {
        ["format"] = "setupwizard-plan",
        ["version"] = 1,
        ["plan"] = "PLAN",
        ["key"] = Convert.ToBase64String(_key.ExportSubjectPublicKeyInfo()),
        ["signature"] = Convert.ToBase64String(_key.SignData(Bytes("setupwizard-plan\n1\n" + plan), HashAlgorithmName.SHA256)),
    }.ToJsonString(s_plain).Replace("\"PLAN\"", plan, StringComparison.Ordinal);

    private static void Replace(JsonNode leaf)
    {
        JsonNode other = leaf.GetValueKind() switch
        {
            System.Text.Json.JsonValueKind.True => JsonValue.Create(false),
            System.Text.Json.JsonValueKind.False => JsonValue.Create(true),
            System.Text.Json.JsonValueKind.Number => JsonValue.Create(leaf.GetValue<int>() + 1),
            _ => JsonValue.Create(leaf.GetValue<string>() + "x"),
        };
        leaf.ReplaceWith(other);
    }
}
