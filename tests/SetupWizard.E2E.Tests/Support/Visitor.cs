using System.Text.RegularExpressions;
using Microsoft.Playwright;
using SetupWizard.Sessions.Steps;
using static Microsoft.Playwright.Assertions;

namespace SetupWizard.E2E.Tests.Support;

/// <summary>Somebody at the wizard with a browser of their own, who finds things by role and name.</summary>
public sealed class Visitor : IAsyncDisposable
{
    /// <summary>How long anything may take before it counts as failed: a limit that a busy machine keeps too, and nothing that is waited for.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly List<string> _errors = [];

    public Visitor(IPage page, Say say)
    {
        Page = page;
        Say = say;
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
            {
                _errors.Add(message.Text + " " + message.Location);
            }
        };
        page.PageError += (_, error) => _errors.Add(error);
        SetDefaultExpectTimeout((float)Patience.TotalMilliseconds);
    }

    public IPage Page { get; }

    /// <summary>The language of the page.</summary>
    public Say Say { get; private set; }

    /// <summary>How often something was clicked.</summary>
    public int Clicks { get; private set; }

    /// <summary>The setup steps at the side.</summary>
    public ILocator Rail => Page.GetByRole(AriaRole.Navigation, new() { Name = Say.Text("Rail.Label"), Exact = true });

    /// <summary>The header's own buttons and links.</summary>
    public ILocator Tools => Page.GetByRole(AriaRole.Navigation, new() { Name = Say.Text("Header.Tools"), Exact = true });

    public ILocator Main => Page.GetByRole(AriaRole.Main);

    public ILocator Button(string key) => Main.GetByRole(AriaRole.Button, new() { NameRegex = Say.Pattern(key) });

    public ILocator Link(string key) => Main.GetByRole(AriaRole.Link, new() { NameRegex = Say.Pattern(key) });

    public ILocator Heading(string key) => Main.GetByRole(AriaRole.Heading, new() { NameRegex = Say.Pattern(key) });

    public ILocator Field(string key) => Main.GetByLabel(Say.Text(key), new() { Exact = true });

    /// <summary>The card of a requirement, such as <c>SW202</c>.</summary>
    public ILocator Finding(string code) => Main.GetByRole(AriaRole.Article).Filter(new() { Has = Page.GetByText(code, new() { Exact = true }) });

    public async Task ClickAsync(ILocator what)
    {
        await what.ClickAsync();
        Clicks++;
    }

    /// <summary>Chooses from a list: a click opens it, another takes the entry.</summary>
    public async Task SelectAsync(ILocator list, string value)
    {
        await list.SelectOptionAsync(value);
        Clicks += 2;
    }

    /// <summary>Ticks a box.</summary>
    public async Task CheckAsync(ILocator box)
    {
        await box.CheckAsync();
        Clicks++;
    }

    public Task PressAsync(string buttonKey) => ClickAsync(Button(buttonKey).First);

    /// <summary>Goes on to the next step by the action bar.</summary>
    public async Task ContinueToAsync(WizardStep step)
    {
        await ClickAsync(Main.GetByRole(AriaRole.Link, new() { Name = Say.Text("Action.Continue", ("step", NameOf(step))), Exact = true }));
        await ArriveAsync(step);
    }

    /// <summary>Opens a step by the rail.</summary>
    public async Task OpenStepAsync(WizardStep step)
    {
        await ClickAsync(RailLink(step));
        await ArriveAsync(step);
    }

    /// <summary>Opens a page by its address.</summary>
    public async Task OpenAsync(string path)
    {
        await Page.GotoAsync(path);
        await ArriveAsync();
    }

    /// <summary>Waits until a step was opened: its heading has the focus.</summary>
    public async Task ArriveAsync(WizardStep step)
    {
        await SeeStepAsync(step);
        await ArriveAsync();
    }

    /// <summary>
    /// Waits until the page that was opened has moved the focus to its heading. That is the last thing it does, a moment after it is drawn: whoever
    /// uses the keyboard before loses the place. A page that stays, or takes the focus elsewhere, is only looked at.
    /// </summary>
    public Task ArriveAsync() => Expect(Main.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToBeFocusedAsync();

    public Task SeeStepAsync(WizardStep step) => SeeHeadingAsync($"Step.{step}.Title");

    /// <summary>Waits for the page's first heading.</summary>
    public Task SeeHeadingAsync(string key) =>
        Expect(Main.GetByRole(AriaRole.Heading, new() { Level = 1, Name = Say.Text(key), Exact = true })).ToBeVisibleAsync();

    public Task SeeTextAsync(string key) => Expect(Main.GetByText(Say.Part(key)).First).ToBeVisibleAsync();

    /// <summary>Waits until the rail says a state of a step, in words.</summary>
    public Task SeeStatusAsync(WizardStep step, string statusKey) =>
        Expect(RailLink(step)).ToHaveAccessibleNameAsync(new Regex(@",\s*" + Say.Part(statusKey)));

    public ILocator RailLink(WizardStep step) =>
        Rail.GetByRole(AriaRole.Link, new() { NameRegex = new Regex("^" + Regex.Escape(NameOf(step)) + @"\s*,") });

    public string NameOf(WizardStep step) => Say.Text($"Step.{step}.Name");

    /// <summary>Loads the page again in a language.</summary>
    public async Task SpeakAsync(string language)
    {
        var path = new Uri(Page.Url).PathAndQuery;
        Say = new Say(language);
        await Page.GotoAsync($"/culture?to={language}&back={Uri.EscapeDataString(path)}");

        // Where a run has ended, its result takes the focus from the page's heading.
        await Expect(Main.Locator("h1:focus, #run-title:focus")).ToHaveCountAsync(1);
    }

    /// <summary>The browser's console stayed silent.</summary>
    public void SawNoErrors() => Assert.True(_errors.Count == 0, "The browser's console has errors:\n" + string.Join('\n', _errors));

    public async ValueTask DisposeAsync() => await Page.Context.CloseAsync();
}
