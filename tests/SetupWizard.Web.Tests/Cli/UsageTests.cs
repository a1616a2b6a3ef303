using System.Text.Json;
using SetupWizard.Core.Model;

namespace SetupWizard.Web.Tests.Cli;

public sealed class UsageTests
{
    private readonly ScriptedRunner _runner = new();

    [Theory]
    [InlineData("chek --url URL")]
    [InlineData("chek --json")]
    [InlineData("check --json")]
    [InlineData("check --json --url URL --no-such-option")]
    [InlineData("watch --json --count 0 --url URL")]
    [InlineData("check")]
    [InlineData("check --url")]
    [InlineData("check --url URL --url URL")]
    [InlineData("check --url URL --no-such-option")]
    [InlineData("check --url URL --lang fr")]
    [InlineData("check --url mysql://admin@db.example/shop")]
    [InlineData("check --url postgres://admin@db.example:99999/shop")]
    [InlineData("check --url db.example")]
    [InlineData("check --url URL --provider amazon")]
    [InlineData("check --url URL --table orders")]
    [InlineData("check --url URL --identity-full a.b.c")]
    [InlineData("check --url URL --only-grows a.b")]
    [InlineData("check --url URL --region frankfurt")]
    [InlineData("check --url URL --auth token")]
    [InlineData("check --url URL --auth iam --provider azure-flexible")]
    [InlineData("check --url URL --auth iam --iam-role clickpipes")]
    [InlineData("check --url URL --auth iam --disable-tls")]
    [InlineData("check --url URL --disable-tls --skip-cert-verification")]
    [InlineData("check --url URL --tls-host not/a/host")]
    [InlineData("check --url URL --sync-interval 0")]
    [InlineData("check --url URL --only-grows public.orders")]
    [InlineData("check --url URL --iam-role arn:aws:iam::123456789012:role/clickpipes")]
    [InlineData("check --url URL --region aws:frankfurt")]
    [InlineData("check --url URL --service-created 2026-01-31")]
    [InlineData("check --url URL --region aws:eu-west-1 --service-created 31.1.2026")]
    [InlineData("check --url URL --ca-file /no/such/file")]
    [InlineData("check --url URL --user aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggg")]
    [InlineData("check --url URL --user u\n\\!")]
    [InlineData("check --url URL --user u\r\\!")]
    [InlineData("check --url URL --user \u3000")]
    [InlineData("check --url URL --publication p\u2028q")]
    [InlineData("check --url URL --publication \u00A0\u3000")]
    [InlineData("check --url URL --ssh bastion")]
    [InlineData("check --url URL --ssh me@bastion:ssh")]
    [InlineData("check --url URL --ssh me@")]
    [InlineData("check --url URL --ssh=-oProxyCommand=x@bastion")]
    [InlineData("check --url URL --ssh-key key.pem")]
    [InlineData("check --url URL --ssh me@bastion --ssh-key /no/such/file")]
    [InlineData("check --url URL --ssh me@bastion --ssh-host-key MD5:16:27:ac")]
    [InlineData("plan --url URL --sql --json")]
    [InlineData("plan --url URL --sql --dry-run")]
    [InlineData("export --url URL")]
    [InlineData("export --url URL --format pdf")]
    [InlineData("apply --url URL")]
    [InlineData("apply --url URL --json")]
    [InlineData("serve --port 70000")]
    [InlineData("serve --port x")]
    [InlineData("sandbox")]
    [InlineData("sandbox --profile mainframe")]
    [InlineData("sandbox --profile azure --version 12")]
    [InlineData("sandbox reboot")]
    [InlineData("sandbox set wal_level --port 5432")]
    public async Task Wrong_usage_exits_3_with_a_sentence_and_touches_nothing(string line)
    {
        var run = await CliRun.RunAsync(_runner, line);

        Assert.Equal(3, run.Code);
        if (line.Contains("--json", StringComparison.Ordinal))
        {
            Assert.Equal("usage", run.Json.GetProperty("problem").GetProperty("key").GetString());
        }
        else
        {
            Assert.Empty(run.Output);
        }

        Assert.Contains(' ', run.Error);
        Assert.DoesNotMatch(@"\b(Cli|Field|Help)\.[A-Z]", run.Error);
        Assert.Null(_runner.Target);
    }

