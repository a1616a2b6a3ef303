using System.Globalization;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using MudBlazor.Services;
using SetupWizard.Components;
using SetupWizard.Configuration;
using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;
using SetupWizard.Network;
using SetupWizard.Sessions;
using SetupWizard.Sessions.Saved;

namespace SetupWizard.Web.Tests.Support;

/// <summary>A session with a scripted engine, and components that show it.</summary>
public abstract class WebTest : BunitContext, IAsyncLifetime
{
    protected WebTest()
    {
        // A machine that does other things besides is slower than a second now and then. Nothing that passes waits for it.
        DefaultWaitTimeout = Patience;
        CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("en");
        CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo("en");
        JSInterop.Mode = JSRuntimeMode.Loose;
        Module = JSInterop.SetupModule("./js/app.js");
        Module.Mode = JSRuntimeMode.Loose;
        Module.Setup<bool>("copy", _ => true).SetResult(true);
        Drafts = new SavedSetupStore(Options.Create(new WizardOptions { DataDirectory = DataDirectory }), NullLogger<SavedSetupStore>.Instance);
        Services.AddSingleton(Drafts);
        Session = new WizardSession("test", Runner, Sandboxes, Clock, NullLogger<WizardSession>.Instance, Drafts) { TimeZone = TimeZoneInfo.Utc };
        Services.AddMudServices(mud => mud.PopoverOptions.CheckForPopoverProvider = false);
        Services.AddSingleton<TimeProvider>(Clock);
        Services.AddSingleton<IHostEnvironment>(HostEnvironment);
        Services.AddSingleton(Options.Create(new WizardOptions()));
        Services.AddSingleton(new SetupWizard.Core.HandOff.PlanKeys(Path.Combine(DataDirectory, "keys"), Clock));
        Services.AddSingleton<Announcements>();
        Services.AddSingleton<Presence>();
        Services.AddSingleton(new Browser(JSInterop.JSRuntime));
        Services.AddSingleton<SetupWizard.Core.Audit.IAuditLog>(Audit);
        Services.AddSingleton(s => new AddressReader(new HttpClient(Publisher), s.GetRequiredService<IOptions<WizardOptions>>(), Clock));
        Announcements = Services.GetRequiredService<Announcements>();
    }

    /// <summary>How long what happens on another thread may take.</summary>
    protected static TimeSpan Patience { get; } = TimeSpan.FromSeconds(30);

    protected FakeSetupRunner Runner { get; } = new();

    protected FakeSandboxLauncher Sandboxes { get; } = new();

    protected FakeAudit Audit { get; } = new();

    protected FakePublisher Publisher { get; } = new();

    /// <summary>A folder of this test's own.</summary>
    protected string DataDirectory { get; } = Directory.CreateTempSubdirectory("setupwizard-test-").FullName;

    protected SavedSetupStore Drafts { get; }

    protected FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    protected FakeHostEnvironment HostEnvironment { get; } = new();

    protected WizardSession Session { get; }

    protected Announcements Announcements { get; }

    protected BunitJSModuleInterop Module { get; }

    Task IAsyncLifetime.InitializeAsync() => Task.CompletedTask;

    async Task IAsyncLifetime.DisposeAsync()
    {
        // Parts of the component library are put away asynchronously only.
        await base.DisposeAsync();

        // Work that a test left behind may keep one more draft while the folder goes.
        await Eventually.TrueAsync(
            async () =>
            {
                await Session.DraftsSaved;
                try
                {
                    Directory.Delete(DataDirectory, recursive: true);
                }
                catch (IOException)
                {
                    return !Directory.Exists(DataDirectory);
                }

                return true;
            },
            "The folder of the test does not go.",
            Patience);
    }

    /// <summary>Connects to a source in which a reading finds this.</summary>
    protected async Task ConnectAsync(params Finding[] findings)
    {
        Runner.Inspection = Given.Inspection(findings);
        await Session.ConnectAsync(Given.Endpoint, "shop_admin", new SecretString("s3cret"));
        Session.SetClickPipesPassword(new SecretString("clickpipes-s3cret"), generated: true);
    }

    /// <summary>Presses the button of this name, with no render in between finding and pressing it.</summary>
    protected static Task PressAsync<T>(IRenderedComponent<T> page, string name)
        where T : IComponent =>
        page.InvokeAsync(() => page.FindAll("button").Single(b => b.TextContent.Trim() == name).ClickAsync(new()));

    /// <summary>
    /// Asserts something of a page whose session is still at work, with no render in between its lines. Whoever reads such a page from beside its
    /// dispatcher may read, and leave to those who come after, what was there before the render under way.
    /// </summary>
    protected static Task LookAsync<T>(IRenderedComponent<T> page, Action assertions)
        where T : IComponent =>
        page.InvokeAsync(assertions);

    /// <summary>Shows a component to this session.</summary>
    protected IRenderedComponent<T> Show<T>(Action<ComponentParameterCollectionBuilder<T>>? parameters = null)
        where T : IComponent =>
        Render<T>(builder =>
        {
            builder.AddCascadingValue(Session);
            parameters?.Invoke(builder);
        });
}
