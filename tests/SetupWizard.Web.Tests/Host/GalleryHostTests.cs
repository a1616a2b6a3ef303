using System.Net;
using Microsoft.Extensions.DependencyInjection;
using SetupWizard.Configuration;
using SetupWizard.Core.Engine;
using SetupWizard.Sessions.Sandboxes;
using SetupWizard.Web.Tests.Support;

namespace SetupWizard.Web.Tests.Host;

/// <summary>The gallery of components is there for developers alone.</summary>
public sealed class GalleryHostTests : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("setupwizard-test-").FullName;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Theory]
    [InlineData("Development", HttpStatusCode.OK)]
    [InlineData("Staging", HttpStatusCode.NotFound)]
    [InlineData("Production", HttpStatusCode.NotFound)]
    public async Task Gallery_answers_in_development_and_is_an_unknown_page_elsewhere(string environment, HttpStatusCode expected)
    {
        var app = SetupWizardApp.Build(
            new WizardOptions { Port = 0, DataDirectory = _data },
            builder =>
            {
                builder.Environment.EnvironmentName = environment;
                builder.Services.AddSingleton<ISetupRunner>(new FakeSetupRunner());
                builder.Services.AddSingleton<ISandboxLauncher>(new FakeSandboxLauncher());
            });
        await using var ending = app;
        await app.StartAsync(CancellationToken.None);
        using var client = new HttpClient { BaseAddress = new Uri(app.Address) };
        await client.GetAsync(app.EntryUrl());

        foreach (var address in new[] { "/gallery", "/Gallery/", "/gallery?state=1" })
        {
            var answer = await client.GetAsync(address);
            Assert.Equal((address, expected), (address, answer.StatusCode));
            Assert.Contains("<html", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/illustrations")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/gallery/more")).StatusCode);
    }
}
