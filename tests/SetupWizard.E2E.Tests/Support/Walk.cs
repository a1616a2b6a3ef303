using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using SetupWizard.Components;
using SetupWizard.Sandbox;
using SetupWizard.Sessions.Steps;
using static Microsoft.Playwright.Assertions;

namespace SetupWizard.E2E.Tests.Support;

/// <summary>The way through the wizard on a sandbox, one method for each step, as somebody clicks it.</summary>
public static class Walk
{
    /// <summary>The region chosen on the Network step.</summary>
    public const string Region = "aws:eu-central-1";

    /// <summary>From Start to a green Finish on a sandbox, as a newcomer clicks it. What a console would do is done by the sandbox's own button.</summary>
    /// <param name="visitor">Somebody at Start.</param>
    /// <param name="provider">Whose sandbox.</param>
    /// <param name="consoleFinding">The finding with that button.</param>
    /// <param name="look">Looks at each step as it is when it was opened.</param>
    public static async Task ToFinishAsync(this Visitor visitor, string provider, string consoleFinding, Func<WizardStep, Task>? look = null)
    {
        look ??= static _ => Task.CompletedTask;
        await visitor.StartSandboxAsync(provider);
        await visitor.SeeStatusAsync(WizardStep.Replication, "Status.ToFix");
        await look(WizardStep.Replication);
        await visitor.DoReplicationAsync(consoleFinding);

        await visitor.ContinueToAsync(WizardStep.Access);
        await visitor.SeeStatusAsync(WizardStep.Access, "Status.ToFix");
        await look(WizardStep.Access);
        await visitor.ApplyAsync(WizardStep.Access);

        await visitor.ContinueToAsync(WizardStep.Tables);
        await visitor.SeeStatusAsync(WizardStep.Tables, "Status.ToFix");
        await look(WizardStep.Tables);
        await visitor.ApplyAsync(WizardStep.Tables);

        await visitor.ContinueToAsync(WizardStep.Network);
        await look(WizardStep.Network);
        await visitor.AllowAddressesAsync();

        await visitor.PressAsync("Verify.Run");
        await visitor.SeeProvedAsync();
        await look(WizardStep.Verify);

        await visitor.ContinueToAsync(WizardStep.Finish);
        await visitor.SeeTextAsync("Finish.Proved");
        await look(WizardStep.Finish);
        foreach (var step in Enum.GetValues<WizardStep>().Except([WizardStep.Provider]))
        {
            await visitor.SeeStatusAsync(step, "Status.Done");
        }
    }

    /// <summary>From Start to the first thing to do on a sandbox that is connected and read.</summary>
    public static async Task StartSandboxAsync(this Visitor visitor, string provider)
    {
        await visitor.ClickAsync(visitor.SandboxButton(provider));
        await visitor.SeeSandboxAsync();
    }

    /// <summary>From Start to the page of a sandbox's connection.</summary>
    public static async Task TrySandboxAsync(this Visitor visitor, string provider)
    {
        await visitor.StartSandboxAsync(provider);
        await visitor.OpenStepAsync(WizardStep.Connect);
    }

    /// <summary>Waits until a sandbox is connected. A server is created and started: seconds, and more on a machine that is busy or has to fetch PostgreSQL first.</summary>
    public static async Task SeeSandboxAsync(this Visitor visitor)
    {
        await Expect(visitor.Page).ToHaveURLAsync(new Regex(SetupRoutes.To(WizardStep.Replication) + "$"), new() { Timeout = (float)TimeSpan.FromMinutes(5).TotalMilliseconds });
        await visitor.ArriveAsync(WizardStep.Replication);
        await visitor.SeeStatusAsync(WizardStep.Connect, "Status.Done");
    }

    /// <summary>The button of a provider under "Try it on a sandbox".</summary>
    public static ILocator SandboxButton(this Visitor visitor, string provider) =>
        visitor.Main.GetByRole(AriaRole.Button, new() { Name = visitor.Say.Text($"Provider.{provider}.Name") + " " + visitor.Say.Text($"Sandbox.{provider}"), Exact = true });

    /// <summary>The sandbox behind the page, taken hold of from here.</summary>
    public static async Task<PostgresSandbox> AttachAsync(this Visitor visitor)
    {
        await visitor.PressAsync("Connect.Change");
        var port = int.Parse(await visitor.Field("Connect.Port").InputValueAsync(), CultureInfo.InvariantCulture);
        await visitor.ConnectAgainAsync();
        return await PostgresSandbox.AttachAsync(port, CancellationToken.None);
    }

    /// <summary>Connects from the form that <c>Connect.Change</c> opened. Above it the former connection stays green, so the button tells when the new one is.</summary>
    public static async Task ConnectAgainAsync(this Visitor visitor)
    {
        await Expect(visitor.Button("Connect.Change")).ToHaveCountAsync(0);
        await visitor.PressAsync("Connect.Do");
        await Expect(visitor.Button("Connect.Change")).ToBeVisibleAsync();
        await Expect(visitor.Heading("Connect.Ok")).ToBeVisibleAsync();
    }

