namespace SetupWizard.Web.Tests.Cli;

public sealed class SecretTests
{
    private readonly ScriptedRunner _runner = new() { Changes = [ScriptedRunner.CreateUser], Answer = ScriptedRunner.Blocked };

    [Fact]
    public async Task Password_in_the_url_is_used_with_a_warning_that_does_not_repeat_it()
    {
        var run = await CliRun.RunAsync(_runner, "check --url postgres://admin:ur%3Al-secret@db.example/shop");

        Assert.Equal("ur:l-secret", _runner.Target!.Credentials.AdminPassword!.Reveal());
        Assert.Contains("SETUPWIZARD_ADMIN_PASSWORD", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("l-secret", run.Error + run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("postgres://admin:[YOUR-PASSWORD]@db.example/shop", "[YOUR-PASSWORD]")]
    [InlineData("postgres://admin:{your_password}@db.example/shop", "{your_password}")]
    [InlineData("host=db.example/**/password=${PW:-canary}/**/user=admin/**/dbname=shop", "${PW}")]
    public async Task Mark_in_the_place_of_the_password_is_no_password_and_the_variable_comes_instead(string url, string mark)
    {
        var run = await CliRun.RunAsync(_runner, "check --url URL", url: url.Replace("/**/", " ", StringComparison.Ordinal), variables: ["SETUPWIZARD_ADMIN_PASSWORD=right-secret"]);

        Assert.Equal("right-secret", _runner.Target!.Credentials.AdminPassword!.Reveal());
        Assert.Contains(mark + " only marks the place of the password", run.Error, StringComparison.Ordinal);
        Assert.Contains("The password comes from SETUPWIZARD_ADMIN_PASSWORD.", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("other users of this machine", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", run.Error + run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", run.Error + run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mark_in_the_place_of_the_password_is_asked_for_where_nothing_else_gives_it()
    {
        await CliRun.RunAsync(_runner, "check --url URL", url: "postgres://admin:<password>@db.example/shop", interactive: true, typed: ["typed"], variables: []);

        Assert.Equal("typed", _runner.Target!.Credentials.AdminPassword!.Reveal());
    }

    [Fact]
    public async Task Standard_input_gives_the_admin_password_first_and_the_ClickPipes_password_second()
    {
        await CliRun.RunAsync(_runner, "apply --yes --url URL", input: "one\ntwo\n", variables: []);

        Assert.Equal("one", _runner.Target!.Credentials.AdminPassword!.Reveal());
        Assert.Equal("two", _runner.Target.Credentials.ClickPipesPassword!.Reveal());
    }

    [Theory]
    [InlineData("apply --yes --url URL")]
    [InlineData("plan --dry-run --url URL")]
    [InlineData("verify --url URL")]
    public async Task Missing_ClickPipes_password_exits_3_and_names_its_variable(string line)
    {
        var run = await CliRun.RunAsync(_runner, line, variables: ["SETUPWIZARD_ADMIN_PASSWORD=x"]);

        Assert.Equal(3, run.Code);
        Assert.Contains("SETUPWIZARD_CLICKPIPES_PASSWORD", run.Error, StringComparison.Ordinal);
        Assert.Null(_runner.Applied);
    }

    [Theory]
    [InlineData("t0ken-secret")]
    [InlineData(null)]
    public async Task Verify_with_an_IAM_role_takes_a_token_or_goes_without(string? token)
    {
        string[] variables = ["SETUPWIZARD_ADMIN_PASSWORD=x", .. token is null ? Array.Empty<string>() : ["SETUPWIZARD_CLICKPIPES_PASSWORD=" + token]];

        var run = await CliRun.RunAsync(_runner, "verify --auth iam --iam-role arn:aws:iam::123456789012:role/clickpipes --url URL", variables: variables);

        Assert.NotEqual(3, run.Code);
        Assert.Equal(token, _runner.Target!.Credentials.ClickPipesPassword?.Reveal());
        Assert.DoesNotContain("t0ken-secret", run.Output + run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Apply_that_needs_no_password_does_not_ask_for_one()
    {
        _runner.Changes = [ScriptedRunner.CreatePublication];

        await CliRun.RunAsync(_runner, "apply --yes --url URL", variables: ["SETUPWIZARD_ADMIN_PASSWORD=x"]);

        Assert.NotNull(_runner.Applied);
        Assert.Null(_runner.Target!.Credentials.ClickPipesPassword);
    }

    [Fact]
    public async Task Missing_admin_password_is_named_when_the_source_could_not_be_read()
    {
        _runner.Answer = ScriptedRunner.Unreadable;

        var run = await CliRun.RunAsync(_runner, "check --json --url URL", variables: []);

        Assert.Equal(2, run.Code);
        Assert.Contains("SETUPWIZARD_ADMIN_PASSWORD", run.Error, StringComparison.Ordinal);
        Assert.False(run.Json.GetProperty("ready").GetBoolean());
    }

    [Fact]
    public async Task Password_typed_differently_the_second_time_is_refused()
    {
        var run = await CliRun.RunAsync(_runner, "apply --yes --url URL", interactive: true, typed: ["admin", "first", "second"], variables: []);

        Assert.Equal(3, run.Code);
        Assert.Null(_runner.Applied);
    }

    [Theory]
    [InlineData("check --url URL")]
    [InlineData("plan --url URL")]
    [InlineData("plan --sql --url URL")]
    [InlineData("plan --json --url URL")]
    [InlineData("export --format markdown --url URL")]
    [InlineData("export --format terraform --url URL")]
    [InlineData("apply --yes --url URL")]
    public async Task No_secret_is_ever_printed(string line)
    {
        var run = await CliRun.RunAsync(_runner, line);

        Assert.DoesNotContain("admin-secret", run.Output + run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("pipe-secret", run.Output + run.Error, StringComparison.Ordinal);
    }
}
