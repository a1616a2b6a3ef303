using System.Security.Cryptography;
using System.Text.Json;
using SetupWizard.Core.HandOff;
using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;
using SetupWizard.Core.Sql;

namespace SetupWizard.Web.Tests.Cli;

/// <summary>A plan that somebody prepared, opened in a terminal.</summary>
public sealed class PlanFileTests : IDisposable
{
    private readonly ScriptedRunner _runner = new() { Changes = [ScriptedRunner.CreateUser, ScriptedRunner.CreatePublication] };
    private readonly string _path = Path.Combine(Directory.CreateTempSubdirectory("setupwizard-test-").FullName, "shop" + PlanFileFormat.Extension);

    [Fact]
    public async Task Exported_plan_is_signed_holds_no_secret_and_opens_again()
    {
        var exported = await CliRun.RunAsync(_runner, "export --format plan --url URL");
        Assert.Equal(0, exported.Code);
        Assert.DoesNotContain("secret", exported.Output, StringComparison.Ordinal);
        Assert.Contains("SHA256:", exported.Error, StringComparison.Ordinal);

        await File.WriteAllTextAsync(_path, exported.Output);
        var planned = await CliRun.RunAsync(_runner, $"plan --plan {_path} --url URL");
        Assert.Equal(0, planned.Code);
        Assert.Contains("exactly what the file says", planned.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Changed_file_and_unknown_key_are_refused_until_the_key_is_agreed_to()
    {
        await File.WriteAllTextAsync(_path, (await CliRun.RunAsync(_runner, "export --format plan --url URL")).Output);
        var file = PlanFileFormat.Read(await File.ReadAllBytesAsync(_path)).File!;
        using var stranger = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var text = PlanFileFormat.Write(file, stranger);
        var key = PlanFileFormat.FingerprintOf(stranger);

        await File.WriteAllTextAsync(_path, text.Replace("clickpipes_user", "other", StringComparison.Ordinal));
        var changed = await CliRun.RunAsync(_runner, $"apply --yes --plan {_path} --url URL");
        Assert.Equal(3, changed.Code);
        Assert.Contains("changed after it was signed", changed.Error, StringComparison.Ordinal);

        await File.WriteAllTextAsync(_path, text);
        var unknown = await CliRun.RunAsync(_runner, $"apply --yes --plan {_path} --url URL");
        Assert.Equal(3, unknown.Code);
        Assert.Contains(key, unknown.Error, StringComparison.Ordinal);
        Assert.Equal(3, (await CliRun.RunAsync(_runner, $"apply --yes --plan {_path} --trust-key SHA256:other --url URL")).Code);
        Assert.Null(_runner.Applied);
        Assert.Equal(0, (await CliRun.RunAsync(_runner, $"plan --plan {_path} --trust-key {key} --url URL")).Code);
        Assert.Equal(0, (await CliRun.RunAsync(_runner, $"plan --plan {_path} --url URL")).Code);
    }

    [Fact]
    public async Task What_differs_from_the_file_is_shown_and_applied_only_when_accepted()
    {
        await File.WriteAllTextAsync(_path, (await CliRun.RunAsync(_runner, "export --format plan --url URL")).Output);
        _runner.Changes = [ScriptedRunner.CreatePublication];

        var refused = await CliRun.RunAsync(_runner, $"apply --yes --plan {_path} --url URL");
        Assert.Equal(1, refused.Code);
        Assert.Contains("not needed now", refused.Output, StringComparison.Ordinal);
        Assert.Contains("--accept-differences", refused.Output, StringComparison.Ordinal);
        Assert.Null(_runner.Applied);

        await CliRun.RunAsync(_runner, $"apply --yes --plan {_path} --accept-differences --url URL");
        Assert.Equal([ScriptedRunner.CreatePublication], _runner.Applied!.Changes);
    }

    [Fact]
    public async Task Json_lists_which_statements_differ_and_how()
    {
        await File.WriteAllTextAsync(_path, (await CliRun.RunAsync(_runner, "export --format plan --url URL")).Output);
        var same = (await CliRun.RunAsync(_runner, $"plan --json --plan {_path} --url URL")).Json.GetProperty("planFile");
        Assert.Equal(2, same.GetProperty("same").GetInt32());
        Assert.Empty(same.GetProperty("differences").EnumerateArray());
        Assert.StartsWith("SHA256:", same.GetProperty("key").GetString(), StringComparison.Ordinal);
        Assert.False(same.GetProperty("anotherDatabase").GetBoolean());

        var other = ScriptedRunner.CreatePublication with { Statement = new SqlText("CREATE PUBLICATION \"clickpipes\" FOR TABLE \"public\".\"items\"") };
        var usage = ScriptedRunner.CreatePublication with { For = RequirementId.SchemaUsage, Kind = "grant-usage", Statement = new SqlText("GRANT USAGE ON SCHEMA \"public\" TO \"clickpipes_user\"") };
        _runner.Changes = [usage, other];
        var planned = await CliRun.RunAsync(_runner, $"plan --json --plan {_path} --url {CliRun.Url.Replace("shop", "store", StringComparison.Ordinal)}");
        var differing = planned.Json.GetProperty("planFile");
        Assert.Equal(0, differing.GetProperty("same").GetInt32());
        Assert.True(differing.GetProperty("anotherDatabase").GetBoolean());
        Assert.Equal(
            [
                ("onlyNow", usage.For.Code, null, usage.Statement.Display),
                ("changed", "SW401", ScriptedRunner.CreatePublication.Statement.Display, other.Statement.Display),
                ("onlyInFile", "SW301", ScriptedRunner.CreateUser.Statement.Display, null),
            ],
            differing.GetProperty("differences").EnumerateArray().Select(d => (d.GetProperty("kind").GetString(), d.GetProperty("code").GetString(), d.GetProperty("inFile").GetString(), d.GetProperty("now").GetString())));

        var refused = await CliRun.RunAsync(_runner, $"apply --yes --json --plan {_path} --url URL");
        Assert.Equal(1, refused.Code);
        Assert.Equal("plan-file-differs", refused.Json.GetProperty("problem").GetProperty("key").GetString());
        Assert.Equal(3, refused.Json.GetProperty("planFile").GetProperty("differences").GetArrayLength());
        Assert.Equal(JsonValueKind.Null, (await CliRun.RunAsync(_runner, "plan --json --url URL")).Json.GetProperty("planFile").ValueKind);
    }

    /// <summary>Another server with a database of the same name, as a copy and a stage have it.</summary>
    [Fact]
    public async Task Another_server_with_a_database_of_the_name_is_told_and_applied_to_only_when_accepted()
    {
        _runner.Answer = On("7391846502938475610");
        await File.WriteAllTextAsync(_path, (await CliRun.RunAsync(_runner, "export --format plan --url URL")).Output);
        Assert.DoesNotContain("another server", (await CliRun.RunAsync(_runner, $"plan --plan {_path} --url URL")).Output, StringComparison.Ordinal);

        _runner.Answer = On("7391846502938475611");
        var planned = await CliRun.RunAsync(_runner, $"plan --plan {_path} --url URL");
        var refused = await CliRun.RunAsync(_runner, $"apply --yes --json --plan {_path} --url URL");

        Assert.Contains("The file is for database shop on another server (db.example)", planned.Output.ReplaceLineEndings(" "), StringComparison.Ordinal);
        Assert.Equal((1, "plan-file-differs"), (refused.Code, refused.Json.GetProperty("problem").GetProperty("key").GetString()));
        Assert.True(refused.Json.GetProperty("planFile").GetProperty("anotherDatabase").GetBoolean());
        Assert.Null(_runner.Applied);
        await CliRun.RunAsync(_runner, $"apply --yes --plan {_path} --accept-differences --url URL");
        Assert.NotNull(_runner.Applied);

        static Inspection On(string system) => ScriptedRunner.Ready with
        {
            Snapshot = ScriptedRunner.Ready.Snapshot! with { Server = ScriptedRunner.Ready.Snapshot!.Server with { SystemIdentifier = system, DatabaseOid = 16384 } },
        };
    }

    [Fact]
    public async Task Script_is_made_from_the_file_alone_once_its_key_is_agreed_to()
    {
        await File.WriteAllTextAsync(_path, (await CliRun.RunAsync(_runner, "export --format plan --url URL")).Output);
        var file = PlanFileFormat.Read(await File.ReadAllBytesAsync(_path)).File!;
        var nobody = new ScriptedRunner { WhileReading = () => Assert.Fail("Nobody connects.") };

        var script = await CliRun.RunAsync(nobody, $"plan --plan {_path} --sql");
        Assert.Equal(0, script.Code);
        Assert.Contains("CREATE USER \"clickpipes_user\" NOLOGIN;\n", script.Output, StringComparison.Ordinal);
        Assert.Contains("\\password :\"clickpipes_user\"\n", script.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("•", script.Output, StringComparison.Ordinal);
        Assert.Equal(3, (await CliRun.RunAsync(nobody, $"plan --plan {_path} --sql --url URL")).Code);
        Assert.Equal(3, (await CliRun.RunAsync(nobody, $"plan --plan {_path}")).Code);
        Assert.Equal(3, (await CliRun.RunAsync(nobody, $"plan --plan {_path} --sql --json")).Code);

        using var stranger = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var text = PlanFileFormat.Write(file, stranger);
        await File.WriteAllTextAsync(_path, text);
        var unknown = await CliRun.RunAsync(nobody, $"plan --plan {_path} --sql");
        Assert.Equal((3, ""), (unknown.Code, unknown.Output));
        Assert.Contains(PlanFileFormat.FingerprintOf(stranger), unknown.Error, StringComparison.Ordinal);
        await File.WriteAllTextAsync(_path, text.Replace("clickpipes_user", "other", StringComparison.Ordinal));
        var changed = await CliRun.RunAsync(nobody, $"plan --plan {_path} --sql --trust-key {PlanFileFormat.FingerprintOf(stranger)}");
        Assert.Equal((3, ""), (changed.Code, changed.Output));
        await File.WriteAllTextAsync(_path, text);
        Assert.Equal(0, (await CliRun.RunAsync(nobody, $"plan --plan {_path} --sql --trust-key {PlanFileFormat.FingerprintOf(stranger)}")).Code);
    }

    [Theory]
    [InlineData("check --plan")]
    [InlineData("plan --plan FILE --sql --table public.a")]
    [InlineData("plan --plan FILE --user somebody --url URL")]
    [InlineData("apply --yes --plan FILE --provider amazon-rds --url URL")]
    [InlineData("plan --trust-key SHA256:x --url URL")]
    [InlineData("apply --yes --accept-differences --url URL")]
    [InlineData("plan --plan FILE.gone --sql")]
    public async Task Options_that_have_no_say_are_refused(string line)
    {
        await File.WriteAllTextAsync(_path, (await CliRun.RunAsync(_runner, "export --format plan --url URL")).Output);
        _runner.WhileReading = () => Assert.Fail("Nothing is read.");

        var refused = await CliRun.RunAsync(_runner, line.Replace("FILE", _path, StringComparison.Ordinal));

        Assert.Equal((3, ""), (refused.Code, refused.Output));
        Assert.Contains("--", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Folder_empty_file_and_file_without_an_end_are_refused_in_words()
    {
        await File.WriteAllTextAsync(_path, "");
        foreach (var (name, said) in new[] { (Path.GetDirectoryName(_path)!, "no such file"), (_path, "not a plan file"), ("/dev/zero", "not a plan file") }.Where(f => !OperatingSystem.IsWindows() || f.Item1[0] != '/'))
        {
            var refused = await CliRun.RunAsync(_runner, $"plan --sql --plan {name}");
            Assert.Equal(3, refused.Code);
            Assert.Contains(said, refused.Error, StringComparison.Ordinal);
            Assert.Contains(name, refused.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Finished_plan_is_told_in_a_sentence()
    {
        await File.WriteAllTextAsync(_path, (await CliRun.RunAsync(_runner, "export --format plan --url URL")).Output);
        _runner.Changes = [];

        var planned = await CliRun.RunAsync(_runner, $"plan --plan {_path} --url URL");

        Assert.Equal(0, planned.Code);
        Assert.Contains("needs nothing of it any more", planned.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("CREATE USER", planned.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Long_statement_is_wrapped_at_blanks_outside_of_quotes()
    {
        _runner.Changes = [ScriptedRunner.CreatePublication with { Statement = new SqlText($"CREATE PUBLICATION \"clickpipes\" FOR TABLE \"{new string('a', 40)} it's a \"\"b\"\" {new string('c', 40)}\", \"public\".\"orders\"") }];

        var planned = (await CliRun.RunAsync(_runner, "plan --url URL")).Output;

        Assert.Contains($"\n             \"{new string('a', 40)} it's a \"\"b\"\" {new string('c', 40)}\",\n", planned, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_path)!, recursive: true);
}