    [Theory]
    [InlineData("frobnicate")]
    [InlineData("check")]
    [InlineData("check extra --url URL")]
    [InlineData("plan --frob --url URL")]
    [InlineData("export --url URL")]
    [InlineData("export --format nope --url URL")]
    [InlineData("plan --trust-key x --url URL")]
    [InlineData("sandbox --profile mainframe")]
    public async Task Wrong_usage_is_told_in_the_reader_s_language_and_leads_to_the_verb_s_help(string line)
    {
        var run = await CliRun.RunAsync(_runner, line + " --lang ko");

        Assert.Equal(3, run.Code);
        Assert.All(run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries), said => Assert.Matches("[가-힣]", said));
        var verb = line.Split(' ')[0] is var first and not "frobnicate" ? " " + first : "";
        Assert.Contains($"SetupWizard{verb} --help", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("check")]
    [InlineData("plan")]
    [InlineData("apply")]
    [InlineData("verify")]
    [InlineData("watch")]
    [InlineData("export")]
    [InlineData("guide")]
    [InlineData("sandbox")]
    [InlineData("sandbox set")]
    public async Task Help_fits_the_terminal_and_says_every_option_once_in_the_reader_s_language(string verb)
    {
        foreach (var language in new[] { "en", "ko" })
        {
            var help = (await CliRun.RunAsync(_runner, $"{verb} --help --lang {language}")).Output;

            Assert.DoesNotContain("Help.", help, StringComparison.Ordinal);
            Assert.All(help.Split('\n'), l => Assert.True(l.Sum(c => c is >= '\uac00' and <= '\ud7a3' ? 2 : 1) <= 100, l));
            var options = System.Text.RegularExpressions.Regex.Matches(help, "^  (?:-h, )?(--[a-z-]+)", System.Text.RegularExpressions.RegexOptions.Multiline).Select(m => m.Groups[1].Value).ToList();
            Assert.Contains("--help", options);
            Assert.Equal(options.Distinct(), options);

            // What an option says of others is said of those beside it, and of another verb where that is named.
            var mentioned = System.Text.RegularExpressions.Regex.Matches(help.ReplaceLineEndings(" ").Replace("export --format", "", StringComparison.Ordinal), "--[a-z][a-z-]*[a-z]").Select(m => m.Value);
            Assert.Empty(mentioned.Except(options));
            Assert.Contains("SetupWizard " + verb, help, StringComparison.Ordinal);
            Assert.True(language == "en" || help.Split('\n').Count(l => l.Any(c => c is >= '\uac00' and <= '\ud7a3')) >= 6, help);
        }
    }

    [Theory]
    [InlineData("check --help")]
    [InlineData("check --help --lang ko")]
    [InlineData("sandbox --help")]
    [InlineData("--help")]
    public async Task Help_exits_0_and_explains_every_option(string line)
    {
        var run = await CliRun.RunAsync(_runner, line);

        Assert.Equal(0, run.Code);
        Assert.DoesNotMatch(@"\bHelp\.[A-Z]", run.Output);
        Assert.Contains("--lang", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "serve  ")]
    [InlineData("serve", "serve  ")]
    [InlineData("--port 0", "serve 0 ")]
    [InlineData("serve --port 8080 --host 0.0.0.0", "serve 8080 0.0.0.0")]
    public async Task Web_app_is_the_default_verb(string line, string served)
    {
        var run = await CliRun.RunAsync(_runner, line);

        Assert.Equal((0, served), (run.Code, run.Output));
    }

    [Fact]
    public async Task Options_reach_the_engine_as_target_and_goal()
    {
        var run = await CliRun.RunAsync(
            _runner,
            "check --url postgres://admin@db.example:6000/shop?sslmode=require --provider azure-flexible --user u --publication p --schema a --schema b"
            + " --table s.t --table \"S.x\".\"t\" --all-tables-of-schema w --identity-full s.t --identity-full s.log --only-grows s.log --region aws:eu-central-1");

        Assert.Equal(0, run.Code);
        Assert.Equal(new SourceEndpoint { Host = "db.example", Port = 6000, Database = "shop", Tls = TlsMode.Require }, _runner.Target!.Endpoint);
        Assert.Equal("admin", _runner.Target.Credentials.AdminUser);
        Assert.Equal("admin-secret", _runner.Target.Credentials.AdminPassword!.Reveal());
        var goal = _runner.Goal!;
        Assert.Equal(("azure-flexible", "u", "p", "aws:eu-central-1"), (goal.Provider, goal.User, goal.Publication, goal.Region));
        Assert.Equal(["a", "b"], goal.Schemas);
        Assert.Equal([new TableRef("s", "t"), new TableRef("S.x", "t")], goal.Tables);
        Assert.Equal(["w"], goal.WholeSchemas);
        Assert.True(goal.FutureTables);
        Assert.Equal([new IdentityChoice(new TableRef("s", "t"), IdentityKind.Full), new IdentityChoice(new TableRef("s", "log"), IdentityKind.Full, OnlyGrows: true)], goal.Identities);
    }

