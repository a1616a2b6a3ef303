using System.Globalization;
using Npgsql;
using SetupWizard.Core.Providers;
using SetupWizard.E2E.Tests.Support;
using SetupWizard.Sessions.Steps;
using SetupWizard.Testing;
using static Microsoft.Playwright.Assertions;

namespace SetupWizard.E2E.Tests.Journeys;

/// <summary>Changes arrive before one's eyes, and nothing stays behind when the browser is closed.</summary>
[Collection(WizardFixture.Collection)]
public sealed class FeedTests(WizardFixture wizard)
{
    private const string Canary = "canary-value-90125";

    [Fact]
    public async Task Watch_shows_keys_only_and_a_closed_browser_leaves_no_slot()
    {
        await using var visitor = await wizard.VisitAsync();
        await visitor.TrySandboxAsync(AmazonRds.Id);
        await using var sandbox = await visitor.AttachAsync();
        await visitor.OpenStepAsync(WizardStep.Replication);
        await visitor.DoReplicationAsync("SW202");
        foreach (var step in new[] { WizardStep.Access, WizardStep.Tables })
        {
            await visitor.OpenStepAsync(step);
            await visitor.ApplyAsync(step);
        }

        await visitor.OpenStepAsync(WizardStep.Verify);
        await visitor.ProveAsync();
        await visitor.PressAsync("Feed.Start");
        await Expect(visitor.Page.Locator(".feed-status strong")).ToHaveTextAsync(visitor.Say.Text("Feed.Watching"));
        await using var superuser = await sandbox.OpenSuperuserAsync(sandbox.Database, CancellationToken.None);
        // The proof's own slot goes a moment after its session was closed.
        await Eventually.TrueAsync(async () => await CountAsync(superuser, "pg_replication_slots") == 1, "The feed has not exactly one slot.", Visitor.Patience);
        await using (var insert = new NpgsqlCommand($"INSERT INTO public.customers (id, email, full_name, country) VALUES (765432, '{Canary}', '{Canary}', 'KR')", superuser))
        {
            await insert.ExecuteNonQueryAsync();
        }

        await Expect(visitor.Page.Locator(".feed-last code").GetByText("id = 765432").First).ToBeVisibleAsync();

        // A row of one's own: its statement is shown, and that row is seen to arrive.
        await visitor.PressAsync("Feed.Own.Insert");
        await Expect(visitor.Page.Locator(".feed-own pre")).ToContainTextAsync("INSERT INTO public.customers (");
        await visitor.SeeTextAsync("Feed.Own.Arrived");
        await visitor.PressAsync("Feed.Own.Update");
        await Expect(visitor.Page.Locator(".feed-own pre")).ToContainTextAsync("UPDATE public.customers SET");
        await visitor.SeeTextAsync("Feed.Own.Arrived");

        // The sandbox's own application writes as well.
        await Expect(visitor.Page.Locator(".feed-tables tbody th").GetByText("public.orders").First).ToBeVisibleAsync();
        Assert.DoesNotContain(Canary, await visitor.Page.ContentAsync(), StringComparison.Ordinal);
        visitor.SawNoErrors();

        await visitor.Page.CloseAsync();
        await Eventually.TrueAsync(async () => await CountAsync(superuser, "pg_replication_slots") == 0, "The slot outlived the browser by half a minute.", TimeSpan.FromSeconds(30));
        Assert.DoesNotContain(Canary, wizard.App.Output, StringComparison.Ordinal);
        Assert.All(await wizard.App.FilesAsync(), file => Assert.DoesNotContain(Canary, file.Text, StringComparison.Ordinal));
    }

    private static async Task<int> CountAsync(NpgsqlConnection connection, string relation)
    {
        await using var command = new NpgsqlCommand($"SELECT count(*) FROM {relation}", connection);
        return Convert.ToInt32(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture);
    }
}
