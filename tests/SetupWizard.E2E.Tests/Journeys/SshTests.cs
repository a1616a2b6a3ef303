using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using SetupWizard.Core.Connecting;
using SetupWizard.Core.Model;
using SetupWizard.Core.Wording;
using SetupWizard.E2E.Tests.Support;
using SetupWizard.Sandbox;
using SetupWizard.Testing;
using static Microsoft.Playwright.Assertions;

namespace SetupWizard.E2E.Tests.Journeys;

/// <summary>A database behind a bastion, from the form to a green Connect.</summary>
[Collection(WizardFixture.Collection)]
public sealed class SshTests(WizardFixture wizard)
{
    [Theory]
    [InlineData("en", 1440)]
    [InlineData("ko", 400)]
    public async Task Somebody_behind_a_bastion_compares_the_fingerprint_and_gets_in(string language, int width)
    {
        await using var bastion = await SshServer.StartAsync();
        await using var server = await PostgresSandbox.StartAsync(new SandboxOptions { Profile = SandboxProfile.Plain, Writer = false }, null, CancellationToken.None);
        await using var visitor = await wizard.VisitAsync(language, width: width);
        await visitor.OpenAsync("/setup/connect");
        foreach (var (field, typed) in new Dictionary<string, string>
        {
            ["Connect.Host"] = server.Host,
            ["Connect.Port"] = server.Port.ToString(CultureInfo.InvariantCulture),
            ["Connect.Database"] = server.Database,
            ["Connect.User"] = server.AdminUser,
            ["Connect.Password"] = server.AdminPassword,
        })
        {
            await visitor.Field(field).FillAsync(typed);
        }

        await visitor.ChooseCertificateAsync(server);
        await visitor.Main.GetByRole(AriaRole.Checkbox, new() { NameRegex = visitor.Say.Part("Ssh.Use") }).CheckAsync();
        await visitor.Field("Ssh.Host").FillAsync("127.0.0.1");
        await visitor.Field("Ssh.Port").FillAsync(bastion.Port.ToString(CultureInfo.InvariantCulture));
        await visitor.Field("Ssh.User").FillAsync(bastion.User);
        await visitor.Field("Ssh.Key").FillAsync(await File.ReadAllTextAsync(bastion.KeyFile("encrypted")));
        await visitor.Field("Ssh.Key").PressAsync("Tab");
        await Expect(visitor.Main.GetByText(visitor.Say.Text("Ssh.KeyPasted"))).ToBeVisibleAsync();
        await visitor.Field("Ssh.Passphrase").FillAsync("not the passphrase");
        Assert.True(await visitor.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= window.innerWidth"), "The page is wider than the window.");

        // Nothing is sent before the fingerprint is confirmed: the wrong passphrase is not even tried.
        await visitor.PressAsync("Connect.Do");
        await FailsAsync(visitor);
        await Expect(visitor.Finding("SW101")).ToContainTextAsync(bastion.Fingerprint);
        var proposal = new EndpointProposal("trust-host-key", new SourceEndpoint { Host = server.Host, Database = server.Database, Ssh = bastion.Endpoint });
        await visitor.ClickAsync(visitor.Finding("SW101").GetByRole(AriaRole.Button, new() { Name = ConnectText.For(proposal, visitor.Say.Culture), Exact = true }));
        await Expect(visitor.Finding("SW101")).Not.ToContainTextAsync(bastion.Fingerprint);
        await FailsAsync(visitor);
        await Expect(visitor.Field("Ssh.Host")).ToHaveValueAsync("127.0.0.1");
        await Expect(visitor.Main.GetByText(bastion.Fingerprint)).ToBeVisibleAsync();

        // A refusal that only a person can settle is settled by that person: the next attempt is a new one.
        await visitor.Field("Ssh.Passphrase").FillAsync(SshServer.Passphrase);
        await visitor.Field("Ssh.Passphrase").PressAsync("Enter");
        await Expect(visitor.Heading("Connect.Ok")).ToBeVisibleAsync();

        var keyLine = (await File.ReadAllLinesAsync(bastion.KeyFile("encrypted")))[1];
        Canary[] canaries = [new("SSH key", keyLine), new("passphrase", SshServer.Passphrase), new("admin's password", server.AdminPassword)];
        await SeesNoneAsync(visitor, canaries);
        await visitor.PressAsync("Connect.Change");
        await Expect(visitor.Main.GetByText(visitor.Say.Text("Ssh.KeyPasted"))).ToBeVisibleAsync();
        await SeesNoneAsync(visitor, canaries);
        await visitor.ConnectAgainAsync();

        await visitor.OpenAsync("/setup/network");
        await Expect(visitor.Main.GetByRole(AriaRole.Radio, new() { Name = visitor.Say.Text("Network.Ssh"), Exact = false }).First).ToBeCheckedAsync();
        await visitor.OpenAsync("/setup/finish");
        await Expect(visitor.Value("SshHost")).ToHaveTextAsync("127.0.0.1");
        await Expect(visitor.Value("SshUser")).ToHaveTextAsync(bastion.User);
        await SeesNoneAsync(visitor, canaries);
        foreach (var canary in canaries)
        {
            canary.IsNotIn(wizard.App.Output, "what the wizard printed");
            foreach (var (path, text) in await wizard.App.FilesAsync())
            {
                canary.IsNotIn(text, path);
            }
        }

        visitor.SawNoErrors();
    }

    private static async Task FailsAsync(Visitor visitor)
    {
        var stage = visitor.Main.GetByRole(AriaRole.Listitem).Filter(new() { HasText = ConnectText.For(ConnectStage.Tunnel, visitor.Say.Culture) });
        await Expect(stage).ToHaveClassAsync(new Regex("stage-failed"));
    }

    private static async Task SeesNoneAsync(Visitor visitor, Canary[] canaries)
    {
        var html = await visitor.Page.ContentAsync();
        foreach (var canary in canaries)
        {
            canary.IsNotIn(html, "the HTML of " + visitor.Page.Url);
            canary.IsNotIn(visitor.Page.Url, "the address");
        }
    }
}
