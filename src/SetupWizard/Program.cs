using SetupWizard;
using SetupWizard.Cli;
using SetupWizard.Configuration;
using SetupWizard.Core.HandOff;

var options = new WizardOptions();
string? wrong = null;
try
{
    // Settings lie beside the program, wherever it is started from; the environment has the last word.
    new ConfigurationBuilder()
        .SetBasePath(AppContext.BaseDirectory)
        .AddJsonFile("appsettings.json", optional: true)
        .AddEnvironmentVariables()
        .Build()
        .GetSection(WizardOptions.Section)
        .Bind(options);
}
catch (Exception e) when (e is InvalidOperationException or InvalidDataException)
{
    wrong = e.Message;
}

return await CliApp.RunAsync(args, CliHost.OfProcess(() => TerminalEngine.Create(options.DataDirectory), () => new PlanKeys(options.DataDirectory, TimeProvider.System), (asked, cancellationToken) =>
{
    options.Port = asked.Port ?? options.Port;
    options.Host = asked.Host ?? options.Host;
    return SetupWizardApp.RunAsync(options, asked.Browser && DesktopBrowser.IsHere(), cancellationToken);
}) with
{ Misconfigured = wrong });
