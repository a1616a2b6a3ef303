using Microsoft.Playwright;
using SetupWizard.Core.Providers;
using SetupWizard.E2E.Tests.Support;
using SetupWizard.Sessions.Steps;
using static Microsoft.Playwright.Assertions;

namespace SetupWizard.E2E.Tests.Journeys;

/// <summary>From blocking to green by operating the drawn console and nothing else.</summary>
[Collection(WizardFixture.Collection)]
public sealed class ConsoleDrawingTests(WizardFixture wizard)
{
    [Fact]
    public async Task The_drawn_RDS_console_turns_logical_replication_on()
    {
        await using var visitor = await wizard.VisitAsync();
        await visitor.TrySandboxAsync(AmazonRds.Id);
        await visitor.ContinueToAsync(WizardStep.Replication);
        await visitor.SeeStatusAsync(WizardStep.Replication, "Status.ToFix");
        var clicks = visitor.Clicks;
        var console = new DrawnConsole(visitor);

        // The picture of the next instruction takes the place of this one: what is done there before that is lost with it.
        await console.PressAsync("Console.rds.CreateGroup");
        await console.TypeAsync("Console.rds.GroupName", "shop-prod-clickpipes");
        await console.TypeAsync("Console.Description", "ClickPipes");
        await console.PickAsync("Console.rds.Family", "postgres12");
        await console.PressAsync("Console.Create");
        await Expect(console.Refusal).ToBeVisibleAsync();
        await console.SeeInstructionAsync(3);
        await console.PickAsync("Console.rds.Family", await visitor.Main.Locator(".walk-now .value code").InnerTextAsync());
        await console.PressAsync("Console.Create");
        await console.SeeInstructionAsync(4);
        await console.PressNamedAsync("shop-prod-clickpipes");
        await console.PressAsync("Console.rds.Edit");
        await console.TypeAsync("Console.rds.Filter", "rds.logical_replication");
        await console.TypeAsync("Console.ValueOf", "1", "rds.logical_replication");
        await console.SeeInstructionAsync(6);
        await console.TypeAsync("Console.rds.Filter", "wal_sender_timeout");
        await console.TypeAsync("Console.ValueOf", "0", "wal_sender_timeout");
        await console.PressAsync("Console.rds.SaveChanges");
        await console.SeeInstructionAsync(7);
        await console.PressAsync("Console.rds.Databases");
        await console.PressNamedAsync("shop-prod");
        await console.PressAsync("Console.rds.Modify");
        await console.SeeInstructionAsync(8);
        await Expect(visitor.Main.Locator(".walk-steps > li.done")).ToHaveCountAsync(7);
        await console.PickAsync("Console.rds.DbGroup", "shop-prod-clickpipes");
        await console.PressAsync("Console.Continue");
        await console.Drawing.GetByRole(AriaRole.Radio, new() { Name = visitor.Say.Text("Console.rds.Immediately"), Exact = true }).CheckAsync();
        await console.PressAsync("Console.rds.ModifyButton");
        await console.SeeStoryAsync("Story.Waiting");
        await visitor.SeeStatusAsync(WizardStep.Replication, "Status.ToFix");
        await console.PressAsync("Console.rds.Actions");
        await console.PressAsync("Console.rds.Reboot");
        await console.PressAsync("Console.Confirm");

        await console.SeeStoryAsync("Story.Gone");
        await console.SeeStoryAsync("Story.Back");
        await visitor.SeeStatusAsync(WizardStep.Replication, "Status.Done");
        await console.SeeStoryAsync("Story.Green");
        Assert.Equal(clicks, visitor.Clicks);
        visitor.SawNoErrors();
    }

