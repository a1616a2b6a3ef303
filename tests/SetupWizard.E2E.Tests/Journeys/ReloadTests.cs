using System.Globalization;
using Microsoft.Playwright;
using Npgsql;
using SetupWizard.Core.Providers;
using SetupWizard.E2E.Tests.Support;
using SetupWizard.Sessions.Steps;
using static Microsoft.Playwright.Assertions;

namespace SetupWizard.E2E.Tests.Journeys;

/// <summary>A page that goes away takes nothing with it.</summary>
[Collection(WizardFixture.Collection)]
public sealed class ReloadTests(WizardFixture wizard)
{
    private const string Table = "public.audit_log";

    [Fact]
    public async Task A_run_outlives_a_reload_names_who_holds_the_table_and_succeeds_once_it_is_free()
    {
        await using var visitor = await wizard.VisitAsync();
        await visitor.TrySandboxAsync(AmazonRds.Id);
        await using var sandbox = await visitor.AttachAsync();
        await visitor.OpenStepAsync(WizardStep.Tables);
        await visitor.ChooseFullAsync(Table);

        // The lock makes the run wait for as long as its lock timeout lasts: time to reload in its middle.
        await using var holder = await sandbox.OpenSuperuserAsync(null, CancellationToken.None);
        await using var transaction = await holder.BeginTransactionAsync();
        await using (var hold = new NpgsqlCommand($"SET application_name = 'nightly-job'; LOCK TABLE {Table} IN SHARE MODE", holder, transaction))
        {
            await hold.ExecuteNonQueryAsync();
        }

        await visitor.PressAsync("Action.Review");
        await visitor.AgreeAsync();
        await visitor.PressAsync("Review.Apply");
        await visitor.Heading("Run.Running").WaitForAsync();
        await visitor.Page.ReloadAsync();

        await visitor.SeeStepAsync(WizardStep.Tables);
        var run = visitor.Main.GetByRole(AriaRole.Region, new() { NameRegex = visitor.Say.Pattern("Run.Failed") });
        await Expect(run).ToBeVisibleAsync();
        await Expect(run.GetByText(visitor.Say.Text("RowState.Failed"), new() { Exact = true })).ToBeVisibleAsync();
        await Expect(run).ToContainTextAsync(holder.ProcessID.ToString(CultureInfo.InvariantCulture));
        await Expect(run).ToContainTextAsync("nightly-job");
        await visitor.SeeStatusAsync(WizardStep.Tables, "Status.ToFix");

        await transaction.RollbackAsync();
        await visitor.PressAsync("Action.Review");
        await visitor.AgreeAsync();
        await visitor.PressAsync("Review.Apply");
        await visitor.SeeAppliedAsync(WizardStep.Tables);
        await visitor.Page.ReloadAsync();
        await visitor.SeeAppliedAsync(WizardStep.Tables);

        await using var check = new NpgsqlCommand($"SELECT relreplident::text FROM pg_class WHERE oid = '{Table}'::regclass", holder);
        Assert.Equal("f", await check.ExecuteScalarAsync());
        visitor.SawNoErrors();
    }
}
