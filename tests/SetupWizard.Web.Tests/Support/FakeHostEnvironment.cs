using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;

namespace SetupWizard.Web.Tests.Support;

/// <summary>Where the application runs, as a test says.</summary>
public sealed class FakeHostEnvironment : IHostEnvironment
{
    public string EnvironmentName { get; set; } = Environments.Development;

    public string ApplicationName { get; set; } = "SetupWizard";

    public string ContentRootPath { get; set; } = "";

    public IFileProvider ContentRootFileProvider { get; set; } = new NullFileProvider();
}