    [Fact]
    public async Task The_drawn_Azure_portal_sets_wal_level_and_restarts()
    {
        await using var visitor = await wizard.VisitAsync("ko");
        await visitor.TrySandboxAsync(AzureFlexible.Id);
        await visitor.ContinueToAsync(WizardStep.Replication);
        await visitor.SeeStatusAsync(WizardStep.Replication, "Status.ToFix");
        var clicks = visitor.Clicks;
        var console = new DrawnConsole(visitor);

        await console.PressAsync("Console.azure.Parameters");
        await console.TypeAsync("Console.azure.Filter", "wal_level");
        await console.SeeInstructionAsync(3);
        await console.PickAsync("Console.ValueOf", "LOGICAL", "wal_level");
        await console.PressAsync("Console.Save");
        await console.SeeInstructionAsync(5);
        await console.PressAsync("Console.azure.SaveAndRestart");

        await console.SeeStoryAsync("Story.Gone");
        await console.SeeStoryAsync("Story.Back");
        await visitor.SeeStatusAsync(WizardStep.Replication, "Status.Done");
        await console.SeeStoryAsync("Story.Green");
        Assert.Equal(clicks, visitor.Clicks);
        visitor.SawNoErrors();
    }

    [Fact]
    public async Task The_focus_goes_on_with_the_instructions_so_that_no_mouse_is_needed()
    {
        await using var visitor = await wizard.VisitAsync();
        await visitor.TrySandboxAsync(AmazonRds.Id);
        await visitor.ContinueToAsync(WizardStep.Replication);
        var console = new DrawnConsole(visitor);
        var keyboard = visitor.Page.Keyboard;

        await console.Button("Console.rds.CreateGroup").FocusAsync();
        await keyboard.PressAsync("Enter");
        await Expect(console.Field("Console.rds.GroupName")).ToBeFocusedAsync();
        await CountWritesAsync(console.Field("Console.rds.GroupName"));
        await CountWritesAsync(console.Field("Console.Description"));
        await keyboard.TypeAsync("by-keyboard");
        await keyboard.PressAsync("Tab");
        await keyboard.TypeAsync("ClickPipes");
        await Expect(console.Field("Console.rds.GroupName")).ToHaveValueAsync("by-keyboard");
        await Expect(console.Field("Console.Description")).ToHaveValueAsync("ClickPipes");
        await keyboard.PressAsync("Tab");
        await Expect(console.Field("Console.rds.Family")).ToBeFocusedAsync();

        // A text that the server writes back into the field takes away what was typed meanwhile.
        await console.SeeInstructionAsync(3);
        Assert.Equal(0, await visitor.Page.EvaluateAsync<int>("window.writes"));
        visitor.SawNoErrors();
    }

    /// <summary>Counts how often the page sets a field's text.</summary>
    private static async Task CountWritesAsync(ILocator field) => await field.EvaluateAsync("""
        field => {
          const value = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value');
          window.writes ??= 0;
          Object.defineProperty(field, 'value', { get() { return value.get.call(this); }, set(text) { window.writes++; value.set.call(this, text); } });
        }
        """);

    /// <summary>The drawing that is open, and what is in it, by its own words.</summary>
    private sealed class DrawnConsole(Visitor visitor)
    {
        public ILocator Drawing => visitor.Main.Locator("figure.drawing");

        public ILocator Refusal => Drawing.GetByRole(AriaRole.Alert);

        public ILocator Button(string key) => Drawing.GetByRole(AriaRole.Button, new() { Name = visitor.Say.Text(key), Exact = true });

        public ILocator Field(string key, string name = "") => Drawing.GetByLabel(visitor.Say.Text(key, ("name", name)), new() { Exact = true });

        public Task PressAsync(string key) => Button(key).ClickAsync();

        /// <summary>Presses something that has a name of the user's own.</summary>
        public Task PressNamedAsync(string name) => Drawing.GetByRole(AriaRole.Button, new() { Name = name, Exact = true }).ClickAsync();

        public Task TypeAsync(string key, string value, string name = "") => Field(key, name).FillAsync(value);

        public async Task PickAsync(string key, string value, string name = "") => await Field(key, name).SelectOptionAsync(value);

        /// <summary>Waits until an instruction, counted from 1, is the current one.</summary>
        public Task SeeInstructionAsync(int number) =>
            Expect(visitor.Main.Locator(".walk-steps > li").Nth(number - 1)).ToHaveClassAsync("now");

        /// <summary>Waits until a stage has a time. It is told in the drawing while there is one, and above the findings afterwards.</summary>
        public Task SeeStoryAsync(string key) =>
            Expect(visitor.Main.GetByRole(AriaRole.Listitem).Filter(new() { HasText = visitor.Say.Text(key), Has = visitor.Page.Locator("time") }).First).ToBeVisibleAsync();
    }
}
