using SetupWizard.Core.Providers;
using SetupWizard.E2E.Tests.Support;
using Xunit.Abstractions;

namespace SetupWizard.E2E.Tests.Journeys;

/// <summary>The wizard ends when it is told to, whoever still looks at it. Docker waits ten seconds before it kills.</summary>
[Collection(WizardFixture.Collection)]
public sealed class StopTests(WizardFixture wizard, ITestOutputHelper output)
{
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(5);

    /// <summary>Pages connect anew in the very moment their connection is closed, so once is not enough.</summary>
    [Theory]
    [InlineData("TERM", false)]
    [InlineData("INT", false)]
    [InlineData("TERM", true)]
    public async Task Wizard_with_open_pages_ends_soon_and_quietly_and_takes_its_sandbox_along(string signal, bool sandbox)
    {
        await using var app = await AppProcess.StartAsync();
        await using var visitor = await wizard.VisitAsync(app: app);
        var server = 0;
        if (sandbox)
        {
            await visitor.TrySandboxAsync(SelfManaged.Id);
            await using var attached = await visitor.AttachAsync();
            server = attached.ServerProcessId;
            Assert.True(Directory.Exists($"/proc/{server}"));
        }

        for (var i = 0; i < 2; i++)
        {
            var tab = new Visitor(await visitor.Page.Context.NewPageAsync(), visitor.Say);
            await tab.Page.GotoAsync("/");
            await tab.SeeHeadingAsync("Start.Title");
            await tab.ArriveAsync();
        }

        var took = await app.EndAsync(signal);
        output.WriteLine($"{signal} {took.TotalMilliseconds:F0} ms");

        Assert.InRange(took, TimeSpan.Zero, s_soon);
        Assert.DoesNotContain("Exception", app.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("[ERR]", app.Output, StringComparison.Ordinal);
        Assert.False(sandbox && Directory.Exists($"/proc/{server}"), "The sandbox's server is still there.");
    }
}
