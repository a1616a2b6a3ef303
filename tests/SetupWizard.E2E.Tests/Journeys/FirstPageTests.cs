using SetupWizard.E2E.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace SetupWizard.E2E.Tests.Journeys;

/// <summary>The first pages are there before their connection: what somebody does until then is not lost.</summary>
[Collection(WizardFixture.Collection)]
public sealed class FirstPageTests(WizardFixture wizard)
{
    [Fact]
    public async Task What_is_typed_before_the_connection_is_kept_and_the_focus_stays()
    {
        await using var visitor = await wizard.VisitAsync();
        var held = new TaskCompletionSource();
        await visitor.Page.RouteAsync(
            "**/_blazor/negotiate**",
            async route =>
            {
                await held.Task;
                await route.ContinueAsync();
            });
        await visitor.Page.GotoAsync("/setup/connect");
        var field = visitor.Page.Locator("#connect-host");
        await field.FillAsync("db.example.com");
        var before = await visitor.Page.Locator("main").ElementHandleAsync();

        held.SetResult();

        await visitor.Page.WaitForFunctionAsync("main => !main.isConnected", before);
        await Expect(field).ToHaveValueAsync("db.example.com");
        await Expect(field).ToBeFocusedAsync();

        // The server has it, too: another page comes back to it.
        await visitor.Rail.GetByRole(Microsoft.Playwright.AriaRole.Link).First.ClickAsync();
        await visitor.Page.GoBackAsync();
        await Expect(field).ToHaveValueAsync("db.example.com");
    }
}
