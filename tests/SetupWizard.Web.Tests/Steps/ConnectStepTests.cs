using Bunit;
using SetupWizard.Components.Steps;
using SetupWizard.Core.Connecting;
using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;
using SetupWizard.Sessions.Steps;
using SetupWizard.Web.Tests.Support;

namespace SetupWizard.Web.Tests.Steps;

public sealed class ConnectStepTests : WebTest
{
    [Fact]
    public async Task Empty_form_lists_every_problem_with_a_link_to_its_field()
    {
        Session.Draft.Port = "70000";
        var page = Show<ConnectStep>();
        await page.Find("#connect-form").SubmitAsync();
        Assert.Equal(["#connect-host", "#connect-port", "#connect-database", "#connect-user"], page.FindAll("#error-summary a").Select(a => a.GetAttribute("href")));
        var host = page.Find("#connect-host");
        Assert.Equal("true", host.GetAttribute("aria-invalid"));
        Assert.Equal("connect-host-error", host.GetAttribute("aria-describedby"));
        Assert.Null(Session.Attempt);
    }

    [Fact]
    public async Task Pasted_string_fills_the_fields_and_does_not_stay()
    {
        var page = Show<ConnectStep>();
        await page.Find("#connect-paste").InputAsync("postgres://admin:p%40ss@db.example.com:6543/shop?sslmode=require");
        Assert.Equal("db.example.com", page.Find("#connect-host").GetAttribute("value"));
        Assert.Equal("6543", page.Find("#connect-port").GetAttribute("value"));
        Assert.Equal("shop", page.Find("#connect-database").GetAttribute("value"));
        Assert.Equal("admin", page.Find("#connect-user").GetAttribute("value"));
        Assert.Equal("p@ss", Session.Draft.Password);
        Assert.Equal(TlsMode.Require, Session.Draft.Tls);
        Assert.Equal("", page.Find("#connect-paste").GetAttribute("value"));
    }

