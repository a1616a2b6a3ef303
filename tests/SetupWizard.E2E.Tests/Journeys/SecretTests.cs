using Microsoft.Playwright;
using Npgsql;
using SetupWizard.Core.Providers;
using SetupWizard.E2E.Tests.Support;
using SetupWizard.Sessions.Steps;
using static Microsoft.Playwright.Assertions;

namespace SetupWizard.E2E.Tests.Journeys;

/// <summary>After the whole journey, the passwords are where they belong and nowhere else.</summary>
[Collection(WizardFixture.Collection)]
public sealed class SecretTests(WizardFixture wizard)
{
    [Fact]
    public async Task Neither_password_is_in_any_log_file_page_or_download_after_the_whole_journey()
    {
        await using var visitor = await wizard.VisitAsync();
        var pages = new List<(string Where, string Html)>();
        async Task KeepAsync(string where) => pages.Add((where, await visitor.Page.ContentAsync()));

        await visitor.TrySandboxAsync(AmazonRds.Id);
        await using var sandbox = await visitor.AttachAsync();
        await LogEveryStatementAsync(sandbox);
        await KeepAsync("Connect");
        await visitor.ContinueToAsync(WizardStep.Replication);
        await visitor.DoReplicationAsync("SW202");
        await visitor.ContinueToAsync(WizardStep.Access);
        var generated = visitor.Main.GetByRole(AriaRole.Button, new() { Name = visitor.Say.Text("Secret.ShowLabel", ("label", visitor.Say.Text("Access.Generated"))), Exact = true });
        await visitor.ClickAsync(generated);
        await Expect(generated).ToHaveAttributeAsync("aria-pressed", "true");
        await KeepAsync("Access, with the generated password shown");
        await visitor.PressAsync("Action.Review");
        await Expect(visitor.Heading("Review.Title")).ToBeVisibleAsync();
        await KeepAsync("the review of Access");
        await visitor.PressAsync("Review.Apply");
        await visitor.SeeAppliedAsync(WizardStep.Access);
        await KeepAsync("Access, applied");
        await visitor.ContinueToAsync(WizardStep.Tables);
        await visitor.ApplyAsync(WizardStep.Tables);
        await KeepAsync("Tables");
        await visitor.ContinueToAsync(WizardStep.Network);
        await visitor.AllowAddressesAsync();
        await visitor.OpenStepAsync(WizardStep.Verify);
        await visitor.ProveAsync();
        await KeepAsync("Verify");
        await visitor.ContinueToAsync(WizardStep.Finish);
        await KeepAsync("Finish");
        await visitor.PressAsync("Finish.CopyAll");
        await Expect(visitor.Main.GetByRole(AriaRole.Button, new() { Name = visitor.Say.Text("Finish.CopyAll"), Exact = true })).ToBeVisibleAsync();
        await KeepAsync("Finish, all values copied");

        var reveal = visitor.Main.GetByRole(AriaRole.Button, new() { Name = visitor.Say.Text("Secret.ShowLabel", ("label", visitor.Say.Text("Finish.Password"))), Exact = true });
        await visitor.ClickAsync(reveal);
        await Expect(reveal).ToHaveAttributeAsync("aria-pressed", "true");
        var password = await visitor.Value("Password").InnerTextAsync();
        Assert.InRange(password.Length, 16, 200);
        var clickpipes = new Canary("ClickPipes password", password);
        var admin = new Canary("admin's password", sandbox.AdminPassword);
        Assert.Equal(1, clickpipes.CountIn(await visitor.Page.ContentAsync()));

        // What is shown is not printed.
        await visitor.Page.EmulateMediaAsync(new() { Media = Media.Print });
        pages.Add(("the printed sheet", await visitor.Main.InnerTextAsync()));
        Assert.Contains(visitor.Say.Text("Finish.NotPrinted"), pages[^1].Html, StringComparison.Ordinal);
        await visitor.Page.EmulateMediaAsync(new() { Media = Media.Screen });
        await visitor.ClickAsync(reveal);
        await Expect(reveal).ToHaveAttributeAsync("aria-pressed", "false");
        await KeepAsync("Finish, hidden again");

        await visitor.UnfoldAsync("undo");
        await visitor.UnfoldAsync("export");
        var downloads = visitor.Main.Locator("a[download]");
        Assert.InRange(await downloads.CountAsync(), 5, 20);
        foreach (var link in await downloads.AllAsync())
        {
            var download = await visitor.Page.RunAndWaitForDownloadAsync(() => visitor.ClickAsync(link));
            pages.Add(("the download " + download.SuggestedFilename, await File.ReadAllTextAsync(await download.PathAsync())));
        }

        await visitor.ClickAsync(visitor.Page.GetByRole(AriaRole.Link, new() { Name = visitor.Say.Text("Header.Activity"), Exact = true }));
        await visitor.SeeHeadingAsync("Activity.Title");
        await Expect(visitor.Main.GetByText("CREATE USER").First).ToBeVisibleAsync();
        await KeepAsync("Activity");
        foreach (var export in new[] { "Activity.Csv", "Activity.Json" })
        {
            var file = await visitor.Page.RunAndWaitForDownloadAsync(() => visitor.PressAsync(export));
            var content = await File.ReadAllTextAsync(await file.PathAsync());
            Assert.Contains("CREATE USER", content, StringComparison.Ordinal);
            pages.Add(("the export " + file.SuggestedFilename, content));
        }

        pages.Add(("what the wizard printed", wizard.App.Output));
        pages.AddRange(await wizard.App.FilesAsync());

        // The log must have the statements, or looking for a password in it proves nothing.
        var log = await AppProcess.ReadAsync(sandbox.ServerLogPath);
        Assert.Contains("""CREATE USER "clickpipes_user""", log, StringComparison.Ordinal);
        pages.Add(("the server's log", log));
        Assert.Contains(pages, p => p.Where.StartsWith("logs", StringComparison.Ordinal));
        foreach (var (where, text) in pages)
        {
            clickpipes.IsNotIn(text, where);
            admin.IsNotIn(text, where);
        }

        visitor.SawNoErrors();
    }

    private static async Task LogEveryStatementAsync(Sandbox.PostgresSandbox sandbox)
    {
        await using var superuser = await sandbox.OpenSuperuserAsync(null, CancellationToken.None);
        foreach (var sql in new[] { "ALTER SYSTEM SET log_statement = 'all'", "SELECT pg_reload_conf()" })
        {
            await using var command = new NpgsqlCommand(sql, superuser);
            await command.ExecuteNonQueryAsync();
        }
    }
}
