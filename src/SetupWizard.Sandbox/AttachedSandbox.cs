using System.Globalization;
using System.Net.Sockets;
using System.Text.Json;

namespace SetupWizard.Sandbox;

/// <summary>A sandbox that another process of the same user owns.</summary>
internal sealed class AttachedSandbox : ISandboxDriver
{
    private readonly string _directory;

    private AttachedSandbox(string directory, ControlReply reply)
    {
        _directory = directory;
        Identity = reply.Identity!;
        State = reply.State!;
    }

    public SandboxIdentity Identity { get; }

    public SandboxState State { get; private set; }

    /// <summary>The socket over which a sandbox is driven.</summary>
    public static string SocketPath(string directory) => Path.Combine(directory, "control");

    public static async Task<AttachedSandbox> AttachAsync(int port, CancellationToken cancellationToken)
    {
        var missing = string.Create(CultureInfo.InvariantCulture, $"No sandbox of this user runs on port {port}.");
        var directory = SandboxRegistry.Find(port) ?? throw new SandboxException(missing);
        try
        {
            return new AttachedSandbox(directory, await AskAsync(directory, new ControlRequest("status"), cancellationToken).ConfigureAwait(false));
        }
        catch (Exception problem) when (problem is SocketException or IOException)
        {
            SandboxRegistry.Remove(port, directory);
            throw new SandboxException(missing, problem);
        }
    }

    public Task RefreshAsync(CancellationToken cancellationToken) => DoAsync(new ControlRequest("refresh"), cancellationToken);

    public Task SetParameterAsync(string name, string value, CancellationToken cancellationToken) => DoAsync(new ControlRequest("set", name, value), cancellationToken);

    public Task RebootAsync(CancellationToken cancellationToken) => DoAsync(new ControlRequest("reboot"), cancellationToken);

    public Task KillAsync(CancellationToken cancellationToken) => DoAsync(new ControlRequest("kill"), cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => DoAsync(new ControlRequest("stop"), cancellationToken);

    public Task StartAgainAsync(CancellationToken cancellationToken) => DoAsync(new ControlRequest("start"), cancellationToken);

    public Task SeedManyTablesAsync(int count, CancellationToken cancellationToken) => DoAsync(new ControlRequest("many", Count: count), cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task DoAsync(ControlRequest request, CancellationToken cancellationToken)
    {
        ControlReply reply;
        try
        {
            reply = await AskAsync(_directory, request, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception problem) when (problem is SocketException or IOException)
        {
            throw new SandboxException(string.Create(CultureInfo.InvariantCulture, $"The sandbox on port {Identity.Port} is gone."), problem);
        }

        State = reply.State!;
        if (reply.Refused is { } parameter)
        {
            throw new SandboxRefusedException(parameter, reply.Error!);
        }

        if (reply.Error is { } error)
        {
            throw new SandboxException(error);
        }
    }

    private static async Task<ControlReply> AskAsync(string directory, ControlRequest request, CancellationToken cancellationToken)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(SocketPath(directory)), cancellationToken).ConfigureAwait(false);
        var stream = new NetworkStream(socket);
        await using (stream.ConfigureAwait(false))
        {
            await stream.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(request), cancellationToken).ConfigureAwait(false);
            await stream.WriteAsync("\n"u8.ToArray(), cancellationToken).ConfigureAwait(false);
            using var reader = new StreamReader(stream, leaveOpen: true);
            var line = await reader.ReadToEndAsync(cancellationToken).ConfigureAwait(false);
            return line.Length == 0 ? throw new EndOfStreamException() : JsonSerializer.Deserialize<ControlReply>(line)!;
        }
    }
}
