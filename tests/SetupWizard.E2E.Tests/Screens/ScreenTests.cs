using Microsoft.Playwright;
using SetupWizard.Core.Providers;
using SetupWizard.E2E.Tests.Support;
using SetupWizard.Sessions.Steps;
using Xunit.Abstractions;
using static Microsoft.Playwright.Assertions;

namespace SetupWizard.E2E.Tests.Screens;

/// <summary>Every screen in both languages and themes. With <c>SETUPWIZARD_TOUR</c> set to a directory, the pictures of the tour are put there.</summary>
[Collection(WizardFixture.Screens)]
public sealed class ScreenTests(WizardFixture wizard, ITestOutputHelper output)
{
    [Fact]
    public async Task Every_screen_is_accessible_translated_and_fits_in_both_languages_and_themes()
    {
        await using var visitor = await wizard.VisitAsync();
        var inspector = new Inspector(visitor, output, Environment.GetEnvironmentVariable("SETUPWIZARD_TOUR"));

        await inspector.LookAsync("start", shots: Shots.Themes | Shots.Korean | Shots.Narrow);
        await visitor.ClickAsync(visitor.Link("Start.Begin"));
        await visitor.ArriveAsync(WizardStep.Provider);
        await inspector.LookAsync("provider-open");
        await visitor.OpenAsync("/setup/connect");
        await inspector.LookAsync("connect-form", async () =>
        {
            await visitor.PressAsync("Connect.Do");
            await Expect(visitor.Main.Locator("#error-summary")).ToBeFocusedAsync();
        });
        await visitor.Field("Connect.Host").FillAsync("127.0.0.1");
        await visitor.Field("Connect.Port").FillAsync("1");
        await visitor.Field("Connect.Database").FillAsync("shop");
        await visitor.Field("Connect.User").FillAsync("postgres");
        await visitor.PressAsync("Connect.Do");
        await Expect(visitor.Heading("Connect.Failed")).ToBeVisibleAsync();
        await inspector.LookAsync("connect-failed");

        await visitor.OpenAsync("/");
        await visitor.TrySandboxAsync(AmazonRds.Id);
        await inspector.LookAsync("connect", shots: Shots.Themes);
        await visitor.OpenAsync("/");
        await inspector.LookAsync("start-again");
        await visitor.OpenAsync("/setup/provider");
        await inspector.LookAsync("provider", shots: Shots.Themes);
        await visitor.OpenStepAsync(WizardStep.Replication);
        await inspector.LookAsync("replication", OpenGuideAsync, Shots.Themes | Shots.Korean | Shots.Narrow);
        await visitor.DoReplicationAsync("SW202");
        await inspector.LookAsync("replication-done");

        // A table that needs a choice first, so that it is read and published with the others.
        await visitor.OpenStepAsync(WizardStep.Tables);
        await visitor.ChooseFullAsync("public.audit_log");
        await visitor.OpenStepAsync(WizardStep.Access);
        await inspector.LookAsync("access", shots: Shots.Themes);
        await inspector.LookAsync("access-review", ReviewAsync, Shots.Light);
        await visitor.PressAsync("Review.Apply");
        await visitor.SeeAppliedAsync(WizardStep.Access);
        await inspector.LookAsync("access-applied");

        await visitor.OpenStepAsync(WizardStep.Tables);
        await inspector.LookAsync("tables", shots: Shots.Themes | Shots.Korean | Shots.Narrow);
        await inspector.LookAsync("tables-review", ReviewAsync);
        await visitor.AgreeAsync();
        await visitor.PressAsync("Review.Apply");
        await visitor.SeeAppliedAsync(WizardStep.Tables);
        await inspector.LookAsync("tables-applied");

        await visitor.OpenStepAsync(WizardStep.Network);
        await visitor.ChooseRegionAsync();
        await inspector.LookAsync("network", shots: Shots.Themes);
        await visitor.OpenStepAsync(WizardStep.Verify);
        await inspector.LookAsync("verify-before");
        await visitor.ProveAsync();
        await inspector.LookAsync("verify", shots: Shots.Themes | Shots.Korean);
        await visitor.ContinueToAsync(WizardStep.Finish);
        await visitor.SeeTextAsync("Finish.Proved");
        await inspector.LookAsync("finish", shots: Shots.Themes);
        await visitor.OpenAsync("/activity");
        await inspector.LookAsync("activity", () => visitor.Main.Locator(".activity > li").First.WaitForAsync());
        await visitor.OpenAsync("/watch");
        await inspector.LookAsync("watch", () => visitor.Page.Locator(".wal-chart").WaitForAsync());
        await inspector.LookAsync("end-session", OpenEndDialogAsync);

        inspector.SawNothingWrong();
        visitor.SawNoErrors();

        async Task ReviewAsync()
        {
            await visitor.PressAsync("Action.Review");
            await Expect(visitor.Heading("Review.Title")).ToBeFocusedAsync();
        }

        async Task OpenGuideAsync()
        {
            // In a sandbox the drawn console of the first problem is open from the start.
            await Expect(visitor.Main.Locator("figure.drawing")).ToBeVisibleAsync();
        }

        async Task OpenEndDialogAsync()
        {
            await visitor.ClickAsync(visitor.Tools.GetByRole(AriaRole.Button, new() { Name = visitor.Say.Text("Header.End"), Exact = true }));
            await visitor.SeeFocusInAsync(visitor.Page.GetByRole(AriaRole.Dialog));
        }
    }

