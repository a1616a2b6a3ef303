using SetupWizard.Core.Providers;
using SetupWizard.E2E.Tests.Support;
using SetupWizard.Sessions.Steps;
using static Microsoft.Playwright.Assertions;

namespace SetupWizard.E2E.Tests.Journeys;

/// <summary>What somebody else does in the console shows up by itself.</summary>
[Collection(WizardFixture.Collection)]
public sealed class LiveStatusTests(WizardFixture wizard)
{
    [Fact]
    public async Task A_parameter_edited_and_a_reboot_done_elsewhere_turn_the_step_green_without_a_click()
    {
        await using var visitor = await wizard.VisitAsync();
        await visitor.TrySandboxAsync(AzureFlexible.Id);
        await using var sandbox = await visitor.AttachAsync();
        await visitor.ContinueToAsync(WizardStep.Replication);
        await visitor.SeeStatusAsync(WizardStep.Replication, "Status.ToFix");
        var clicks = visitor.Clicks;

        await sandbox.SetParameterAsync("wal_level", "logical", CancellationToken.None);
        await visitor.SeeStatusAsync(WizardStep.Replication, "Status.Waiting");

        await sandbox.RebootAsync(CancellationToken.None);
        await visitor.SeeStatusAsync(WizardStep.Replication, "Status.Done");
        Assert.Equal(clicks, visitor.Clicks);
        visitor.SawNoErrors();
    }

    [Fact]
    public async Task A_switch_that_the_server_shows_only_after_its_reboot_turns_green_without_a_click_and_the_page_says_when_the_server_is_away()
    {
        await using var visitor = await wizard.VisitAsync();
        await visitor.TrySandboxAsync(AmazonRds.Id);
        await using var sandbox = await visitor.AttachAsync();
        await visitor.ContinueToAsync(WizardStep.Replication);
        var clicks = visitor.Clicks;

        await sandbox.StopAsync(CancellationToken.None);
        await visitor.SeeTextAsync("Lost.Clock");
        await visitor.SeeTextAsync("Lost.Text");
        await sandbox.StartAgainAsync(CancellationToken.None);
        await Expect(visitor.Main.GetByText(visitor.Say.Part("Lost.Text"))).ToHaveCountAsync(0);
        await visitor.SeeStatusAsync(WizardStep.Replication, "Status.ToFix");

        await sandbox.SetParameterAsync("rds.logical_replication", "1", CancellationToken.None);
        await sandbox.RebootAsync(CancellationToken.None);
        await visitor.SeeStatusAsync(WizardStep.Replication, "Status.Done");
        Assert.Equal(clicks, visitor.Clicks);
        visitor.SawNoErrors();
    }
}
