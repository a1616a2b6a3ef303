using Serilog;
using Serilog.Events;
using Serilog.Extensions.Logging;
using SetupWizard.Core.Audit;
using SetupWizard.Core.Engine;

namespace SetupWizard.Cli;

/// <summary>The engine as the terminal's verbs use it: the same audit as the web app's, warnings on standard error.</summary>
internal static class TerminalEngine
{
    public static ISetupRunner Create(string dataDirectory)
    {
        var logger = new LoggerConfiguration()
            .MinimumLevel.Warning()
            .WriteTo.Console(standardErrorFromLevel: LogEventLevel.Verbose, formatProvider: System.Globalization.CultureInfo.InvariantCulture)
            .CreateLogger();
        var loggers = new SerilogLoggerFactory(logger, dispose: true);
        return new SetupRunner(new JsonLinesAuditLog(dataDirectory, TimeProvider.System), TimeProvider.System, loggers.CreateLogger<SetupRunner>());
    }
}