    [Fact]
    public async Task Every_picture_of_a_console_is_accessible_translated_and_fits_in_both_languages_and_themes()
    {
        await using var visitor = await wizard.VisitAsync();
        var inspector = new Inspector(visitor, output, Environment.GetEnvironmentVariable("SETUPWIZARD_TOUR"));
        await visitor.OpenAsync("/illustrations");
        await visitor.SeeHeadingAsync("Illustrations.Title");
        await inspector.LookAsync("illustrations", everywhere: true);
        foreach (var provider in ProviderCatalog.All.Where(p => p.Guides.Any(g => g.Steps.Any(s => s.Picture is not null))))
        {
            await inspector.ShootPartAsync("pictures-" + provider.Id, visitor.Page.Locator($"section[aria-labelledby='set-{provider.Id}']"));
        }

        inspector.SawNothingWrong();
        visitor.SawNoErrors();
    }

    /// <summary>A component that follows the system, and not the page, is white on a dark one.</summary>
    [Fact]
    public async Task Chosen_theme_wins_over_the_systems_in_all_that_is_on_a_page()
    {
        await using var visitor = await wizard.VisitAsync();
        await visitor.Page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
        await visitor.OpenAsync("/setup/connect");
        await visitor.ClickAsync(visitor.Page.GetByRole(AriaRole.Button, new() { Name = visitor.Say.Text("Header.Dark"), Exact = true }));
        await Expect(visitor.Page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
        var otherwise = await visitor.Page.EvaluateAsync<string[]>("[...document.querySelectorAll('body *')].filter(e => getComputedStyle(e).colorScheme !== 'dark').map(e => e.outerHTML.slice(0, 80))");
        Assert.Empty(otherwise);
    }

    [Fact]
    public async Task A_page_that_does_not_exist_says_so_and_leads_back()
    {
        await using var visitor = await wizard.VisitAsync();
        await visitor.Page.GotoAsync("/setup/nowhere");
        await visitor.SeeHeadingAsync("NotFound.Title");
        var inspector = new Inspector(visitor, output, null);
        await inspector.LookAsync("not-found");
        inspector.SawNothingWrong();
        await visitor.ClickAsync(visitor.Link("NotFound.Start"));
        await visitor.SeeHeadingAsync("Start.Title");
    }

    [Fact]
    public async Task A_stranger_without_the_token_is_told_where_the_address_is()
    {
        await using var visitor = await wizard.VisitAsync();
        await visitor.Page.Context.ClearCookiesAsync();
        await visitor.Page.GotoAsync("/setup/connect");
        await Expect(visitor.Page.GetByRole(AriaRole.Heading, new() { Level = 1, Name = visitor.Say.Text("Token.Title"), Exact = true })).ToBeVisibleAsync();
        await visitor.Page.GotoAsync(await wizard.App.EntryUrlAsync());
        await visitor.SeeHeadingAsync("Start.Title");
        Assert.DoesNotContain("token", visitor.Page.Url, StringComparison.Ordinal);
    }
}