    /// <summary>Chooses the server's certificate on Connect, and sees that it was read.</summary>
    public static async Task ChooseCertificateAsync(this Visitor visitor, PostgresSandbox server)
    {
        await visitor.SeeFileFieldAsync("connect-ca");
        await visitor.Field("Connect.Ca").SetInputFilesAsync(server.CaCertificatePath);
        await Expect(visitor.Main.GetByText(visitor.Say.Text("Connect.CaUsed", ("name", Path.GetFileName(server.CaCertificatePath))))).ToBeVisibleAsync();
    }

    /// <summary>Waits until a file can be chosen. Blazor listens to a file field a moment after it is drawn; nobody but a robot chooses a file before.</summary>
    public static Task SeeFileFieldAsync(this Visitor visitor, string id) =>
        visitor.Page.WaitForFunctionAsync("id => document.getElementById(id)?._blazorInputFileNextFileId !== undefined", id);

    /// <summary>The console's part by the sandbox's own buttons, until nothing is left to change.</summary>
    public static async Task DoReplicationAsync(this Visitor visitor, string firstToFix)
    {
        await visitor.SeeStatusAsync(WizardStep.Replication, "Status.ToFix");
        await visitor.ClickAsync(visitor.Finding(firstToFix).GetByRole(AriaRole.Button, new() { Name = visitor.Say.Text("Sandbox.DoIt"), Exact = true }));
        await visitor.SeeStatusAsync(WizardStep.Replication, "Status.Done");
    }

    /// <summary>Reviews what a step would change, applies it, and sees that it is in effect.</summary>
    public static async Task ApplyAsync(this Visitor visitor, WizardStep step)
    {
        await visitor.PressAsync("Action.Review");
        await Expect(visitor.Heading("Review.Title")).ToBeFocusedAsync();
        await visitor.PressAsync("Review.Apply");
        await visitor.SeeAppliedAsync(step);
    }

    /// <summary>Waits until the run that was started has made all its changes.</summary>
    public static async Task SeeAppliedAsync(this Visitor visitor, WizardStep step)
    {
        await Expect(visitor.Heading("Run.Completed")).ToBeVisibleAsync();
        await visitor.SeeStatusAsync(step, "Status.Done");
    }

    /// <summary>The choice of a row identity for a table.</summary>
    public static ILocator IdentityOf(this Visitor visitor, string table) =>
        visitor.Main.GetByLabel(visitor.Say.Text("Tables.IdentityOf", ("table", table)), new() { Exact = true });

    /// <summary>Chooses FULL for a table without a key, and says that it only grows.</summary>
    public static async Task ChooseFullAsync(this Visitor visitor, string table)
    {
        await visitor.SelectAsync(visitor.IdentityOf(table), "full");
        await visitor.CheckAsync(visitor.Main.GetByLabel(visitor.Say.Text("Tables.OnlyGrowsOf", ("table", table)), new() { Exact = true }));
    }

    /// <summary>Ticks the box about the lasting cost.</summary>
    public static Task AgreeAsync(this Visitor visitor) =>
        visitor.CheckAsync(visitor.Main.GetByRole(AriaRole.Checkbox, new() { Name = visitor.Say.Text("Review.Consent") }));

    /// <summary>Chooses a region, sees its addresses, and says that they are allowed: until then the step is not done.</summary>
    public static async Task ChooseRegionAsync(this Visitor visitor)
    {
        await visitor.SelectAsync(visitor.Field("Network.Region"), Region);
        await Expect(visitor.Heading("Network.Addresses")).ToBeVisibleAsync();

        await visitor.AllowAddressesAsync();
    }

    /// <summary>Says that the addresses of the region are allowed, where that is asked.</summary>
    public static async Task AllowAddressesAsync(this Visitor visitor)
    {
        // A server whose own rules can be read, or that no firewall can stand in front of, has nothing to say.
        var allowed = visitor.Page.Locator("#network-allowed input");
        if (await allowed.CountAsync() > 0)
        {
            await visitor.SeeStatusAsync(WizardStep.Network, "Status.ByHand");
            await visitor.CheckAsync(allowed);
        }

        await visitor.SeeStatusAsync(WizardStep.Network, "Status.Done");
    }

    /// <summary>Runs the proof to its good end.</summary>
    public static async Task ProveAsync(this Visitor visitor)
    {
        await visitor.PressAsync("Verify.Run");
        await visitor.SeeProvedAsync();
    }

    /// <summary>Waits for the good end of the proof that runs.</summary>
    public static async Task SeeProvedAsync(this Visitor visitor)
    {
        await visitor.SeeStepAsync(WizardStep.Verify);
        await Expect(visitor.Heading("Verify.Passed")).ToBeVisibleAsync();
        await visitor.SeeStatusAsync(WizardStep.Verify, "Status.Done");
    }

    /// <summary>Opens a part of Finish that is folded: <c>undo</c>, <c>export</c>, <c>pipe</c>.</summary>
    public static async Task UnfoldAsync(this Visitor visitor, string part)
    {
        var fold = visitor.Page.Locator("#finish-" + part);
        if (await fold.GetAttributeAsync("open") is null)
        {
            await visitor.ClickAsync(fold.Locator("> summary"));
        }
    }

    /// <summary>A value of the Finish sheet, by its name.</summary>
    public static ILocator Value(this Visitor visitor, string key) =>
        visitor.Page.Locator("dl.value-list > div").Filter(new() { Has = visitor.Page.Locator("dt").GetByText(visitor.Say.Text("Finish." + key), new() { Exact = true }) }).Locator("code");
}
