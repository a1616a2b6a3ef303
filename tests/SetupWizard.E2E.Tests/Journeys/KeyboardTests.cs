using Microsoft.Playwright;
using SetupWizard.Core.Providers;
using SetupWizard.E2E.Tests.Support;
using SetupWizard.Sessions.Steps;
using static Microsoft.Playwright.Assertions;

namespace SetupWizard.E2E.Tests.Journeys;

/// <summary>The same way without a mouse.</summary>
[Collection(WizardFixture.Collection)]
public sealed class KeyboardTests(WizardFixture wizard)
{
    [Fact]
    public async Task The_whole_journey_works_with_Tab_Enter_and_Space_alone()
    {
        await using var visitor = await wizard.VisitAsync();
        await visitor.PressOnAsync(visitor.SandboxButton(AmazonRds.Id), "Enter");
        await visitor.SeeSandboxAsync();
        await SeeFocusedAsync(visitor, WizardStep.Replication);

        await visitor.PressOnAsync(visitor.Finding("SW202").GetByRole(AriaRole.Button, new() { Name = visitor.Say.Text("Sandbox.DoIt"), Exact = true }), "Space");
        await visitor.SeeStatusAsync(WizardStep.Replication, "Status.Done");

        await ContinueToAsync(visitor, WizardStep.Access);
        await ApplyAsync(visitor, WizardStep.Access);
        await ContinueToAsync(visitor, WizardStep.Tables);
        await ApplyAsync(visitor, WizardStep.Tables);

        await ContinueToAsync(visitor, WizardStep.Network);
        var region = visitor.Field("Network.Region");
        await visitor.TabToAsync(region);
        await visitor.Page.Keyboard.PressAsync("ArrowDown");
        await Expect(visitor.Heading("Network.Addresses")).ToBeVisibleAsync();
        await visitor.PressOnAsync(visitor.Page.Locator("#network-allowed input"), "Space");
        await visitor.SeeStatusAsync(WizardStep.Network, "Status.Done");

        await ContinueToAsync(visitor, WizardStep.Verify);
        await visitor.PressOnAsync(visitor.Button("Verify.Run"), "Enter");
        await Expect(visitor.Heading("Verify.Passed")).ToBeVisibleAsync();

        await ContinueToAsync(visitor, WizardStep.Finish);
        await visitor.SeeTextAsync("Finish.Proved");
        Assert.Equal(0, visitor.Clicks);
        visitor.SawNoErrors();
    }

    [Fact]
    public async Task The_first_Tab_reaches_the_skip_link_and_it_leads_to_the_content()
    {
        await using var visitor = await wizard.VisitAsync();
        await visitor.Page.ReloadAsync();
        await visitor.SeeHeadingAsync("Start.Title");
        await visitor.ArriveAsync();
        var skip = visitor.Page.GetByRole(AriaRole.Link, new() { Name = visitor.Say.Text("App.Skip"), Exact = true });
        await visitor.Page.EvaluateAsync("document.activeElement.blur()");
        await visitor.TabToAsync(skip);
        await visitor.Page.Keyboard.PressAsync("Enter");
        await Expect(visitor.Main).ToBeFocusedAsync();
        visitor.SawNoErrors();
    }

    private static async Task ApplyAsync(Visitor visitor, WizardStep step)
    {
        await visitor.PressOnAsync(visitor.Button("Action.Review"), "Enter");
        await Expect(visitor.Heading("Review.Title")).ToBeFocusedAsync();
        await visitor.PressOnAsync(visitor.Button("Review.Apply"), "Space");
        await visitor.SeeAppliedAsync(step);

        // Whoever waits by ear is taken to the result.
        await Expect(visitor.Heading("Run.Completed")).ToBeFocusedAsync();
    }

    private static async Task ContinueToAsync(Visitor visitor, WizardStep step)
    {
        var link = visitor.Main.GetByRole(AriaRole.Link, new() { Name = visitor.Say.Text("Action.Continue", ("step", visitor.NameOf(step))), Exact = true });
        await Expect(link).ToBeVisibleAsync();
        await visitor.PressOnAsync(link, "Enter");
        await SeeFocusedAsync(visitor, step);
    }

    private static async Task SeeFocusedAsync(Visitor visitor, WizardStep step)
    {
        var heading = visitor.Main.GetByRole(AriaRole.Heading, new() { Level = 1, Name = visitor.Say.Text($"Step.{step}.Title"), Exact = true });
        await Expect(heading).ToBeFocusedAsync();
        await Expect(visitor.Page).ToHaveTitleAsync(visitor.Say.Text("App.StepTitle", ("name", visitor.NameOf(step)), ("step", (int)step + 1), ("total", 8)));
    }
}
