using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using SetupWizard.Core.Connecting;
using SetupWizard.Core.Wording;
using SetupWizard.E2E.Tests.Support;
using SetupWizard.Sandbox;
using SetupWizard.Sessions.Steps;
using static Microsoft.Playwright.Assertions;

namespace SetupWizard.E2E.Tests.Journeys;

/// <summary>A server of one's own, by hand, with everything going wrong first.</summary>
[Collection(WizardFixture.Collection)]
public sealed class ConnectTests(WizardFixture wizard)
{
    private const string Password = """Zq7'x"V9:k%T 20%2F\@/?#& 비밀 번호""";

    [Fact]
    public async Task Somebody_who_mistypes_everything_keeps_what_was_typed_and_gets_in_with_a_pasted_string()
    {
        await using var server = await PostgresSandbox.StartAsync(new SandboxOptions { Profile = SandboxProfile.AmazonRds, AdminPassword = Password, Writer = false }, null, CancellationToken.None);
        await using var relay = new Relay(IPAddress.Parse("127.0.0.2"), server.Port);
        await using var visitor = await wizard.VisitAsync();
        await visitor.ClickAsync(visitor.Link("Start.Begin"));
        await visitor.ArriveAsync(WizardStep.Provider);
        await visitor.ClickAsync(visitor.Link("Provider.DetectLater"));
        await visitor.ArriveAsync(WizardStep.Connect);

        await visitor.PressAsync("Connect.Do");
        await Expect(visitor.Main.GetByRole(AriaRole.Alert)).ToBeFocusedAsync();
        await Expect(visitor.Field("Connect.Host")).ToHaveAttributeAsync("aria-invalid", "true");

        var typed = new Dictionary<string, string>
        {
            ["Connect.Host"] = server.Host,
            ["Connect.Port"] = server.Port.ToString(CultureInfo.InvariantCulture),
            ["Connect.Database"] = server.Database,
            ["Connect.User"] = server.AdminUser,
            ["Connect.Password"] = "not the password",
        };
        foreach (var (field, text) in typed)
        {
            await visitor.Field(field).FillAsync(text);
        }

        await visitor.ChooseCertificateAsync(server);
        await FailsAsync(visitor, ConnectStage.LogIn, typed);

        typed["Connect.Host"] = "db.nowhere.invalid";
        await visitor.Field("Connect.Host").FillAsync(typed["Connect.Host"]);
        await FailsAsync(visitor, ConnectStage.Resolve, typed);

        typed["Connect.Host"] = "127.0.0.2";
        typed["Connect.Port"] = relay.Port.ToString(CultureInfo.InvariantCulture);
        await visitor.Field("Connect.Host").FillAsync(typed["Connect.Host"]);
        await visitor.Field("Connect.Port").FillAsync(typed["Connect.Port"]);
        await FailsAsync(visitor, ConnectStage.Tls, typed);
        await Expect(visitor.Finding("SW101").Locator("dl.evidence").First).ToContainTextAsync("localhost");

        await visitor.Field("Connect.Paste").FillAsync($"postgres://{server.AdminUser}:{Uri.EscapeDataString(Password)}@{server.Host}:{server.Port}/{server.Database}?sslmode=verify-full");
        await visitor.Field("Connect.Paste").PressAsync("Tab");
        await Expect(visitor.Field("Connect.Host")).ToHaveValueAsync(server.Host);
        await Expect(visitor.Field("Connect.Password")).ToHaveValueAsync(Password);
        await Expect(visitor.Field("Connect.Paste")).ToHaveValueAsync("");
        await visitor.PressAsync("Connect.Do");
        await Expect(visitor.Heading("Connect.Ok")).ToBeVisibleAsync();
        await visitor.SeeStatusAsync(WizardStep.Connect, "Status.Done");

        var canary = new Canary("admin's password", Password);
        await SeesNoSecretAsync(visitor, canary);
        await visitor.OpenStepAsync(WizardStep.Access);
        await SeesNoSecretAsync(visitor, canary);
        await visitor.OpenAsync("/setup/connect");
        await visitor.PressAsync("Connect.Change");
        await Expect(visitor.Field("Connect.Password")).ToHaveValueAsync(Password);
        await SeesNoSecretAsync(visitor, canary);
        visitor.SawNoErrors();
    }

    /// <summary>Connecting stops at a stage with a message in four parts, and nothing typed is lost.</summary>
    private static async Task FailsAsync(Visitor visitor, ConnectStage failing, Dictionary<string, string> typed)
    {
        await visitor.PressAsync("Connect.Do");
        var stage = visitor.Main.GetByRole(AriaRole.Listitem).Filter(new() { HasText = ConnectText.For(failing, visitor.Say.Culture) });
        await Expect(stage).ToHaveClassAsync(new Regex("stage-failed"));
        var card = visitor.Finding("SW101");
        await Expect(card.GetByRole(AriaRole.Heading)).ToBeVisibleAsync();
        foreach (var part in new[] { "Finding.Why", "Finding.Result" })
        {
            var term = card.Locator("dl.parts > div").Filter(new() { Has = visitor.Page.Locator("dt").GetByText(visitor.Say.Text(part), new() { Exact = true }) });
            await Expect(term.Locator("dd")).Not.ToBeEmptyAsync();
        }

        await Expect(card.Locator(".finding-fix")).Not.ToBeEmptyAsync();
        foreach (var (field, text) in typed)
        {
            await Expect(visitor.Field(field)).ToHaveValueAsync(text);
        }
    }

    private static async Task SeesNoSecretAsync(Visitor visitor, Canary canary)
    {
        canary.IsNotIn(await visitor.Page.ContentAsync(), "the HTML of " + visitor.Page.Url);
        canary.IsNotIn(visitor.Page.Url, "the address");
    }
}
