using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using SetupWizard.Core.Connecting;
using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;
using SetupWizard.Server.Tests.Support;

namespace SetupWizard.Server.Tests.Source;

/// <summary>A password goes in a weak way only to a server that is proved to be the one meant, or where somebody agreed.</summary>
public sealed class WeakAuthTests(OwnServer server) : IClassFixture<OwnServer>
{
    private const string Password = "Canary-of-the-log-in-7";

    private const int ClearText = 3;

    private const int Md5 = 5;

    [Theory]
    [InlineData(ClearText, WeakAuth.None, "auth-password")]
    [InlineData(ClearText, WeakAuth.Md5, "auth-password")]
    [InlineData(Md5, WeakAuth.None, "auth-md5")]
    [InlineData(Md5, WeakAuth.Password, "auth-md5")]
    public async Task Who_asks_unproved_is_told_as_that_and_gets_nothing(int method, WeakAuth agreed, string expected)
    {
        using var rogue = new Rogue(method);

        var report = await OwnServer.ConnectAsync(Target(ThisMachine.Host, rogue.Port, agreed));

        Assert.Equal(expected, report.Verdict.Case);
        Assert.DoesNotContain(rogue.Heard, static h => h is [(byte)'p', ..]);
    }

    [Theory]
    [InlineData(null, ClearText, WeakAuth.Password)]
    [InlineData(null, Md5, WeakAuth.Md5)]
    [InlineData("127.0.0.1", ClearText, WeakAuth.None)]
    [InlineData("localhost", Md5, WeakAuth.None)]
    public async Task Agreed_to_or_on_this_machine_it_is_sent(string? host, int method, WeakAuth agreed)
    {
        using var rogue = new Rogue(method);

        await OwnServer.ConnectAsync(Target(host ?? ThisMachine.Host, rogue.Port, agreed));

        var sent = Assert.Single(rogue.Heard, static h => h is [(byte)'p', ..]);
        Assert.Equal(method == ClearText, Encoding.UTF8.GetString(sent).Contains(Password, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Scram_needs_no_proof()
    {
        var target = server.Target();
        await using var relay = new Relay(target.Endpoint.Port, TimeSpan.Zero, IPAddress.Any);
        var report = await OwnServer.ConnectAsync(target with { Endpoint = target.Endpoint with { Host = ThisMachine.Host, Port = relay.Port, Tls = TlsMode.Require, CaCertificatePem = null } });

        Assert.True(report.Succeeded, report.Verdict.Case);
    }

    [Theory]
    [InlineData("db.example", TlsMode.Disable, false)]
    [InlineData("db.example", TlsMode.Require, false)]
    [InlineData("db.example", TlsMode.VerifyCa, true)]
    [InlineData("db.example", TlsMode.VerifyFull, true)]
    [InlineData("127.0.0.2", TlsMode.Disable, true)]
    [InlineData("::1", TlsMode.Disable, true)]
    [InlineData("localhost.example", TlsMode.Disable, false)]
    public void What_proves_who_answers(string host, TlsMode tls, bool expected)
    {
        Assert.Equal(expected, new SourceEndpoint { Host = host, Database = "x", Tls = tls }.IsProved);
    }

    [Theory]
    [InlineData("postgres://a@h/d?require_auth=md5", WeakAuth.Md5)]
    [InlineData("postgres://a@h/d?require_auth=password,scram-sha-256", WeakAuth.Password)]
    [InlineData("host=h dbname=d user=a require_auth='md5,password'", WeakAuth.Md5 | WeakAuth.Password)]
    [InlineData("postgres://a@h/d?require_auth=!md5", WeakAuth.None)]
    [InlineData("postgres://a@h/d?require_auth=scram-sha-256", WeakAuth.None)]
    [InlineData("postgres://a@h/d", WeakAuth.None)]
    public void Agreement_is_read_from_the_text(string text, WeakAuth expected)
    {
        var connection = ConnectionStringParser.Parse(text);

        Assert.Equal((expected, expected), (connection.AgreedAuth, connection.ToEndpoint()!.AgreedAuth));
        Assert.Empty(connection.Problems);
    }

    private static SetupTarget Target(string host, int port, WeakAuth agreed) => new(
        new SourceEndpoint { Host = host, Port = port, Database = "x", Tls = TlsMode.Disable, AgreedAuth = agreed },
        new SourceCredentials("a", new SecretString(Password)));

    /// <summary>Has no TLS, asks for the password in a way of its choice, and remembers what it was sent.</summary>
    private sealed class Rogue : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Any, 0);
        private readonly int _method;
        private readonly List<byte[]> _heard = [];

        public Rogue(int method)
        {
            _method = method;
            _listener.Start();
            _ = ServeAsync();
        }

        public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

        public IReadOnlyList<byte[]> Heard
        {
            get
            {
                lock (_heard)
                {
                    return [.. _heard];
                }
            }
        }

        public void Dispose() => _listener.Dispose();

        private async Task ServeAsync()
        {
            try
            {
                while (true)
                {
                    using var client = await _listener.AcceptTcpClientAsync();
                    await AnswerAsync(client.GetStream());
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // The test is over.
            }
        }

        private async Task AnswerAsync(NetworkStream stream)
        {
            var buffer = new byte[4096];
            try
            {
                int read;
                while ((read = await stream.ReadAsync(buffer)) > 0)
                {
                    var heard = buffer[..read];
                    lock (_heard)
                    {
                        _heard.Add(heard);
                    }

                    if (heard is [(byte)'p', ..])
                    {
                        // What was wanted is here.
                        return;
                    }

                    await stream.WriteAsync(read == 8 ? "N"u8.ToArray() : Ask());
                }
            }
            catch (IOException)
            {
                // The other side hung up.
            }
        }

        private byte[] Ask()
        {
            var salt = _method == Md5 ? 4 : 0;
            var message = new byte[9 + salt];
            message[0] = (byte)'R';
            BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(1), 8 + salt);
            BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(5), _method);
            return message;
        }
    }
}
