using System.Diagnostics.CodeAnalysis;
using SetupWizard.Sessions.Runs;

namespace SetupWizard.Sessions.Sandboxes;

/// <summary>Where a change in the sandbox's console stands.</summary>
public enum ConsolePhase
{
    Untouched,
    Edited,
    Saved,
    WaitingForRestart,
    Restarting,
    Back,
}

/// <summary>Why the console refused something.</summary>
/// <param name="Key">A sentence of the screens (<c>Console.Refused.{Key}</c>); null when the server itself said it.</param>
/// <param name="Message">The server's own words; the parameter's or the group's name otherwise.</param>
/// <param name="Allowed">What would be taken.</param>
public sealed record ConsoleProblem(string? Key, string Message, string Allowed = "");

/// <summary>
/// The provider's console of one sandbox: what is typed in a drawing is kept here, and what is saved or restarted there happens to the sandbox's server.
/// Values of a group reach the server only while the group is attached to it.
/// </summary>
public sealed class SandboxConsole
{
    private readonly ISandbox _sandbox;
    private readonly RestartTimeline _story;
    private readonly Action _changed;
    private readonly Func<Task> _applied;
    private readonly Action _allowed;
    private readonly CancellationToken _stop;
    private readonly Dictionary<string, string> _edited = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _saved = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _steps = new(StringComparer.Ordinal);
    private readonly HashSet<(string Guide, string Step)> _done = [];
    private int _acting;

    /// <param name="sandbox">The server behind it.</param>
    /// <param name="story">Hears what happens.</param>
    /// <param name="changed">Raised after every change.</param>
    /// <param name="applied">Reads the server again, after something took effect without a restart.</param>
    /// <param name="allowed">Told when rules of the drawn firewall were saved. No firewall is in front of a sandbox.</param>
    /// <param name="stop">Ends with the sandbox.</param>
    internal SandboxConsole(ISandbox sandbox, RestartTimeline story, Action changed, Func<Task> applied, Action allowed, CancellationToken stop)
    {
        _sandbox = sandbox;
        _story = story;
        _changed = changed;
        _applied = applied;
        _allowed = allowed;
        _stop = stop;
    }

    public ConsolePhase Phase { get; private set; }

    /// <summary>Values typed and not saved yet.</summary>
    public IReadOnlyDictionary<string, string> Edited => _edited;

    /// <summary>Values saved, in the group when there is one.</summary>
    public IReadOnlyDictionary<string, string> Saved => _saved;

    /// <summary>The group that was made here; null when there is none.</summary>
    public string? Group { get; private set; }

    /// <summary>Whether the server takes its values from <see cref="Group"/>.</summary>
    public bool Attached { get; private set; }

    /// <summary>What is typed in the console's own search box.</summary>
    public string Search { get; private set; } = "";

    /// <summary>The group that was picked and is not attached yet.</summary>
    public string? Picked { get; private set; }

    /// <summary>Whether something is under way.</summary>
    public bool Acting => _acting != 0;

    /// <summary>Why the last thing was refused; null when it was not.</summary>
    public ConsoleProblem? Problem { get; private set; }

    /// <summary>Parameters the server takes at its next start.</summary>
    public IReadOnlyCollection<string> WaitingForRestart => _sandbox.WaitingForRestart;

    /// <summary>The value a field shows: typed, else saved, else none.</summary>
    public string? ValueOf(string setting) => _edited.GetValueOrDefault(setting) ?? _saved.GetValueOrDefault(setting);

    /// <summary>The instruction of a guide that was reached; null at its beginning.</summary>
    public string? StepOf(string guide) => _steps.GetValueOrDefault(guide);

    /// <summary>Goes to an instruction of a guide.</summary>
    public void GoTo(string guide, string step)
    {
        _steps[guide] = step;
        _changed();
    }

    /// <summary>Whether an instruction of a guide was carried out in its drawing.</summary>
    public bool HasDone(string guide, string step) => _done.Contains((guide, step));

    /// <summary>An instruction of a guide was carried out.</summary>
    public void Finish(string guide, string step) => _done.Add((guide, step));

    /// <summary>Types into the search box.</summary>
    public void LookFor(string text)
    {
        Search = text;
        _changed();
    }

    /// <summary>Makes a group of parameters.</summary>
    /// <returns>Whether the console took it.</returns>
    public bool CreateGroup(string name, string description, string family, string serverFamily)
    {
        if (name.Length is 0 or > 255 || !name.All(static c => char.IsAsciiLetterOrDigit(c) || c == '-') || !char.IsAsciiLetter(name[0]) || name.EndsWith('-') || name.Contains("--", StringComparison.Ordinal))
        {
            return Refuse(new ConsoleProblem("group-name", name));
        }

        if (description.Length == 0)
        {
            return Refuse(new ConsoleProblem("group-description", name));
        }

        if (family != serverFamily)
        {
            return Refuse(new ConsoleProblem("group-family", family, serverFamily));
        }

        // The console writes the names of groups in small letters.
        Group = name.ToLowerInvariant();
        Attached = false;
        return Accept();
    }

