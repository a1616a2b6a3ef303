using System.Diagnostics;
using Microsoft.Playwright;
using SetupWizard.Core.Providers;
using SetupWizard.E2E.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace SetupWizard.E2E.Tests.Journeys;

/// <summary>The wizard ends while a page of it is open, and another one begins at the same address.</summary>
[Collection(WizardFixture.Collection)]
public sealed class RestartTests(WizardFixture wizard) : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("setupwizard-e2e-").FullName;

    [Fact]
    public async Task Page_says_at_once_that_the_wizard_is_gone_and_comes_back_by_itself_with_it()
    {
        var app = await AppProcess.StartAsync(_data, requireToken: false);
        await using var visitor = await wizard.VisitAsync(app: app);
        await visitor.TrySandboxAsync(SelfManaged.Id);
        var dot = visitor.Page.Locator(".pill-dot");
        await Expect(dot).Not.ToHaveCSSAsync("background-color", "rgba(0, 0, 0, 0)");
        await visitor.OpenAsync("/setup/replication");

        // Nothing is pressed from here on. A browser that was told takes moments; one that finds out by itself half a minute.
        await app.DisposeAsync();
        var clock = Stopwatch.StartNew();
        await Expect(Dialog(visitor)).ToBeVisibleAsync();
        await Expect(dot).ToHaveCSSAsync("background-color", "rgba(0, 0, 0, 0)");
        await Expect(Dialog(visitor).GetByRole(AriaRole.Heading, new() { Name = visitor.Say.Text("Reconnect.Failed"), Exact = true })).ToBeVisibleAsync();
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(20), $"It took {clock.Elapsed}.");

        // The client goes on trying meanwhile. What it says of a wizard that nobody reaches must not be what is shown in between, nor what is read aloud.
        var said = await Dialog(visitor).EvaluateAsync<string[]>(
            "async dialog => { const said = new Set(); for (let i = 0; i < 50; i++) { said.add(dialog.dataset.state + ' ' + dialog.getAttribute('aria-labelledby')); await new Promise(next => setTimeout(next, 100)); } return [...said]; }");
        Assert.Equal(["failed reconnect-failed"], said);

        // In the middle of the window, whatever the style sheet of a library thinks of a dialog of this name.
        var box = (await Dialog(visitor).BoundingBoxAsync())!;
        var window = visitor.Page.ViewportSize!;
        Assert.InRange(box.X + (box.Width / 2), (window.Width / 2) - 10, (window.Width / 2) + 10);

        await using var next = await AppProcess.StartAsync(_data, new Uri(app.Address).Port, requireToken: false);
        await Expect(Dialog(visitor)).ToBeHiddenAsync();
        await visitor.SeeHeadingAsync("Step.Replication.Title");
        await visitor.SeeTextAsync("Summary.NotChecked");
        await Expect(visitor.Page.Locator("html")).Not.ToHaveAttributeAsync("data-lost", "");
    }

    [Fact]
    public async Task Page_says_that_another_wizard_wants_its_own_address_opened()
    {
        var app = await AppProcess.StartAsync(_data);
        await using var visitor = await wizard.VisitAsync(app: app);
        await visitor.OpenAsync("/setup/connect");

        await app.DisposeAsync();
        await using var next = await AppProcess.StartAsync(_data, new Uri(app.Address).Port);

        await Expect(Dialog(visitor).GetByRole(AriaRole.Heading, new() { Name = visitor.Say.Text("Reconnect.Restarted"), Exact = true })).ToBeVisibleAsync();
        await Expect(Dialog(visitor).GetByText(visitor.Say.Text("Reconnect.RestartedText"))).ToBeVisibleAsync();
        await Expect(visitor.Page).ToHaveURLAsync(app.Address + "/setup/connect");

        await visitor.Page.GotoAsync(await next.EntryUrlAsync());
        await visitor.SeeHeadingAsync("Start.Title");
    }

    public void Dispose() => Directory.Delete(_data, recursive: true);

    private static ILocator Dialog(Visitor visitor) => visitor.Page.Locator("dialog.reconnect");
}
