using Microsoft.Playwright;
using Npgsql;
using SetupWizard.Core.HandOff;
using SetupWizard.E2E.Tests.Screens;
using SetupWizard.E2E.Tests.Support;
using SetupWizard.Sandbox;
using SetupWizard.Sessions.Steps;
using Xunit.Abstractions;
using static Microsoft.Playwright.Assertions;

namespace SetupWizard.E2E.Tests.Journeys;

/// <summary>Somebody without rights prepares; somebody with them, at a wizard of their own, applies; the first page turns green by itself.</summary>
[Collection(WizardFixture.Collection)]
public sealed class HandOffTests(WizardFixture wizard, ITestOutputHelper output)
{
    private const string ReaderPassword = "canary-of-the-reader-7f3a";

    [Fact]
    public async Task Plan_prepared_without_rights_is_applied_by_an_administrator_and_the_first_page_turns_green_without_a_click()
    {
        await using var server = await PostgresSandbox.StartAsync(new SandboxOptions { Profile = SandboxProfile.AmazonRds, Writer = false }, null, CancellationToken.None);
        await server.SetParameterAsync("rds.logical_replication", "1", CancellationToken.None);
        await server.RebootAsync(CancellationToken.None);
        await using (var superuser = await server.OpenSuperuserAsync(server.Database, CancellationToken.None))
        {
            await using var command = new NpgsqlCommand($"CREATE ROLE reader LOGIN PASSWORD '{ReaderPassword}'", superuser);
            await command.ExecuteNonQueryAsync();
        }

        await using var theirs = await AppProcess.StartAsync();
        await using var reader = await wizard.VisitAsync();
        await reader.OpenAsync("/setup/connect");
        await ConnectAsync(reader, server, "reader", ReaderPassword);
        await reader.OpenStepAsync(WizardStep.Access);
        await reader.SeeStatusAsync(WizardStep.Access, "Status.ToFix");
        await reader.PressAsync("Action.Review");
        await Expect(reader.Heading("Review.Title")).ToBeFocusedAsync();
        await reader.Field("PlanFile.Note").FillAsync("Min-ji, data team");
        await reader.Field("PlanFile.Note").PressAsync("Tab");
        var download = await reader.Page.RunAndWaitForDownloadAsync(() => reader.Link("PlanFile.Download").ClickAsync());
        Assert.EndsWith(PlanFileFormat.Extension, download.SuggestedFilename, StringComparison.Ordinal);
        var path = await download.PathAsync();
        var text = await File.ReadAllTextAsync(path);
        Assert.DoesNotContain("canary", text, StringComparison.Ordinal);
        var fingerprint = PlanFileFormat.Read(await File.ReadAllBytesAsync(path)).Signer!;
        await Expect(reader.Main).ToContainTextAsync(fingerprint);
        await reader.PressAsync("Review.Cancel");
        var clicks = reader.Clicks;

        await using var admin = await wizard.VisitAsync(app: theirs);
        var inspector = new Inspector(admin, output, null);
        await admin.PressOnAsync(admin.Link("PlanFile.StartLink"), "Enter");
        await admin.ArriveAsync();
        await inspector.LookAsync("plan-refused", RefuseAsync);
        await ChooseAsync(new FilePayload { Name = download.SuggestedFilename, MimeType = "application/json", Buffer = await File.ReadAllBytesAsync(path) });
        await Expect(admin.Main).ToContainTextAsync(fingerprint);
        await Expect(admin.Heading("PlanFile.For")).ToBeFocusedAsync();
        await Expect(admin.Main.GetByText("Min-ji, data team")).ToBeVisibleAsync();
        await inspector.LookAsync("plan-key");
        await admin.PressOnAsync(admin.Button("PlanFile.Trust"), "Enter");
        await Expect(admin.Main.GetByText(admin.Say.Text("PlanFile.KnownKey"))).ToBeVisibleAsync();
        await Expect(admin.Heading("PlanFile.For")).ToBeFocusedAsync();

        // Before anybody connects the file's own statements can be taken away.
        var script = await admin.Page.RunAndWaitForDownloadAsync(() => admin.PressOnAsync(admin.Link("PlanFile.Script"), "Enter"));
        Assert.Contains("\\password :\"clickpipes_user\"", await File.ReadAllTextAsync(await script.PathAsync()), StringComparison.Ordinal);
        await admin.PressOnAsync(admin.Main.Locator("a.btn.primary"), "Enter");
        await FillAsync(admin, server, server.AdminUser, server.AdminPassword);

        // Whoever connects for a plan comes back to it without a click.
        await admin.ArriveAsync();
        await Expect(admin.Heading("Review.Title")).ToBeVisibleAsync();

        // Nothing but the login differs from the reader's wizard, so nothing has to be agreed to.
        await Expect(admin.Main.GetByText(admin.Say.Text("PlanFile.Same"))).ToBeVisibleAsync();
        await inspector.LookAsync("plan-review");
        await admin.PressOnAsync(admin.Button("Access.Generate"), "Space");
        await admin.PressOnAsync(admin.Button("Review.Apply"), "Enter");
        await Expect(admin.Heading("Run.Completed")).ToBeFocusedAsync();
        Assert.Equal(0, admin.Clicks);
        inspector.SawNothingWrong();

        await reader.SeeStatusAsync(WizardStep.Access, "Status.Done");
        await reader.SeeStatusAsync(WizardStep.Tables, "Status.Done");
        Assert.Equal(clicks, reader.Clicks);
        reader.SawNoErrors();
        admin.SawNoErrors();

        async Task RefuseAsync()
        {
            var changed = text.Replace("clickpipes_user", "somebody_else", StringComparison.Ordinal);
            await ChooseAsync(new FilePayload { Name = "changed.json", MimeType = "application/json", Buffer = System.Text.Encoding.UTF8.GetBytes(changed) });
            await Expect(admin.Main.GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
        }

        async Task ChooseAsync(FilePayload file)
        {
            await admin.SeeFileFieldAsync("plan-file");
            var chooser = await admin.Page.RunAndWaitForFileChooserAsync(() => admin.PressOnAsync(admin.Field("PlanFile.Open"), "Enter"));
            await chooser.SetFilesAsync(file);
        }
    }

    private static async Task ConnectAsync(Visitor visitor, PostgresSandbox server, string user, string password)
    {
        await FillAsync(visitor, server, user, password);
        await Expect(visitor.Heading("Connect.Ok")).ToBeVisibleAsync();
    }

    private static async Task FillAsync(Visitor visitor, PostgresSandbox server, string user, string password)
    {
        await visitor.ArriveAsync(WizardStep.Connect);
        await visitor.ChooseCertificateAsync(server);
        await visitor.Field("Connect.Paste").FillAsync($"postgres://{user}:{Uri.EscapeDataString(password)}@{server.Host}:{server.Port}/{server.Database}?sslmode=verify-full");
        await visitor.Field("Connect.Paste").PressAsync("Tab");
        await Expect(visitor.Field("Connect.Host")).ToHaveValueAsync(server.Host);
        await visitor.PressOnAsync(visitor.Button("Connect.Do"), "Enter");
    }
}
