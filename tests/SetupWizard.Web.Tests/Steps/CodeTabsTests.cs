using Bunit;
using Microsoft.AspNetCore.Components.Web;
using SetupWizard.Components.Guides;
using SetupWizard.Core.Guides;
using SetupWizard.Core.Providers;

namespace SetupWizard.Web.Tests.Steps;

public sealed class CodeTabsTests : Support.WebTest
{
    private static readonly GuideCode[] s_code = [.. new[] { CodeLanguage.Shell, CodeLanguage.PowerShell, CodeLanguage.Terraform }.Select(l => new GuideCode(l, "guide." + l.Extension(), $"code of {l}\n"))];

    [Fact]
    public void Arrow_keys_move_to_the_next_language_and_around()
    {
        var tabs = Render<CodeTabs>(p => p.Add(c => c.Code, s_code));

        Assert.Equal("code of Shell", tabs.Find("pre").TextContent);
        tabs.Find("[aria-selected=true]").KeyDown(new KeyboardEventArgs { Key = "ArrowLeft" });
        Assert.Equal("code of Terraform", tabs.Find("pre").TextContent);
        tabs.Find("[aria-selected=true]").KeyDown(new KeyboardEventArgs { Key = "ArrowRight" });
        Assert.Equal("code of Shell", tabs.Find("pre").TextContent);
    }

    [Fact]
    public void One_tab_can_be_reached_with_the_Tab_key_and_its_panel_is_named_after_it()
    {
        var tabs = Render<CodeTabs>(p => p.Add(c => c.Code, s_code));

        tabs.FindAll("[role=tab]")[1].Click();

        var front = tabs.Find("[role=tab][tabindex='0']");
        Assert.Equal("PowerShell", front.TextContent);
        Assert.Equal(2, tabs.FindAll("[role=tab][tabindex='-1']").Count);
        Assert.Equal(front.Id, tabs.Find("[role=tabpanel]").GetAttribute("aria-labelledby"));
        Assert.Equal(tabs.Find("[role=tabpanel]").Id, front.GetAttribute("aria-controls"));
    }
}
