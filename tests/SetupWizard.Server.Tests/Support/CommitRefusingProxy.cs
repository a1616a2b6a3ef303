using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace SetupWizard.Server.Tests.Support;

/// <summary>
/// A way to a server that accepts every statement and refuses COMMIT when a statement of the transaction is not to its taste, as services with a control plane
/// of their own do. What the server is told in place of it is ROLLBACK. It reads what passes, hence without TLS.
/// See <see href="https://www.postgresql.org/docs/current/protocol-message-formats.html"/>.
/// </summary>
public sealed class CommitRefusingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _serving = [];
    private readonly int _port;
    private readonly Func<string, bool> _refuses;
    private readonly string _sqlState;
    private readonly string _message;
    private readonly Task _loop;

    /// <summary>Listens on a free port of the loopback address.</summary>
    /// <param name="port">The server's port on the same address.</param>
    /// <param name="refuses">Whether a statement makes the commit of its transaction impossible.</param>
    /// <param name="sqlState">With which SQLSTATE.</param>
    /// <param name="message">And in which words.</param>
    public CommitRefusingProxy(int port, Func<string, bool> refuses, string sqlState, string message)
    {
        (_port, _refuses, _sqlState, _message) = (port, refuses, sqlState, message);
        _listener.Start();
        _loop = AcceptAsync();
    }

    /// <summary>As Neon refuses a password's verifier.</summary>
    public static CommitRefusingProxy OfNeon(int port) => new(
        port,
        static sql => sql.Contains("SCRAM-SHA-256$", StringComparison.Ordinal),
        "XX000",
        "Received HTTP code 400 from control plane: {\"error\":\"Neon only supports being given plaintext passwords\"}");

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.WhenAll(_serving).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            _serving.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        using (var server = new TcpClient())
        {
            await server.ConnectAsync(IPAddress.Loopback, _port, _stop.Token);
            (client.NoDelay, server.NoDelay) = (true, true);
            var session = new Session(this);
            await Task.WhenAll(
                PassAsync(client, server, typed: false, session.Asked),
                PassAsync(server, client, typed: true, session.Answered));
        }
    }

    /// <summary>Passes messages on, each as what is made of it.</summary>
    private async Task PassAsync(TcpClient from, TcpClient to, bool typed, Func<byte[], byte[]> change)
    {
        var (source, sink) = (from.GetStream(), to.GetStream());
        try
        {
            while (true)
            {
                // The first message of a client has no type.
                var head = new byte[typed ? 5 : 4];
                await source.ReadExactlyAsync(head, _stop.Token);
                var length = BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(typed ? 1 : 0));
                var message = new byte[(typed ? 1 : 0) + length];
                head.CopyTo(message, 0);
                await source.ReadExactlyAsync(message.AsMemory(head.Length), _stop.Token);
                if (!typed && length == 8)
                {
                    // Whoever asks for TLS only wants to know who is there.
                    await source.WriteAsync("N"u8.ToArray(), _stop.Token);
                    continue;
                }

                await sink.WriteAsync(typed ? change(message) : message, _stop.Token);
                typed = true;
            }
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            to.Close();
        }
    }

    private static byte[] Message(char type, params byte[][] parts)
    {
        var body = parts.SelectMany(static p => p).ToArray();
        var message = new byte[5 + body.Length];
        message[0] = (byte)type;
        BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(1), 4 + body.Length);
        body.CopyTo(message, 5);
        return message;
    }

    private static byte[] Text(string text) => [.. Encoding.UTF8.GetBytes(text), 0];

    private sealed class Session(CommitRefusingProxy proxy)
    {
        private volatile bool _spoiled;
        private volatile bool _refusing;

        public byte[] Asked(byte[] message)
        {
            if (message[0] is (byte)'Q' or (byte)'P')
            {
                var sql = Encoding.UTF8.GetString(message, 5, message.Length - 5);
                _spoiled |= proxy._refuses(sql);
                if (_spoiled && sql.Trim('\0', ' ', ';') == "COMMIT")
                {
                    _refusing = true;
                    return Message('Q', Text("ROLLBACK"));
                }
            }

            return message;
        }

        public byte[] Answered(byte[] message)
        {
            switch ((char)message[0])
            {
                case 'C' when _refusing:
                    return Message('E', [(byte)'S'], Text("ERROR"), [(byte)'V'], Text("ERROR"), [(byte)'C'], Text(proxy._sqlState), [(byte)'M'], Text(proxy._message), [0]);
                case 'Z' when message[5] == (byte)'I':
                    (_spoiled, _refusing) = (false, false);
                    return message;
                default:
                    return message;
            }
        }
    }
}
