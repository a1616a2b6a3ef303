using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using SetupWizard.Configuration;
using SetupWizard.Network;

namespace SetupWizard.Web.Tests.Host;

/// <summary>The real client of the application, against a server of this machine.</summary>
public sealed class AddressReaderTests : IDisposable
{
    private const string List = """{"aws":[{"region":"eu-central-1","clickpipes_egress_ips":["52.0.0.1"]}],"gcp":[]}""";

    private readonly string _data = Directory.CreateTempSubdirectory("setupwizard-test-").FullName;

    [Fact]
    public async Task List_is_read_from_the_configured_address()
    {
        var reading = await ReadAsync("200 OK", List);

        Assert.Null(reading.Problem);
        Assert.Equal(["52.0.0.1"], reading.List!.Regions["aws:eu-central-1"]);
    }

    [Fact]
    public async Task Redirect_is_not_followed() =>
        Assert.Equal(("status", "302"), Say(await ReadAsync("302 Found\r\nLocation: http://127.0.0.1:1/", "")));

    [Fact]
    public async Task Answer_that_is_far_too_long_is_refused() =>
        Assert.Equal(("size", null), Say(await ReadAsync("200 OK", new string(' ', AddressReader.MostBytes) + List)));

    [Fact]
    public async Task Server_that_is_not_there_is_said_to_be_unreachable()
    {
        // Taken and never listened at: nobody else can be there meanwhile.
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        await using var app = App(((IPEndPoint)taken.LocalEndPoint!).Port);

        Assert.Equal(("unreachable", null), Say(await app.Services.GetRequiredService<AddressReader>().ReadAsync(CancellationToken.None)));
    }

    [Fact]
    public async Task Server_that_does_not_answer_is_given_up()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var http = new HttpClient(AddressReader.Handler()) { Timeout = TimeSpan.FromMilliseconds(200) };
        var options = new WizardOptions { AddressList = $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/list" };

        Assert.Equal(("timeout", null), Say(await new AddressReader(http, Options.Create(options), TimeProvider.System).ReadAsync(CancellationToken.None)));
    }

    [Fact]
    public void Address_that_is_none_is_refused_at_the_start()
    {
        var refused = Assert.Throws<OptionsValidationException>(() => SetupWizardApp.Build(new WizardOptions { AddressList = "static-ips.json" }));

        Assert.Contains("Wizard:AddressList", Assert.Single(refused.Failures), StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_data, recursive: true);

    private static (string? Problem, string? Detail) Say(AddressReading reading) => (reading.Problem, reading.Detail);

    private SetupWizardApp App(int port) =>
        SetupWizardApp.Build(new WizardOptions { Port = 0, DataDirectory = _data, AddressList = $"http://127.0.0.1:{port}/list" });

    private async Task<AddressReading> ReadAsync(string status, string body)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = ServeAsync(listener, status, body);
        await using var app = App(((IPEndPoint)listener.LocalEndpoint).Port);
        var reading = await app.Services.GetRequiredService<AddressReader>().ReadAsync(CancellationToken.None);
        await serving;
        return reading;
    }

    private static async Task ServeAsync(TcpListener listener, string status, string body)
    {
        using var client = await listener.AcceptTcpClientAsync();
        await using var stream = client.GetStream();
        var request = new byte[4096];
        _ = await stream.ReadAsync(request);
        var bytes = Encoding.UTF8.GetBytes($"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\nConnection: close\r\n\r\n{body}");
        try
        {
            await stream.WriteAsync(bytes);
        }
        catch (IOException)
        {
            // The client hung up on an answer it does not want.
        }
    }
}
