using System.Net;
using System.Net.Sockets;

namespace SetupWizard.Testing;

/// <summary>Something that listens on a port of this machine and is not PostgreSQL.</summary>
public sealed class FakeListener : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly List<TcpClient> _clients = [];
    private readonly TaskCompletionSource _accepted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _heard = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _loop;

    private FakeListener(Func<NetworkStream, CancellationToken, Task>? answer)
    {
        _listener.Start();
        _loop = AcceptAsync(answer);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Ends once somebody has connected.</summary>
    public Task Accepted => _accepted.Task;

    /// <summary>Ends once somebody has said something and waits for an answer.</summary>
    public Task Heard => _heard.Task;

    /// <summary>Accepts and never says a word.</summary>
    public static FakeListener Silent() => new(static (_, token) => Task.Delay(Timeout.Infinite, token));

    /// <summary>Accepts and hangs up.</summary>
    public static FakeListener Closing() => new(null);

    /// <summary>Answers every first packet with these bytes.</summary>
    public static FakeListener Answering(byte[] answer) => new(async (stream, token) =>
    {
        await stream.WriteAsync(answer, token);
        await Task.Delay(TimeSpan.FromMilliseconds(200), token);
    });

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var client in _clients)
        {
            client.Dispose();
        }

        _stop.Dispose();
    }

    private async Task AcceptAsync(Func<NetworkStream, CancellationToken, Task>? answer)
    {
        while (true)
        {
            var client = await _listener.AcceptTcpClientAsync(_stop.Token);
            _clients.Add(client);
            _accepted.TrySetResult();
            _ = answer is null ? CloseAsync(client) : AnswerAsync(client, answer);
        }
    }

    private static Task CloseAsync(TcpClient client)
    {
        client.Close();
        return Task.CompletedTask;
    }

    private async Task AnswerAsync(TcpClient client, Func<NetworkStream, CancellationToken, Task> answer)
    {
        using (client)
        {
            try
            {
                var stream = client.GetStream();
                if (await stream.ReadAsync(new byte[1024], _stop.Token) > 0)
                {
                    _heard.TrySetResult();
                }

                await answer(stream, _stop.Token);
            }
            catch (Exception exception) when (exception is OperationCanceledException or IOException)
            {
                // The test is over, or the other side hung up.
            }
        }
    }
}
