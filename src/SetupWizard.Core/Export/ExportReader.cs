using SetupWizard.Core.Connecting;
using SetupWizard.Core.Engine;
using SetupWizard.Core.Model;
using SetupWizard.Core.Reading;
using SetupWizard.Core.Requirements;

namespace SetupWizard.Core.Export;

/// <summary>
/// Gathers what a file is made from: the one way for a download and for the command line, so that both give the same bytes.
/// Only reports look at columns and at the record of changes. A script is the administrator's where this login cannot make all of it; no other file costs a round trip.
/// </summary>
public static class ExportReader
{
    /// <summary>Gathers it.</summary>
    /// <param name="runner">The engine.</param>
    /// <param name="target">The source; null when nobody is connected any more, and columns are not read then.</param>
    /// <param name="inspection">A reading.</param>
    /// <param name="format">The file.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>Everything but the undo plan and the proof, which the caller has or has not.</returns>
    public static async Task<ExportInput> GatherAsync(ISetupRunner runner, SetupTarget? target, Inspection inspection, ExportFormat format, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(runner);
        ArgumentNullException.ThrowIfNull(inspection);
        var input = new ExportInput(inspection, runner.Plan(inspection));
        if (format == ExportFormat.Sql && target is not null && input.Plan.HandOff.Count > 0)
        {
            var theirs = await runner.AsAdministratorAsync(target, inspection, cancellationToken).ConfigureAwait(false);
            return new ExportInput(theirs, runner.Plan(theirs));
        }

        if (format is not (ExportFormat.Markdown or ExportFormat.Json))
        {
            return input;
        }

        TableRef[] tables = [.. inspection.Tables.Chosen.Take(ColumnReader.MostTables).Select(static t => t.Ref)];
        var columns = target is null ? null : await runner.ReadColumnsAsync(target, tables, cancellationToken).ConfigureAwait(false);
        return input with
        {
            Applied = await runner.AppliedAsync(inspection, cancellationToken).ConfigureAwait(false),
            Columns = columns is { Failure: null } ? columns.Tables : null,
        };
    }
}
