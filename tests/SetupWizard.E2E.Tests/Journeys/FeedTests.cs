using System.Globalization;
using Npgsql;
using SetupWizard.Core.Model;
using SetupWizard.Core.Providers;
using SetupWizard.E2E.Tests.Support;
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
        Assert.Equal(1, await CountAsync(superuser, "pg_replication_slots"));
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
        for (var looks = 0; await CountAsync(superuser, "pg_replication_slots") > 0; looks++)
        {
            Assert.True(looks < 300, "The slot outlived the browser by half a minute.");
            await Task.Delay(100);
        }

        Assert.DoesNotContain(Canary, wizard.App.Output, StringComparison.Ordinal);
        foreach (var file in Directory.EnumerateFiles(wizard.App.DataDirectory, "*", SearchOption.AllDirectories))
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(stream);
            Assert.DoesNotContain(Canary, await reader.ReadToEndAsync(), StringComparison.Ordinal);
        }
    }

    private static async Task<int> CountAsync(NpgsqlConnection connection, string relation)
    {
        await using var command = new NpgsqlCommand($"SELECT count(*) FROM {relation}", connection);
        return Convert.ToInt32(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture);
    }
}
