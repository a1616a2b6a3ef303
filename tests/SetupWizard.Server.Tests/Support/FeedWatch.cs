using System.Text.Json;
using SetupWizard.Core.Model;

namespace SetupWizard.Server.Tests.Support;

/// <summary>A feed that is read in the background, with all its pulses.</summary>
public sealed class FeedWatch : IAsyncDisposable
{
    private static readonly JsonSerializerOptions s_relaxed = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly List<FeedPulse> _pulses = [];
    private readonly Task _reading;

    private FeedWatch(EngineHarness engine) => _reading = ReadAsync(engine.Runner.FeedAsync(engine.Target, engine.Goal, _stop.Token));

    public IReadOnlyList<FeedPulse> Pulses
    {
        get
        {
            lock (_gate)
            {
                return [.. _pulses];
            }
        }
    }

    public FeedPulse Last => Pulses[^1];

    /// <summary>Every pulse as text, to look for what must not be in it.</summary>
    public string Text => string.Join('\n', Pulses.Select(p => p + JsonSerializer.Serialize(p, s_relaxed)));

    public static FeedWatch Start(EngineHarness engine) => new(engine);

    /// <summary>Waits for a pulse; a feed that broke throws what broke it.</summary>
    public async Task UntilAsync(Func<FeedPulse, bool> condition, string otherwise)
    {
        try
        {
            await Eventually.TrueAsync(
                async () =>
                {
                    // In this order: the pulse can be the last one.
                    var over = _reading.IsCompleted;
                    if (Pulses.Any(condition))
                    {
                        return true;
                    }

                    if (over)
                    {
                        await _reading;
                        Assert.Fail(Said());
                    }

                    return false;
                },
                otherwise,
                TimeSpan.FromSeconds(30));
        }
        catch (TimeoutException)
        {
            Assert.Fail(Said());
        }

        string Said() => Pulses is [.., var last] ? $"{otherwise} {last} {last.Problem?.Key} {last.Problem?.Server?.Text}" : otherwise;
    }

    /// <summary>Waits for the last pulse.</summary>
    public async Task<FeedPulse> EndAsync()
    {
        Assert.True(await Eventually.EndsAsync(_reading, TimeSpan.FromSeconds(60)), "The feed does not end.");
        await _reading;
        return Last;
    }

    /// <summary>Stops to watch and waits for the last pulse.</summary>
    public async Task<FeedPulse> StopAsync()
    {
        await _stop.CancelAsync();
        return await EndAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task ReadAsync(IAsyncEnumerable<FeedPulse> pulses)
    {
        await foreach (var pulse in pulses)
        {
            lock (_gate)
            {
                _pulses.Add(pulse);
            }
        }
    }
}