    [Theory]
    [InlineData("--region aws:eu-west-1 --service-created 2026-01-20", ServiceAge.New)]
    [InlineData("--region AWS:eu-west-1 --service-created 2026-01-19", ServiceAge.Old)]
    [InlineData("--region aws:eu-west-1", ServiceAge.NotSure)]
    public async Task Day_of_the_service_becomes_its_age(string options, ServiceAge age)
    {
        await CliRun.RunAsync(_runner, "check --url URL " + options);

        Assert.Equal(("aws:eu-west-1", age), (_runner.Goal!.Region, _runner.Goal.ServiceAge));
    }

    [Fact]
    public async Task Goal_without_options_is_the_guides_own()
    {
        await CliRun.RunAsync(_runner, "check --url URL");

        Assert.Equal((SetupGoal.DefaultUser, SetupGoal.DefaultPublication), (_runner.Goal!.User, _runner.Goal.Publication));
        Assert.Null(_runner.Goal.Provider);
        Assert.Empty(_runner.Goal.Schemas);
        Assert.Empty(_runner.Goal.Tables);
    }

    [Fact]
    public async Task Tables_of_the_future_can_be_left_out()
    {
        await CliRun.RunAsync(_runner, "plan --url URL --schema a --no-future-tables");

        Assert.False(_runner.Goal!.FutureTables);
    }

    [Fact]
    public async Task Language_of_the_environment_is_used_when_none_is_asked_for()
    {
        var korean = await CliRun.RunAsync(_runner, "check --url URL", variables: ["LANG=ko_KR.UTF-8", "SETUPWIZARD_ADMIN_PASSWORD=x"]);
        var english = await CliRun.RunAsync(_runner, "check --url URL --lang en", variables: ["LANG=ko_KR.UTF-8", "SETUPWIZARD_ADMIN_PASSWORD=x"]);

        Assert.Contains("준비 완료", korean.Output, StringComparison.Ordinal);
        Assert.Contains("Ready for ClickPipes", english.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("host=db.example hostaddr=10.0.0.5 user=admin dbname=shop", "--url: The address 10.0.0.5 (hostaddr) was not used")]
    [InlineData("postgres://admin@db.example/shop?application_name=x", "--url: Not used: application_name.")]
    [InlineData("jdbc:postgresql:shop?user=admin", "--url: A JDBC URL without a host means the machine it is used on: localhost was taken.")]
    public async Task What_of_the_url_is_not_used_is_said_beside_the_output(string url, string said)
    {
        var runner = new ScriptedRunner();

        var run = await CliRun.RunAsync(runner, "check --json --url URL", url: url);

        Assert.Contains(said, run.Error, StringComparison.Ordinal);
        Assert.Equal(url.StartsWith("jdbc", StringComparison.Ordinal) ? "localhost" : "db.example", runner.Target!.Endpoint.Host);
        Assert.Equal("shop", runner.Target.Endpoint.Database);
        Assert.Equal(JsonValueKind.Object, run.Json.ValueKind);
    }

    [Fact]
    public async Task Everything_that_is_wrong_with_the_url_is_said_at_once()
    {
        var run = await CliRun.RunAsync(new ScriptedRunner(), "check --url URL", url: "postgres://<user>:pw@<host>:5432/{your_database}");

        Assert.Equal(3, run.Code);
        Assert.Contains("host name is still to be filled in", run.Error, StringComparison.Ordinal);
        Assert.Contains("The database is still to be filled in.", run.Error, StringComparison.Ordinal);
        Assert.Contains("The user, or a part of it, is still to be filled in.", run.Error, StringComparison.Ordinal);
    }
}
