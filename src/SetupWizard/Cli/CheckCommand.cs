namespace SetupWizard.Cli;

/// <summary><c>check</c>: judges, changes nothing.</summary>
internal static class CheckCommand
{
    public static async Task<int> RunAsync(CliSession session, CancellationToken cancellationToken)
    {
        var inspection = await session.InspectAsync(cancellationToken);
        return session.End(new CliReport(inspection) { ExitCode = ExitCode.Of(inspection) });
    }
}