    [Fact]
    public async Task String_put_together_by_hand_is_taken_when_the_field_is_left()
    {
        var page = Show<ConnectStep>();
        await page.Find("#connect-paste").InputAsync("po");
        await page.Find("#connect-paste").InputAsync("postgres://admin@db.example.com");
        Assert.Equal("", Session.Draft.Host);
        await page.Find("#connect-paste").InputAsync("postgres://admin@db.example.com/shop");
        await page.Find("#connect-paste").ChangeAsync("postgres://admin@db.example.com/shop");
        Assert.Equal(("db.example.com", "shop"), (Session.Draft.Host, Session.Draft.Database));
        Assert.Equal("", page.Find("#connect-paste").GetAttribute("value"));
        Assert.Contains("host db.example.com · database shop · user admin", page.Find(".paste-taken").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Encryption_opens_where_it_is_not_as_usual_and_does_not_close_under_somebodys_hand()
    {
        var page = Show<ConnectStep>();
        Assert.False(page.Find(".fold").HasAttribute("open"));
        await page.FindAll(".fold input[type=radio]")[^1].ChangeAsync("on");
        Assert.NotEqual(TlsMode.VerifyFull, Session.Draft.Tls);
        Assert.True(page.Find(".fold").HasAttribute("open"));
        Session.Draft.Tls = TlsMode.VerifyFull;
        page.Render();
        Assert.True(page.Find(".fold").HasAttribute("open"));
    }

    [Fact]
    public async Task Unknown_string_says_so_and_keeps_the_fields()
    {
        Session.Draft.Host = "db.example.com";
        var page = Show<ConnectStep>();
        await page.Find("#connect-paste").InputAsync("no such thing");
        Assert.NotEmpty(page.FindAll(".field-error"));
        Assert.Equal("db.example.com", page.Find("#connect-host").GetAttribute("value"));
    }

    [Fact]
    public async Task What_was_not_used_of_a_pasted_string_is_said_until_somebody_connects()
    {
        var page = Show<ConnectStep>();
        await page.Find("#connect-paste").InputAsync("postgresql://app:[YOUR-PASSWORD]@db.example.com/shop?hostaddr=10.0.0.5&sslmode=verify-full&sslrootcert=/etc/ca.pem&application_name=me");
        Assert.Equal(
            [
                "[YOUR-PASSWORD] only marks the place of the password and was not taken: the password itself is still needed.",
                "The address 10.0.0.5 (hostaddr) was not used: the wizard connects by the host name, which the certificate is checked against.",
                "Not used: application_name.",
                "The CA certificate is in the file /etc/ca.pem on the machine the text was made for: choose it below.",
            ],
            page.FindAll(".paste-remark").Select(r => r.TextContent));
        Assert.Empty(page.FindAll(".field-error"));
        Assert.Equal("", Session.Draft.Password);
        Assert.Equal("db.example.com", Session.Draft.Host);
        await page.Find("#connect-form").SubmitAsync();
        Assert.Empty(Session.Draft.PasteRemarks);
    }

    [Fact]
    public async Task Pasted_string_with_a_secret_under_an_unknown_name_shows_none_of_it()
    {
        var page = Show<ConnectStep>();
        await page.Find("#connect-paste").InputAsync("postgresql://app@db.example.com/shop?canary1=canary2 canary3");
        Assert.DoesNotContain("canary", page.Markup, StringComparison.Ordinal);
        Assert.Equal(2, page.FindAll(".paste-remark").Count);
    }

    [Fact]
    public async Task String_pasted_where_the_provider_is_chosen_says_what_it_says_here()
    {
        var page = Show<ProviderStep>();
        await page.Find("#provider-paste").InputAsync("host=/var/run/postgresql user=app");
        Assert.Contains("This is a socket", page.Find(".field-error").TextContent, StringComparison.Ordinal);
        Assert.Empty(page.FindAll(".callout"));

        await page.Find("#provider-paste").InputAsync("postgres://app:<password>@db.abc.eu-west-1.rds.amazonaws.com/shop");
        Assert.Single(page.FindAll(".paste-remark"));
        Assert.Equal("amazon-rds", Session.Goal.Provider);
        Assert.Single(Show<ConnectStep>().FindAll(".paste-remark"));
    }

    [Fact]
    public async Task Running_connection_shows_five_stages_and_can_be_cancelled()
    {
        Runner.Hold = new TaskCompletionSource();
        Runner.Stages = [new(ConnectStage.Resolve, StageState.Passed, TimeSpan.FromMilliseconds(3)), new(ConnectStage.Reach, StageState.Running, TimeSpan.Zero)];
        var page = Show<ConnectStep>();
        var connecting = Session.ConnectAsync(Given.Endpoint, "admin", null);
        page.WaitForAssertion(() => Assert.Equal(5, page.FindAll(".stage").Count));
        Assert.Equal(["stage-passed", "stage-running", "stage-notstarted", "stage-notstarted", "stage-notstarted"], page.FindAll(".stage").Select(s => s.ClassList[1]));
        await page.Find(".action-bar .primary").ClickAsync();
        await connecting;
        page.WaitForAssertion(() => Assert.Contains("What you typed is still there.", page.Markup));
        Assert.NotNull(page.Find("#connect-form"));
    }

    [Fact]
    public async Task Failed_connection_names_the_stage_and_tries_a_proposal_with_one_click()
    {
        var direct = Given.Endpoint with { Port = 5433 };
        Runner.Report = Given.Refused(new EndpointProposal("use-direct-host", direct));
        var page = Show<ConnectStep>();
        await page.InvokeAsync(() => Session.ConnectAsync(Given.Endpoint, "admin", new SecretString("x")));
        page.WaitForAssertion(() => Assert.Contains("stage-failed", page.FindAll(".stage")[1].ClassName!));
        Assert.Equal(["Why", "As a result"], page.FindAll(".finding .why dt").Select(static t => t.TextContent));
        Assert.NotEmpty(page.Find(".finding .finding-fix").TextContent);
        Runner.Report = null;
        await page.Find(".finding .accent").ClickAsync();
        Assert.Equal(direct, Runner.LastTarget!.Endpoint);
        page.WaitForAssertion(() => Assert.Contains("Connected and read", page.Markup));
    }

    [Fact]
    public async Task Connected_source_is_summed_up_and_leads_on()
    {
        await ConnectAsync();
        var page = Show<ConnectStep>();
        Assert.Contains("PostgreSQL 16.4", page.Find(".facts").TextContent);
        Assert.Contains("shop_admin", page.Find(".facts").TextContent);
        Assert.Equal("Continue to Replication", page.Find(".action-bar .primary").TextContent);
    }

    [Fact]
    public async Task Another_provider_seen_on_the_server_is_one_click_away()
    {
        await Session.SetGoalAsync(Session.Goal with { Provider = "self-managed" });
        await ConnectAsync(Given.Finding(RequirementId.ProviderMatch, Area.Connect, FindingState.Warning, "contradicted"));
        var page = Show<ConnectStep>();
        await page.FindAll("button").Single(b => b.TextContent == "Switch to Amazon RDS").ClickAsync();
        Assert.Equal("amazon-rds", Session.Goal.Provider);
    }

    [Fact]
    public async Task Secrets_are_in_no_markup_of_a_connected_page()
    {
        Session.Draft.Password = "s3cret";
        await ConnectAsync(Given.ToFix(WizardStep.Connect));
        Assert.DoesNotContain("s3cret", Show<ConnectStep>().Markup);
    }

    [Fact]
    public async Task Bastion_has_fields_of_its_own_and_its_key_never_stays_in_the_page()
    {
        const string Key = "-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\ncanary\n-----END EC PRIVATE KEY-----";
        Session.Draft.Take(Given.Endpoint);
        Session.Draft.User = "admin";
        var page = Show<ConnectStep>();
        Assert.Empty(page.FindAll("#ssh-host"));
        await page.Find(".ssh input[type=checkbox]").ChangeAsync(true);
        await page.Find("#connect-form").SubmitAsync();
        Assert.Equal(["#ssh-host", "#ssh-user", "#ssh-key"], page.FindAll("#error-summary a").Select(a => a.GetAttribute("href")));

        await page.Find("#ssh-host").ChangeAsync("bastion.example.com");
        await page.Find("#ssh-port").ChangeAsync("2222");
        await page.Find("#ssh-user").ChangeAsync("ec2-user");
        await page.Find("#ssh-key").ChangeAsync("ssh-ed25519 AAAA somebody");
        Assert.Contains("public key", page.Find("#ssh-key-error").TextContent, StringComparison.Ordinal);
        await page.Find("#ssh-key").ChangeAsync(Key);
        Assert.Empty(page.FindAll("#ssh-key"));
        Assert.DoesNotContain("canary", page.Markup, StringComparison.Ordinal);
        await page.Find("#ssh-passphrase").ChangeAsync("open sesame");
        await page.Find("#connect-form").SubmitAsync();

        var target = Runner.LastTarget!;
        Assert.Equal(new SshEndpoint { Host = "bastion.example.com", Port = 2222, User = "ec2-user" }, target.Endpoint.Ssh);
        Assert.Equal((Key, "open sesame"), (target.Credentials.Ssh!.PrivateKey!.Reveal(), target.Credentials.Ssh.Passphrase!.Reveal()));
        Assert.NotNull(target.Tunnel);
        Assert.Equal(NetworkPath.Ssh, Session.Goal.Network);
        Assert.Equal(6, Session.Attempt!.Stages.Count);
    }

    [Fact]
    public async Task Confirmed_fingerprint_is_kept_for_its_own_server_only()
    {
        Session.Draft.Take(Given.Endpoint with { Ssh = new SshEndpoint { Host = "bastion.example.com", User = "ec2-user", HostKey = "SHA256:abc" } });
        var page = Show<ConnectStep>();
        Assert.Contains("SHA256:abc", page.Markup, StringComparison.Ordinal);
        await page.Find("#ssh-host").ChangeAsync("another.example.com");
        Assert.DoesNotContain("SHA256:abc", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Forgetting_closes_the_tunnel_and_wipes_the_key()
    {
        var ssh = new SshCredentials { PrivateKey = new SecretString("k") };
        await Session.ConnectAsync(Given.Endpoint with { Ssh = new SshEndpoint { Host = "b", User = "u" } }, "admin", null, ssh);
        var tunnel = Session.Target!.Tunnel!;
        Session.Draft.Ssh.TakeKey("-----BEGIN EC PRIVATE KEY-----\nx\n-----END EC PRIVATE KEY-----", null);

        await Session.ForgetAsync();

        Assert.Equal("ssh-lost", (await Assert.ThrowsAsync<SshTunnelException>(() => tunnel.OpenAsync(CancellationToken.None))).Case);
        Assert.Empty(Session.Draft.Ssh.Key);
        Assert.Null(Session.Credentials);
    }
}
