
namespace SetupWizard.Sessions.Saved;

/// <summary>Writes what is kept of a session, in the background: while one draft is being written only the latest of those that follow waits.</summary>
/// <param name="store">Where drafts are kept; null keeps none.</param>
public sealed class SavedSetupKeeper(SavedSetupStore? store)
{
    private readonly Lock _gate = new();
    private SavedSetup? _saved;
    private SavedSetup? _next;
    private Task _saving = Task.CompletedTask;

    /// <summary>Ends when no draft is being written any more.</summary>
    public Task Saved
    {
        get
        {
            lock (_gate)
            {
                return _saving;
            }
        }
    }

    /// <summary>Keeps a draft, unless it says what the last one said.</summary>
    public void Keep(SavedSetup? draft)
    {
        if (store is null || draft is null)
        {
            return;
        }

        lock (_gate)
        {
            if (_saved is { } saved && saved == draft with { SavedAt = saved.SavedAt })
            {
                return;
            }

            _saved = draft;
            _next = draft;
            if (_saving.IsCompleted)
            {
                _saving = Task.Run(() => SaveAsync(store));
            }
        }
    }

    /// <summary>The next one is written, whatever it says.</summary>
    public void Forget()
    {
        lock (_gate)
        {
            _saved = null;
        }
    }

    private async Task SaveAsync(SavedSetupStore drafts)
    {
        while (true)
        {
            SavedSetup draft;
            lock (_gate)
            {
                if (_next is null)
                {
                    // Whoever comes next finds this task still running only until the lock is given back: it must not be waited for.
                    _saving = Task.CompletedTask;
                    return;
                }

                (draft, _next) = (_next, null);
            }

            await drafts.SaveAsync(draft, CancellationToken.None);
        }
    }
}
