using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace SetupWizard.E2E.Tests.Support;

/// <summary>A visitor without a mouse.</summary>
internal static class Keyboard
{
    /// <summary>Moves on by Tab to the target and presses a key there.</summary>
    public static async Task PressOnAsync(this Visitor visitor, ILocator target, string key)
    {
        await visitor.TabToAsync(target);
        await visitor.Page.Keyboard.PressAsync(key);
    }

    /// <summary>Moves on by Tab to a field and types into it.</summary>
    public static async Task TypeInAsync(this Visitor visitor, ILocator field, string text)
    {
        await visitor.TabToAsync(field);
        await visitor.Page.Keyboard.InsertTextAsync(text);
    }

    /// <summary>Waits until a dialog has taken the focus. Ours does so half a second after it is drawn.</summary>
    public static Task SeeFocusInAsync(this Visitor visitor, ILocator dialog) => Expect(dialog.Locator(":focus")).ToHaveCountAsync(1);

    /// <summary>Moves on by Tab until the target has the focus, visibly.</summary>
    public static async Task TabToAsync(this Visitor visitor, ILocator target)
    {
        const int Most = 120;
        await Expect(target).ToBeVisibleAsync();
        for (var i = 0; i < Most; i++)
        {
            await visitor.Page.Keyboard.PressAsync("Tab");

            // In one look: what is live on the page may take the focus away between two.
            var outline = await target.EvaluateAsync<string?>("e => { const s = getComputedStyle(e); return e === document.activeElement ? s.outlineStyle + ' ' + parseFloat(s.outlineWidth) : null; }");
            if (outline is not null)
            {
                Assert.True(!outline.StartsWith("none", StringComparison.Ordinal) && float.Parse(outline.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture) >= 2, $"The focus on {target} cannot be seen: {outline}.");
                return;
            }
        }

        Assert.Fail($"{Most} times Tab did not reach {target}.");
    }
}
