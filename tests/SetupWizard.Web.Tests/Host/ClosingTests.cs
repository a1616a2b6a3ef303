using Microsoft.AspNetCore.Http;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace SetupWizard.Web.Tests.Host;

/// <summary>From the moment the program is told to end.</summary>
public sealed class ClosingTests : IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly Closing _closing = new();

    public ClosingTests() => _closing.BeginsWith(_stopping.Token);

    public void Dispose() => _stopping.Dispose();

    [Theory]
    [InlineData("/_blazor", 503)]
    [InlineData("/_blazor/negotiate", 503)]
    [InlineData("/healthz", 200)]
    [InlineData("/", 200)]
    public async Task No_page_connects_any_more(string path, int atTheEnd)
    {
        Assert.Equal(200, await AskAsync(path));

        await _stopping.CancelAsync();

        Assert.Equal(atTheEnd, await AskAsync(path));
    }

    /// <summary>What other callbacks do at that moment, such as closing connections, comes too late for a page that is quick.</summary>
    [Fact]
    public async Task No_page_connects_while_its_connection_is_being_closed()
    {
        var during = 0;
        await using var closing = _stopping.Token.Register(() => during = AskAsync("/_blazor/negotiate").GetAwaiter().GetResult());

        await _stopping.CancelAsync();

        Assert.Equal(503, during);
    }

    [Theory]
    [InlineData("Microsoft.AspNetCore.Components.Server.Circuits.CircuitHost", false)]
    [InlineData("Microsoft.AspNetCore.SignalR.HubConnectionHandler", false)]
    [InlineData("SetupWizard.Sessions.WizardSession", true)]
    public async Task What_breaks_in_a_page_that_lost_its_server_is_not_logged(string category, bool logged)
    {
        var sink = new Kept();
        using var log = new LoggerConfiguration().Filter.With(_closing).WriteTo.Sink(sink).CreateLogger();
        var of = log.ForContext(Constants.SourceContextPropertyName, category);
        of.Error("before");

        await _stopping.CancelAsync();
        of.Error("after");

        Assert.Equal(logged ? ["before", "after"] : ["before"], sink.Messages);
    }

    private async Task<int> AskAsync(string path)
    {
        var context = new DefaultHttpContext { Request = { Path = path } };
        await _closing.InvokeAsync(context, static _ => Task.CompletedTask);
        return context.Response.StatusCode;
    }

    private sealed class Kept : ILogEventSink
    {
        public List<string> Messages { get; } = [];

        public void Emit(LogEvent logEvent) => Messages.Add(logEvent.MessageTemplate.Text);
    }
}
