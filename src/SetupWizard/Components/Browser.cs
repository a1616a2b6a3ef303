using System.Text;
using Microsoft.JSInterop;

namespace SetupWizard.Components;

/// <summary>What the page asks of the browser. One module, one wrapper.</summary>
public sealed class Browser : IAsyncDisposable
{
    private readonly IJSRuntime _js;
    private Task<IJSObjectReference>? _module;

    public Browser(IJSRuntime js) => _js = js;

    /// <summary>Copies text.</summary>
    /// <returns>Whether the browser allowed it.</returns>
    public async Task<bool> CopyAsync(string text) => await CallAsync<bool>("copy", text);

    /// <summary>Moves the focus, and scrolls there.</summary>
    public async Task FocusAsync(string selector) => await CallAsync<bool>("focus", selector);

    /// <summary>Moves the focus to the first control of what a drawing marks, without leaving the place that is read.</summary>
    public async Task EnterAsync(string drawing) => await CallAsync<bool>("enter", drawing);

    /// <summary>Saves text as a file, without a request whose address could be logged.</summary>
    public async Task DownloadAsync(string fileName, string text)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(text));
        using var reference = new DotNetStreamReference(stream);
        await CallAsync<bool>("download", fileName, reference);
    }

    /// <summary>The visitor's IANA time zone.</summary>
    public async Task<string?> TimeZoneAsync() => await CallAsync<string?>("timeZone");

    /// <summary>Uses a theme and remembers it.</summary>
    /// <returns>Whether it is the dark one.</returns>
    public async Task<bool> ThemeAsync(string? theme) => await CallAsync<bool>("theme", theme);

    /// <summary>Gives back the pass, which is the browser's and not the page's, and leaves.</summary>
    public async Task SignOutAsync() => await CallAsync<bool>("signOut");

    public async Task PrintAsync() => await CallAsync<bool>("print");

    /// <summary>Warns before the page is left.</summary>
    public async Task GuardAsync(bool on) => await CallAsync<bool>("guard", on);

    public async ValueTask DisposeAsync()
    {
        if (_module is not null)
        {
            try
            {
                await (await _module).DisposeAsync();
            }
            catch (JSDisconnectedException)
            {
                // The page is gone and took the module with it.
            }
        }
    }

    private async Task<T> CallAsync<T>(string function, params object?[] arguments)
    {
        try
        {
            _module ??= _js.InvokeAsync<IJSObjectReference>("import", "./js/app.js").AsTask();
            return await (await _module).InvokeAsync<T>(function, arguments);
        }
        catch (Exception exception) when (exception is JSDisconnectedException or TaskCanceledException)
        {
            return default!;
        }
    }
}
