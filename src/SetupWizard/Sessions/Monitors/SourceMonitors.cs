using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using SetupWizard.Core.Connecting;
using SetupWizard.Core.Engine;
using SetupWizard.Core.Model;

namespace SetupWizard.Sessions.Monitors;

/// <summary>
/// Live status by source and not by visitor: however many wizards look at a source as the same login for the same user, it is asked once. Whoever looks was let in by the source with
/// credentials of their own; when those whose credentials are used leave, the next one's are.
/// </summary>
/// <param name="runner">The engine.</param>
public sealed class SourceMonitors(ISetupRunner runner)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Key, Shared> _shared = [];

    /// <summary>How many sources are asked.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _shared.Count;
            }
        }
    }

    /// <summary>The pulses of a source: the last one at once, then each.</summary>
    /// <param name="target">The source, opened by whoever looks.</param>
    /// <param name="goal">Whose user and which provider.</param>
    /// <param name="cancellationToken">Ends looking.</param>
    public async IAsyncEnumerable<LivePulse> WatchAsync(SetupTarget target, SetupGoal goal, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(goal);
        var key = new Key(target.Endpoint, target.Credentials.AdminUser, goal.User, goal.Provider);
        var looker = new Looker(target, goal);
        Join(key, looker);
        try
        {
            await foreach (var pulse in looker.Pulses.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return pulse;
            }
        }
        finally
        {
            Leave(key, looker);
        }
    }

    private void Join(Key key, Looker looker)
    {
        lock (_gate)
        {
            if (_shared.TryGetValue(key, out var shared))
            {
                shared.Lookers = shared.Lookers.Add(looker);
                if (shared.Last is { } last)
                {
                    looker.Pulses.Writer.TryWrite(last);
                }

                return;
            }

            _shared[key] = shared = new Shared { Lookers = [looker] };
            Start(key, shared);
        }
    }

    private void Leave(Key key, Looker looker)
    {
        lock (_gate)
        {
            if (!_shared.TryGetValue(key, out var shared) || !shared.Lookers.Contains(looker))
            {
                return;
            }

            shared.Lookers = shared.Lookers.Remove(looker);
            if (shared.Lookers.IsEmpty)
            {
                _shared.Remove(key);
                shared.Stop.Cancel();
            }
            else if (shared.Owner == looker)
            {
                // Its credentials are forgotten with its session.
                shared.Stop.Cancel();
                Start(key, shared);
            }
        }
    }

    private void Start(Key key, Shared shared)
    {
        shared.Stop = new CancellationTokenSource();
        shared.Owner = shared.Lookers[0];
        _ = RunAsync(key, shared, shared.Owner, shared.Stop);
    }

    private async Task RunAsync(Key key, Shared shared, Looker owner, CancellationTokenSource stop)
    {
        await Task.Yield();
        Exception? broken = null;
        try
        {
            await foreach (var pulse in runner.WatchAsync(owner.Target, owner.Goal, stop.Token).WithCancellation(stop.Token).ConfigureAwait(false))
            {
                lock (_gate)
                {
                    if (shared.Stop != stop)
                    {
                        return;
                    }

                    shared.Last = pulse;
                    foreach (var looker in shared.Lookers)
                    {
                        looker.Pulses.Writer.TryWrite(pulse);
                    }
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Nobody looks any more, or somebody else's credentials are used.
        }
#pragma warning disable CA1031 // Every looker hears of it where it looks.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            broken = exception;
        }

        lock (_gate)
        {
            if (shared.Stop == stop && !stop.IsCancellationRequested)
            {
                _shared.Remove(key);
                foreach (var looker in shared.Lookers)
                {
                    looker.Pulses.Writer.TryComplete(broken);
                }
            }
        }

        stop.Dispose();
    }

    /// <summary>What pulses depend on.</summary>
    private sealed record Key(SourceEndpoint Endpoint, string AdminUser, string User, string? Provider);

    private sealed class Looker(SetupTarget target, SetupGoal goal)
    {
        public SetupTarget Target { get; } = target;

        public SetupGoal Goal { get; } = goal;

        /// <summary>Whoever is slow gets the newest ones.</summary>
        public Channel<LivePulse> Pulses { get; } = Channel.CreateBounded<LivePulse>(new BoundedChannelOptions(16) { FullMode = BoundedChannelFullMode.DropOldest });
    }

    private sealed class Shared
    {
        public required ImmutableList<Looker> Lookers { get; set; }

        public Looker? Owner { get; set; }

        public LivePulse? Last { get; set; }

        public CancellationTokenSource Stop { get; set; } = new();
    }
}
