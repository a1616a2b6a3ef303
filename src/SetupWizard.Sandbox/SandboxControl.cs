using System.Net.Sockets;
using System.Text.Json;

namespace SetupWizard.Sandbox;

/// <summary>One request of another process, a line of JSON.</summary>
internal sealed record ControlRequest(string Verb, string? Name = null, string? Value = null, int Count = 0);

/// <summary>The answer: what the sandbox is and how it stands, or why the request failed.</summary>
internal sealed record ControlReply(SandboxIdentity? Identity, SandboxState? State, string? Error = null, string? Refused = null);

/// <summary>Lets other processes of the same user drive the sandbox, over a socket in its own directory.</summary>
internal sealed class SandboxControl : IAsyncDisposable
{
    private readonly OwnedSandbox _sandbox;
    private readonly Socket _listener;
    private readonly CancellationTokenSource _end = new();
    private readonly Task _accepting;
    private readonly List<Task> _serving = [];

    private SandboxControl(OwnedSandbox sandbox, Socket listener)
    {
        _sandbox = sandbox;
        _listener = listener;
        _accepting = AcceptAsync();
    }

    /// <summary>Begins to listen.</summary>
    public static SandboxControl Listen(OwnedSandbox sandbox, string path)
    {
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            listener.Bind(new UnixDomainSocketEndPoint(path));
            if (!OperatingSystem.IsWindows())
            {
                // Not even the server's user, whose directory this is, may talk to us.
                File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            }

            listener.Listen();
            return new SandboxControl(sandbox, listener);
        }
        catch
        {
            listener.Dispose();
            throw;
        }
    }

    /// <summary>Ends listening and waits for requests under way.</summary>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync().ConfigureAwait(false);
        _listener.Dispose();
        await _accepting.ConfigureAwait(false);
        await Task.WhenAll(_serving).ConfigureAwait(false);
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_end.IsCancellationRequested)
        {
            try
            {
                var client = await _listener.AcceptAsync(_end.Token).ConfigureAwait(false);
                _serving.RemoveAll(task => task.IsCompleted);
                _serving.Add(ServeAsync(client));
            }
            catch (Exception problem) when (problem is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // Ending, or a client that left before it was heard.
            }
        }
    }

    private async Task ServeAsync(Socket client)
    {
        try
        {
            var stream = new NetworkStream(client, ownsSocket: true);
            await using (stream.ConfigureAwait(false))
            {
                using var reader = new StreamReader(stream, leaveOpen: true);
                if (await reader.ReadLineAsync(_end.Token).ConfigureAwait(false) is { } line)
                {
                    var reply = await AnswerAsync(JsonSerializer.Deserialize<ControlRequest>(line)!, _end.Token).ConfigureAwait(false);
                    await stream.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(reply), _end.Token).ConfigureAwait(false);
                }
            }
        }
        catch (Exception problem) when (problem is OperationCanceledException or IOException or SocketException or JsonException)
        {
            // The other side is gone or talks nonsense; neither concerns the sandbox.
        }
    }

    private async Task<ControlReply> AnswerAsync(ControlRequest request, CancellationToken cancellationToken)
    {
        try
        {
            await (request.Verb switch
            {
                "refresh" => _sandbox.RefreshAsync(cancellationToken),
                "set" => _sandbox.SetParameterAsync(request.Name ?? "", request.Value ?? "", cancellationToken),
                "reboot" => _sandbox.RebootAsync(cancellationToken),
                "kill" => _sandbox.KillAsync(cancellationToken),
                "stop" => _sandbox.StopAsync(cancellationToken),
                "start" => _sandbox.StartAgainAsync(cancellationToken),
                "many" => _sandbox.SeedManyTablesAsync(request.Count, cancellationToken),
                _ => Task.CompletedTask,
            }).ConfigureAwait(false);
            return new ControlReply(_sandbox.Identity, _sandbox.State);
        }
        catch (SandboxRefusedException refused)
        {
            return new ControlReply(_sandbox.Identity, _sandbox.State, refused.Message, refused.Parameter);
        }
        catch (Exception problem) when (problem is not OperationCanceledException)
        {
            return new ControlReply(_sandbox.Identity, _sandbox.State, problem.Message);
        }
    }
}
