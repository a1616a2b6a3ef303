using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace SetupWizard.Testing;

/// <summary>
/// Something that speaks PostgreSQL's protocol, without TLS, and has bad manners in it.
/// See <see href="https://www.postgresql.org/docs/current/protocol-message-formats.html"/>.
/// </summary>
public sealed class FakePostgres : IAsyncDisposable
{
    private const int SslRequestCode = 80877103;

    /// <summary>How often it has a password hashed; fewer than what keeps a processor busy for hours.</summary>
    private const int Rounds = 20_000_000;

    private static readonly byte[] s_long = Text("M" + new string('x', 20_000_000));

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _serving = [];
    private readonly string _manners;
    private readonly Task _loop;
    private int _sessions;
    private bool _enough;

    /// <param name="manners">What it does; see <see cref="LogInAsync"/>.</param>
    public FakePostgres(string manners)
    {
        _manners = manners;
        _listener.Start();
        _loop = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>How many sessions were begun.</summary>
    public int Sessions => Volatile.Read(ref _sessions);

    /// <summary>Ends what else has no end, and has whoever listens closed out.</summary>
    public void BeEnough() => Volatile.Write(ref _enough, true);

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
        {
            var stream = client.GetStream();
            var first = await ReadAsync(stream, typed: false);
            if (first.Length == 8 && BinaryPrimitives.ReadInt32BigEndian(first.AsSpan(4)) == SslRequestCode)
            {
                await stream.WriteAsync("N"u8.ToArray(), _stop.Token);
                return;
            }

            Interlocked.Increment(ref _sessions);
            await LogInAsync(stream);
        }
    }

    private async Task LogInAsync(NetworkStream stream)
    {
        switch (_manners)
        {
            case "rounds":
                await SendAsync(stream, Message('R', Number(10), Text("SCRAM-SHA-256"), [0]));
                var asked = Encoding.UTF8.GetString(await ReadAsync(stream, typed: true));
                var nonce = asked[(asked.IndexOf("r=", StringComparison.Ordinal) + 2)..];
                await SendAsync(stream, Message('R', Number(11), Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"r={nonce}x,s={Convert.ToBase64String(new byte[16])},i={Rounds}"))));
                await stream.ReadExactlyAsync(new byte[1], _stop.Token);
                break;
            case "error":
                await SendAsync(stream, Error("FATAL", "28000"));
                break;
            case "notices":
                await EndlesslyAsync(stream, static _ => Message('N', Text("SNOTICE"), Text("VNOTICE"), Text("C00000"), Text("Mhello"), [0]));
                break;
            case "parameters":
                await SendAsync(stream, Message('R', Number(0)));
                // Long names: the driver copies all it has for each, and goes on with what lies in the socket when this server is gone.
                await EndlesslyAsync(stream, static i => Message('S', Text(string.Create(CultureInfo.InvariantCulture, $"p{i:D1000}")), Text("v")));
                break;
            case "parameter":
                await SendAsync(stream, Message('R', Number(0)));
                await EndlesslyAsync(stream, static _ => Message('S', Text("p"), Text("v")));
                break;
            case "silence":
                await SendAsync(stream, Message('R', Number(0)));
                await Task.Delay(Timeout.Infinite, _stop.Token);
                break;
            default:
                await SendAsync(stream, Message('R', Number(0)));
                foreach (var (name, value) in new[] { ("server_version", "17.0"), ("server_encoding", "UTF8"), ("client_encoding", "UTF8"), ("integer_datetimes", "on"), ("standard_conforming_strings", "on") })
                {
                    await SendAsync(stream, Message('S', Text(name), Text(value)));
                }

                await SendAsync(stream, [.. Message('K', Number(1), Number(2)), .. Ready]);
                await stream.ReadExactlyAsync(new byte[1], _stop.Token);
                if (_manners == "notices-later")
                {
                    await EndlesslyAsync(stream, static _ => Message('N', Text("SNOTICE"), Text("VNOTICE"), Text("C00000"), Text("Mhello"), [0]));
                }

                await SendAsync(stream, [.. Error("ERROR", "42501"), .. Ready]);
                await stream.CopyToAsync(Stream.Null, _stop.Token);
                break;
        }
    }

    private static byte[] Ready => Message('Z', "I"u8.ToArray());

    private static byte[] Error(string severity, string state) =>
        Message('E', Text("S" + severity), Text("V" + severity), Text("C" + state), s_long, [0]);

    private async Task EndlesslyAsync(NetworkStream stream, Func<int, byte[]> message)
    {
        for (var i = 0; !Volatile.Read(ref _enough); i += 500)
        {
            await SendAsync(stream, [.. Enumerable.Range(i, 500).SelectMany(message)]);
        }
    }

    private async Task SendAsync(NetworkStream stream, byte[] bytes) => await stream.WriteAsync(bytes, _stop.Token);

    private async Task<byte[]> ReadAsync(NetworkStream stream, bool typed)
    {
        var head = new byte[typed ? 5 : 4];
        await stream.ReadExactlyAsync(head, _stop.Token);
        var length = BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(typed ? 1 : 0));
        var message = new byte[length];
        head.AsSpan(typed ? 1 : 0).CopyTo(message);
        await stream.ReadExactlyAsync(message.AsMemory(4), _stop.Token);
        return message;
    }

    private static byte[] Number(int number)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, number);
        return bytes;
    }

    private static byte[] Text(string text) => [.. Encoding.UTF8.GetBytes(text), 0];

    private static byte[] Message(char type, params byte[][] parts)
    {
        var length = parts.Sum(static p => p.Length);
        var message = new byte[5 + length];
        message[0] = (byte)type;
        BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(1), 4 + length);
        var at = 5;
        foreach (var part in parts)
        {
            part.CopyTo(message, at);
            at += part.Length;
        }

        return message;
    }
}
