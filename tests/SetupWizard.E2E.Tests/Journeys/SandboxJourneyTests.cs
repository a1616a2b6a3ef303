using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using SetupWizard.Core.Providers;
using SetupWizard.E2E.Tests.Support;
using SetupWizard.Sessions.Steps;
using Xunit.Abstractions;
using static Microsoft.Playwright.Assertions;

namespace SetupWizard.E2E.Tests.Journeys;

/// <summary>From Start to a green Finish, as a newcomer clicks it.</summary>
[Collection(WizardFixture.Collection)]
public sealed class SandboxJourneyTests(WizardFixture wizard, ITestOutputHelper output)
{
    [Theory]
    [InlineData(AmazonRds.Id, "SW202")]
    [InlineData(AzureFlexible.Id, "SW201")]
    public async Task A_newcomer_goes_from_Start_to_a_green_Finish_on_a_sandbox(string provider, string consoleFinding)
    {
        await using var visitor = await wizard.VisitAsync();
        var clock = Stopwatch.StartNew();
        await visitor.TrySandboxAsync(provider);
        await Expect(visitor.RailLink(WizardStep.Provider).Locator(".rail-status")).ToHaveTextAsync(new Regex(@"^[\s,]*" + Regex.Escape(ProviderCatalog.Find(provider)!.ShortName) + @"[\s,]*$"));

        await visitor.ContinueToAsync(WizardStep.Replication);
        await visitor.DoReplicationAsync(consoleFinding);

        await visitor.ContinueToAsync(WizardStep.Access);
        await visitor.SeeStatusAsync(WizardStep.Access, "Status.ToFix");
        await visitor.ApplyAsync(WizardStep.Access);

        await visitor.ContinueToAsync(WizardStep.Tables);
        await visitor.SeeStatusAsync(WizardStep.Tables, "Status.ToFix");
        await visitor.ApplyAsync(WizardStep.Tables);

        await visitor.ContinueToAsync(WizardStep.Network);
        await visitor.ChooseRegionAsync();

        await visitor.ContinueToAsync(WizardStep.Verify);
        await visitor.ProveAsync();

        await visitor.ContinueToAsync(WizardStep.Finish);
        await visitor.SeeTextAsync("Finish.Proved");
        foreach (var step in Enum.GetValues<WizardStep>().Except([WizardStep.Provider]))
        {
            await visitor.SeeStatusAsync(step, "Status.Done");
        }

        await Expect(visitor.Value("Host")).ToContainTextAsync("shop-prod");
        await Expect(visitor.Value("User")).ToHaveTextAsync("clickpipes_user");
        await Expect(visitor.Value("Database")).ToHaveTextAsync("shop");
        await Expect(visitor.Value("Publication")).ToHaveTextAsync("clickpipes");
        Assert.InRange(int.Parse(await visitor.Value("Port").InnerTextAsync(), CultureInfo.InvariantCulture), 1, 65535);
        clock.Stop();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{provider}: {visitor.Clicks} clicks, {clock.Elapsed.TotalSeconds:0.0} s"));
        Assert.InRange(visitor.Clicks, 1, 25);
        visitor.SawNoErrors();
    }
}
