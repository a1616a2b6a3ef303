using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using SetupWizard.Core.Audit;
using SetupWizard.Core.Connecting;
using SetupWizard.Core.Engine;
using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;

namespace SetupWizard.Core.Tests.Source;

/// <summary>Whatever answers on the port is told as what it is, in time and in little memory, for every way in.</summary>
[Collection(Measured.Name)]
public sealed class NotPostgresTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("setupwizard-not-").FullName;

    public static TheoryData<string, TlsMode, string> Answers
    {
        get
        {
            var answers = new TheoryData<string, TlsMode, string>();
            foreach (var tls in new[] { TlsMode.Disable, TlsMode.VerifyFull })
            {
                answers.Add("mysql", tls, "not-postgres");
                answers.Add("ssh", tls, "not-postgres");
                answers.Add("http", tls, "not-postgres");
                answers.Add("huge", tls, "not-postgres");
                answers.Add("closed", tls, "closed-at-once");
                answers.Add("error of gigabytes", tls, "not-postgres");
            }

            return answers;
        }
    }

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task What_is_not_PostgreSQL_is_told_as_that(string what, TlsMode tls, string expected)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = ServeAsync(listener, what);
        var target = new SetupTarget(
            new SourceEndpoint { Host = "127.0.0.1", Port = ((IPEndPoint)listener.LocalEndpoint).Port, Database = "x", Tls = tls },
            new SourceCredentials("a", new SecretString("p")));
        using var log = new JsonLinesAuditLog(_directory, TimeProvider.System);
        var runner = new SetupRunner(log, TimeProvider.System, NullLogger<SetupRunner>.Instance);
        var before = GC.GetTotalAllocatedBytes();

        var read = await runner.InspectAsync(target, new SetupGoal(), CancellationToken.None);
        var connected = await runner.ConnectAsync(target, new SetupGoal(), null, CancellationToken.None);

        Assert.Equal((expected, expected), (read.Findings.Single().Case, connected.Verdict.Case));
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 64 * 1024 * 1024);
        listener.Stop();
        await Assert.ThrowsAnyAsync<Exception>(() => serving);
    }

    /// <summary>Bytes that nobody chose, and bytes behind each letter that PostgreSQL may begin with.</summary>
    [Theory]
    [InlineData(TlsMode.Disable)]
    [InlineData(TlsMode.Require)]
    [InlineData(TlsMode.VerifyFull)]
    public async Task Random_bytes_are_told_as_something_and_take_no_memory(TlsMode tls)
    {
        using var log = new JsonLinesAuditLog(_directory, TimeProvider.System);
        var runner = new SetupRunner(log, TimeProvider.System, NullLogger<SetupRunner>.Instance);
        for (var seed = 0; seed < 30; seed++)
        {
            var what = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"random {(seed % 6 is var i && i < 5 ? "ESNRA"[i] : '?')} {seed}");
            using var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            var serving = ServeAsync(listener, what);
            var target = new SetupTarget(
                new SourceEndpoint { Host = "127.0.0.1", Port = ((IPEndPoint)listener.LocalEndpoint).Port, Database = "x", Tls = tls },
                new SourceCredentials("a", new SecretString("p")));
            var before = GC.GetTotalAllocatedBytes();

            var read = await runner.InspectAsync(target, new SetupGoal(), CancellationToken.None);
            var connected = await runner.ConnectAsync(target, new SetupGoal(), null, CancellationToken.None);

            Assert.Equal((what, read.Findings.Single().Case), (what, connected.Verdict.Case));
            Assert.True(read.Findings.Single().Case == "not-postgres", $"{what}: {read.Findings.Single().Case}");
            Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 64 * 1024 * 1024);
            listener.Stop();
            await Assert.ThrowsAnyAsync<Exception>(() => serving);
        }
    }

    [Fact]
    public async Task Error_of_PostgreSQL_before_a_session_is_told_as_what_it_says()
    {
        await using var listener = FakeListener.Answering(Encoding.ASCII.GetBytes("E\0\0\u00004SFATAL\0C53300\0Msorry, too many clients already\0\0"));
        using var log = new JsonLinesAuditLog(_directory, TimeProvider.System);
        var runner = new SetupRunner(log, TimeProvider.System, NullLogger<SetupRunner>.Instance);
        var target = new SetupTarget(
            new SourceEndpoint { Host = "127.0.0.1", Port = listener.Port, Database = "x", Tls = TlsMode.Disable },
            new SourceCredentials("a", new SecretString("p")));

        var read = await runner.InspectAsync(target, new SetupGoal(), CancellationToken.None);

        Assert.StartsWith("too-many-connections", read.Findings.Single().Case, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private static async Task ServeAsync(TcpListener listener, string what)
    {
        while (true)
        {
            using var client = await listener.AcceptTcpClientAsync();
            var stream = client.GetStream();
            switch (what)
            {
                case "mysql":
                    await stream.WriteAsync("J\0\0\0\n8.0.36\0"u8.ToArray());
                    break;
                case "ssh":
                    await stream.WriteAsync("SSH-2.0-OpenSSH_9.2\r\n"u8.ToArray());
                    break;
                case "http":
                    await stream.ReadExactlyAsync(new byte[1]);
                    await stream.WriteAsync(Encoding.ASCII.GetBytes("HTTP/1.1 400 Bad Request\r\n\r\n"));
                    break;
                case ['r', 'a', 'n', 'd', ..]:
                    var parts = what.Split(' ');
                    var bytes = new byte[512];
                    new Random(int.Parse(parts[2], System.Globalization.CultureInfo.InvariantCulture)).NextBytes(bytes);
                    bytes[0] = parts[1] == "?" ? bytes[0] : (byte)parts[1][0];
                    await stream.WriteAsync(bytes);
                    break;
                case "error of gigabytes":
                    await stream.WriteAsync(new byte[] { (byte)'E', 0x7f, 0xff, 0xff, 0xff });
                    break;
                case "huge":
                    await stream.WriteAsync(new byte[] { (byte)'R', 0x7f, 0xff, 0xff, 0xff });
                    break;
                default:
                    continue;
            }

            // Until it is believed.
            await Task.WhenAny(stream.ReadAtLeastAsync(new byte[64], 64, throwOnEndOfStream: false).AsTask(), Task.Delay(TimeSpan.FromSeconds(5)));
        }
    }
}

/// <summary>The classes that measure what all of the process allocates: nothing else may run meanwhile.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Measured
{
    public const string Name = "measured";
}
