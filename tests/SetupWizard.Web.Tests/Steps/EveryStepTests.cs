using Bunit;
using SetupWizard.Components;
using SetupWizard.Components.Pages;
using SetupWizard.Sessions.Steps;
using SetupWizard.Web.Tests.Support;

namespace SetupWizard.Web.Tests.Steps;

public sealed class EveryStepTests : WebTest
{
    public static TheoryData<WizardStep> Steps => [.. Enum.GetValues<WizardStep>()];

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task Step_has_its_page_with_a_heading_and_a_way_on(WizardStep step)
    {
        await ConnectAsync();

        var page = Show<Wizard>(p => p.Add(w => w.Slug, SetupRoutes.Slug(step)));

        Assert.NotEmpty(page.Find("h1").TextContent);
        Assert.NotEmpty(page.FindAll(".action-bar .primary"));
    }
}