    /// <summary>Types a value.</summary>
    public void Edit(string setting, string value)
    {
        Problem = null;
        _edited[setting] = value;
        Phase = ConsolePhase.Edited;
        _story.Record(TimelineStage.Edited);
        _changed();
    }

    /// <summary>Forgets what was typed and not saved.</summary>
    public void Discard()
    {
        _edited.Clear();
        Accept();
    }

    /// <summary>Picks a group for the server.</summary>
    public void Pick(string? group)
    {
        Picked = group;
        Accept();
    }

    /// <summary>Says in words why the console does not do something.</summary>
    /// <returns>False.</returns>
    public bool Refuse(ConsoleProblem problem)
    {
        Problem = problem;
        _changed();
        return false;
    }

    /// <summary>Saves what was typed. It reaches the server at once, unless it stands in a group that is not attached.</summary>
    /// <param name="parameters">What may be saved here.</param>
    /// <returns>Whether the console took it.</returns>
    public Task<bool> SaveAsync(IEnumerable<ConsoleParameter> parameters)
    {
        foreach (var parameter in parameters)
        {
            if (_edited.TryGetValue(parameter.Name, out var value) && !parameter.Takes(value.Trim()))
            {
                var allowed = parameter.Choices.Count > 0 ? string.Join(", ", parameter.Choices) : parameter.Range is { } range ? FormattableString.Invariant($"{range.Least}-{range.Most}") : "";
                return Task.FromResult(Refuse(new ConsoleProblem("value", parameter.Name, allowed)));
            }
        }

        return ActAsync(async () =>
        {
            foreach (var (setting, value) in _edited.ToList())
            {
                if (Group is null || Attached)
                {
                    await _sandbox.SetParameterAsync(setting, value.Trim(), _stop);
                }

                _saved[setting] = value.Trim();
                _edited.Remove(setting);
            }

            await ReachedAsync(Group is null || Attached);
        });
    }

    /// <summary>Attaches the picked group: the server takes its values, the static ones at its next start.</summary>
    public Task<bool> AttachAsync() => ActAsync(async () =>
    {
        foreach (var (setting, value) in _saved)
        {
            await _sandbox.SetParameterAsync(setting, value, _stop);
        }

        Attached = true;
        await ReachedAsync(true);
    });

    /// <summary>Saves the rules of the drawn firewall.</summary>
    public void Allow()
    {
        _allowed();
        Accept();
    }

    /// <summary>Restarts the server.</summary>
    public Task<bool> RebootAsync() => ActAsync(async () =>
    {
        Phase = ConsolePhase.Restarting;
        _changed();
        try
        {
            await _sandbox.RebootAsync(_stop);
        }
        finally
        {
            Phase = ConsolePhase.Back;
        }
    });

    /// <summary>Does all of it in one go: for whoever asks the sandbox to do it for them.</summary>
    internal async Task<bool> DoAsync(string? setting, string? value, bool restart)
    {
        if (setting is not null && value is not null)
        {
            _story.Record(TimelineStage.Edited);
            var taken = await ActAsync(async () =>
            {
                await _sandbox.SetParameterAsync(setting, value, _stop);
                _edited.Remove(setting);
                _saved[setting] = value;
                await ReachedAsync(!restart);
            });
            if (!taken)
            {
                return false;
            }
        }

        return !restart || await RebootAsync();
    }

    private async Task ReachedAsync(bool server)
    {
        Phase = ConsolePhase.Saved;
        _story.Record(TimelineStage.Saved);
        if (_sandbox.WaitingForRestart.Count > 0)
        {
            Phase = ConsolePhase.WaitingForRestart;
            _story.Record(TimelineStage.Waiting);
        }

        if (server)
        {
            await _applied();
        }
    }

    private bool Accept()
    {
        Problem = null;
        _changed();
        return true;
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "Whatever the sandbox refuses is shown in the drawing, not thrown at the page.")]
    private async Task<bool> ActAsync(Func<Task> act)
    {
        if (Interlocked.Exchange(ref _acting, 1) != 0)
        {
            return false;
        }

        Problem = null;
        _changed();
        try
        {
            await act();
            return true;
        }
        catch (Exception exception)
        {
            Problem = new ConsoleProblem(null, exception.Message);
            return false;
        }
        finally
        {
            _acting = 0;
            _changed();
        }
    }
}
