using Microsoft.Playwright;
using Npgsql;
using SetupWizard.Core.Providers;
using SetupWizard.E2E.Tests.Support;
using SetupWizard.Sessions.Steps;
using static Microsoft.Playwright.Assertions;

namespace SetupWizard.E2E.Tests.Journeys;

/// <summary>Taking back from the browser: refused while it would hurt, reviewed, run, and as it was before.</summary>
[Collection(WizardFixture.Collection)]
public sealed class UndoTests(WizardFixture wizard)
{
    [Fact]
    public async Task What_was_done_is_taken_back_on_Finish_and_all_is_as_before()
    {
        await using var visitor = await wizard.VisitAsync();
        await visitor.TrySandboxAsync(AmazonRds.Id);
        await using var sandbox = await visitor.AttachAsync();
        await visitor.ContinueToAsync(WizardStep.Replication);
        await visitor.DoReplicationAsync("SW202");
        await visitor.ContinueToAsync(WizardStep.Access);
        await visitor.ApplyAsync(WizardStep.Access);
        await visitor.ContinueToAsync(WizardStep.Tables);
        await visitor.ApplyAsync(WizardStep.Tables);

        // Somebody uses the login, as a pipe would.
        var name = await UserAsync(visitor);
        await using var superuser = await sandbox.OpenSuperuserAsync(sandbox.Database, CancellationToken.None);
        await ExecuteAsync(superuser, $"CREATE TABLE public.theirs (id int PRIMARY KEY); ALTER TABLE public.theirs OWNER TO \"{name}\"");
        await visitor.UnfoldAsync("undo");
        await visitor.PressAsync("Undo.Open");
        await Expect(visitor.Main.GetByRole(AriaRole.Alert)).ToContainTextAsync("theirs");
        await Expect(visitor.Button("Review.ApplyUndo")).ToHaveCountAsync(0);

        await ExecuteAsync(superuser, "DROP TABLE public.theirs");
        await visitor.PressAsync("Undo.LookAgain");
        await Expect(visitor.Main.GetByRole(AriaRole.Alert)).ToHaveCountAsync(0);
        await visitor.PressAsync("Review.ApplyUndo");
        await Expect(visitor.Main.GetByRole(AriaRole.Alert)).ToContainTextAsync(visitor.Say.Text("Undo.NeedsConsent"));
        await visitor.Main.GetByRole(AriaRole.Checkbox, new() { Name = visitor.Say.Text("Undo.Consent") }).CheckAsync();
        await visitor.PressAsync("Review.ApplyUndo");
        await Expect(visitor.Heading("Run.Undone")).ToBeVisibleAsync();

        // What the console changed is not the wizard's to take back, and is not hidden.
        await Expect(visitor.Page.Locator(".run .differences")).ToContainTextAsync("rds.logical_replication");
        await visitor.UnfoldAsync("undo");
        await visitor.SeeTextAsync("Undo.OnlyLeft");
        await visitor.SeeStatusAsync(WizardStep.Access, "Status.ToFix");
        visitor.SawNoErrors();
    }

    private static async Task<string> UserAsync(Visitor visitor)
    {
        // Finish has no way in but the rail while the set-up is not proved; its title says so.
        await visitor.ClickAsync(visitor.RailLink(WizardStep.Finish));
        return await visitor.Value("User").InnerTextAsync();
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
