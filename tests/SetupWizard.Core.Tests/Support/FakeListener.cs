using System.Net;
using System.Net.Sockets;

namespace SetupWizard.Core.Tests.Support;

/// <summary>Something that listens on a port of this machine and is not PostgreSQL.</summary>
public sealed class FakeListener : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly List<TcpClient> _clients = [];
    private readonly Task _loop;

    private FakeListener(Func<NetworkStream, CancellationToken, Task>? answer)
    {
        _listener.Start();
        _loop = AcceptAsync(answer);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Accepts and never says a word.</summary>
    public static FakeListener Silent() => new(static (_, token) => Task.Delay(Timeout.Infinite, token));

    /// <summary>Accepts and hangs up.</summary>
    public static FakeListener Closing() => new(null);

    /// <summary>Answers every first packet with these bytes.</summary>
    public static FakeListener Answering(byte[] answer) => new(async (stream, token) =>
    {
        var buffer = new byte[1024];
        _ = await stream.ReadAsync(buffer, token);
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
                await answer(client.GetStream(), _stop.Token);
            }
            catch (Exception exception) when (exception is OperationCanceledException or IOException)
            {
                // The test is over, or the other side hung up.
            }
        }
    }
}
