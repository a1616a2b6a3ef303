using System.Globalization;
using Microsoft.AspNetCore.Components;
using SetupWizard.Sessions;

namespace SetupWizard.Components;

/// <summary>A component that shows the session and renders again whenever the session changes.</summary>
public abstract class SessionComponent : ComponentBase, IDisposable
{
    private CultureInfo _culture = CultureInfo.CurrentUICulture;
    private bool _disposed;

    [CascadingParameter]
    public WizardSession Session { get; set; } = default!;

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected override void OnInitialized()
    {
        _culture = CultureInfo.CurrentUICulture;
        Session.Changed += OnChanged;
    }

    /// <summary>Called before rendering because of a change of the session.</summary>
    protected virtual void OnSessionChanged()
    {
    }

    protected virtual void Dispose(bool disposing)
    {
        _disposed = true;
        if (Session is not null)
        {
            Session.Changed -= OnChanged;
        }
    }

    /// <summary>A handler that renders this component afterwards, whichever component raises it.</summary>
    protected EventCallback On(Func<Task> handler) => EventCallback.Factory.Create(this, handler);

    /// <summary>Renders in this visitor's language: a change may come from a thread that knows none.</summary>
    private async Task RefreshAsync()
    {
        if (_disposed)
        {
            return;
        }

        await Task.CompletedTask;
        CultureInfo.CurrentCulture = _culture;
        CultureInfo.CurrentUICulture = _culture;
        OnSessionChanged();
        StateHasChanged();
    }

    private void OnChanged() => _ = InvokeAsync(RefreshAsync);
}
