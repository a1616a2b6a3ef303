using SetupWizard.Core.Engine;
using SetupWizard.Core.Export;

namespace SetupWizard.Cli;

/// <summary><c>export</c> and <c>plan --sql</c>: write one file to standard output.</summary>
internal static class ExportCommand
{
    public static async Task<int> RunAsync(CliSession session, ExportFormat format, CancellationToken cancellationToken)
    {
        var inspection = await session.Runner.InspectAsync(session.Target, session.Goal, cancellationToken);
        if (inspection.Snapshot is null)
        {
            session.View.Read(inspection);
            return session.End(new CliReport(inspection) { ExitCode = ExitCode.Undetermined });
        }

        var input = await ExportReader.GatherAsync(session.Runner, session.Target, inspection, format, cancellationToken) with
        {
            Undo = format == ExportFormat.Undo ? await session.Runner.UndoPlanAsync(session.Target, session.Goal, cancellationToken) : null,
        };
        await session.Host.Output.WriteAsync(Exporter.Create(format, input, session.Culture).Text);
        return ExitCode.Ready;
    }
}
