using System.Net.Sockets;
using Npgsql;

namespace SetupWizard.Sandbox;

/// <summary>Work on a connection that goes on, over reboots and kills of the server, until it is disposed.</summary>
internal sealed class BackgroundLoop : IAsyncDisposable
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);

    private readonly CancellationTokenSource _end = new();
    private readonly Task _work;

    private BackgroundLoop(Func<CancellationToken, Task<NpgsqlConnection>> open, Func<NpgsqlConnection, CancellationToken, Task> work, TimeProvider time) =>
        _work = Task.Run(() => RepeatAsync(open, work, time, _end.Token));

    /// <summary>Starts the loop: opens a connection, works until it fails, and begins again.</summary>
    public static BackgroundLoop Start(Func<CancellationToken, Task<NpgsqlConnection>> open, Func<NpgsqlConnection, CancellationToken, Task> work, TimeProvider time) => new(open, work, time);

    /// <summary>Ends the loop.</summary>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync().ConfigureAwait(false);
        await _work.ConfigureAwait(false);
        _end.Dispose();
    }

    private static async Task RepeatAsync(Func<CancellationToken, Task<NpgsqlConnection>> open, Func<NpgsqlConnection, CancellationToken, Task> work, TimeProvider time, CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            try
            {
                var connection = await open(end).ConfigureAwait(false);
                await using (connection.ConfigureAwait(false))
                {
                    await work(connection, end).ConfigureAwait(false);
                }
            }
            catch (Exception problem) when (problem is NpgsqlException or SocketException or IOException or TimeoutException or InvalidOperationException or OperationCanceledException)
            {
                // A server that is down, or a clash with what somebody else does at this moment: try again soon.
                await Task.Delay(s_pause, time, end).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}
