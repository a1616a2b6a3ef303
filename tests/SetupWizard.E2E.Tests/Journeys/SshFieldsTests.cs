using Microsoft.Playwright;
using SetupWizard.E2E.Tests.Screens;
using SetupWizard.E2E.Tests.Support;
using Xunit.Abstractions;
using static Microsoft.Playwright.Assertions;

namespace SetupWizard.E2E.Tests.Journeys;

/// <summary>The fields of a bastion without a mouse, and what axe says of them in each of their states.</summary>
[Collection(WizardFixture.Collection)]
public sealed class SshFieldsTests(WizardFixture wizard, ITestOutputHelper output)
{
    [Fact]
    public async Task Bastion_is_described_with_the_keyboard_alone_and_every_state_of_its_fields_is_accessible()
    {
        await using var visitor = await wizard.VisitAsync();
        var inspector = new Inspector(visitor, output, null);
        await visitor.OpenAsync("/setup/connect");
        await visitor.PressOnAsync(visitor.Main.GetByRole(AriaRole.Checkbox, new() { NameRegex = visitor.Say.Part("Ssh.Use") }), "Space");
        await Expect(visitor.Field("Ssh.Host")).ToBeVisibleAsync();

        // What is missing is said beside its field, and the summary leads there.
        await visitor.TypeInAsync(visitor.Field("Ssh.User"), "jump");
        await visitor.Page.Keyboard.PressAsync("Enter");
        await Expect(visitor.Field("Ssh.Host")).ToHaveAttributeAsync("aria-invalid", "true");
        await inspector.LookAsync("connect-ssh-missing", async () =>
        {
            await visitor.PressAsync("Connect.Do");
            await Expect(visitor.Main.Locator("#error-summary")).ToBeFocusedAsync();
        });
        await visitor.PressOnAsync(visitor.Main.Locator("#error-summary a[href$='ssh-host']"), "Enter");
        await Expect(visitor.Field("Ssh.Host")).ToBeFocusedAsync();
        await visitor.Page.Keyboard.InsertTextAsync("bastion.example");

        // A password in place of a key, by the arrows.
        await visitor.TabToAsync(Method(visitor, "SshMethod.Key"));
        await ArrowToAsync(visitor, Method(visitor, "SshMethod.Password"));
        await visitor.TypeInAsync(visitor.Field("Ssh.Password"), "canary-of-the-bastion");
        await visitor.Page.Keyboard.PressAsync("Tab");
        await visitor.Page.Keyboard.PressAsync("Space");
        await Expect(visitor.Field("Ssh.Password")).ToHaveAttributeAsync("type", "text");
        await inspector.LookAsync("connect-ssh-password");
        await Expect(visitor.Field("Ssh.Host")).ToHaveValueAsync("bastion.example");
        await Expect(visitor.Field("Ssh.User")).ToHaveValueAsync("jump");

        inspector.SawNothingWrong();
        visitor.SawNoErrors();
    }

    private static ILocator Method(Visitor visitor, string key) =>
        visitor.Main.GetByRole(AriaRole.Radio, new() { NameRegex = new("^" + visitor.Say.Text(key)) });

    /// <summary>From one choice to the next; there is one more where an SSH agent runs.</summary>
    private static async Task ArrowToAsync(Visitor visitor, ILocator choice)
    {
        for (var i = 0; i < 3 && !await choice.IsCheckedAsync(); i++)
        {
            await visitor.Page.Keyboard.PressAsync("ArrowDown");
        }

        await Expect(choice).ToBeCheckedAsync();
    }
}
