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
        await visitor.ToFinishAsync(provider, consoleFinding);
        await Expect(visitor.RailLink(WizardStep.Provider).Locator(".rail-status")).ToHaveTextAsync(new Regex(@"^[\s,]*" + Regex.Escape(ProviderCatalog.Find(provider)!.ShortName) + @"[\s,]*$"));
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
