using System.Globalization;
using System.Text;
using SetupWizard.Core.Engine;
using SetupWizard.Core.Export;
using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;
using SetupWizard.Core.Text;
using SetupWizard.Core.Wording;

namespace SetupWizard.Cli;

/// <summary><c>export</c> and <c>plan --sql</c>: write one file to standard output.</summary>
internal static class ExportCommand
{
    /// <summary>The word of the plan file, which is signed and therefore not one of <see cref="ExportFormat"/>.</summary>
    public const string PlanWord = "plan";

    /// <summary>Writes the plan as a signed file for somebody with the rights.</summary>
    public static async Task<int> RunPlanAsync(CliSession session, CancellationToken cancellationToken)
    {
        var inspection = await session.Runner.InspectAsync(session.Target, session.Goal, cancellationToken);
        if (inspection.Snapshot is null)
        {
            session.View.Read(inspection);
            return session.End(new CliReport(inspection) { ExitCode = ExitCode.Undetermined });
        }

        var keys = session.Host.Keys();
        var file = await AdministratorPlan.FileAsync(session.Runner, session.Target, inspection, TimeProvider.System.GetUtcNow(), session.Culture, cancellationToken);
        try
        {
            var document = keys.Sign(file);
            await session.Host.Output.WriteAsync(document);
            await session.Host.Error.WriteLineAsync(session.Say("Cli.PlanKey", ("key", keys.Own())));
        }
        catch (IOException e)
        {
            await session.Host.Error.WriteLineAsync(PlanKeyTrouble.Say(e, session.Culture));
            return ExitCode.Undetermined;
        }

        return ExitCode.Ready;
    }

    /// <summary>Writes the psql script of a plan file, for whoever runs it without a wizard. Nobody connects.</summary>
    public static async Task<int> RunFileAsync(CliHost host, OpenedPlan prepared, SetupGoal goal, CultureInfo culture)
    {
        await host.Output.WriteAsync(SqlScriptExporter.Write(prepared.File, prepared.Signer, goal.SendPasswordAsText, culture));
        return ExitCode.Ready;
    }

    /// <summary>Writes the plan as a psql script: for the administrator, where this login cannot make all of it; with a script that takes it back, where one is asked for.</summary>
    public static async Task<int> RunScriptAsync(CliSession session, string? undoFile, CancellationToken cancellationToken)
    {
        var inspection = await session.Runner.InspectAsync(session.Target, session.Goal, cancellationToken);
        if (inspection.Snapshot is null)
        {
            await RefuseAsync(session, inspection);
            session.View.Read(inspection);
            return session.End(new CliReport(inspection) { ExitCode = ExitCode.Undetermined });
        }

        (inspection, var plan) = await ExportReader.GatherAsync(session.Runner, session.Target, inspection, ExportFormat.Sql, cancellationToken);
        if (undoFile is not null)
        {
            try
            {
                if (!plan.Changes.Concat(plan.Afterwards).Any())
                {
                    // The file of an earlier run may be all there is that knows how to take that back.
                    await session.Host.Error.WriteLineAsync(session.Say("Cli.UndoFileNothing", ("file", undoFile)));
                }
                else
                {
                    await WriteNewAsync(undoFile, UndoScriptExporter.WriteFor(inspection, plan, session.Culture));
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new UsageException(session.Say("Cli.UndoFile", ("reason", e.Message)));
            }
        }

        var verifier = plan.Changes.Any(static c => c.Statement.HasSecret) ? session.Secrets.Verifier(session.Goal) : null;
        await session.Host.Output.WriteAsync(SqlScriptExporter.Write(inspection, plan, session.Culture, verifier));
        return ExitCode.Ready;
    }

    private static Task RefuseAsync(CliSession session, Inspection unread) =>
        unread.Findings is [var failure, ..] ? RefuseAsync(session, FindingText.For(failure, session.Culture)) : Task.CompletedTask;

    /// <summary>Writes a script that fails: psql would take an empty one for success. With <c>--json</c> the JSON object is written instead.</summary>
    private static async Task RefuseAsync(CliSession session, Explanation why)
    {
        if (session.View is TerminalView)
        {
            await session.Host.Output.WriteAsync(SqlScriptExporter.Refused(why, session.Culture));
        }
    }

    /// <summary>Creates a file atomically; fails when it exists. Half an undo script would take back half.</summary>
    private static async Task WriteNewAsync(string path, string text)
    {
        var next = path + ".next";
        try
        {
            var file = new FileStream(next, FileMode.Create, FileAccess.Write);
            await using (file.ConfigureAwait(false))
            {
                await file.WriteAsync(Encoding.UTF8.GetBytes(text));
                file.Flush(flushToDisk: true);
            }

            File.Move(next, path, overwrite: false);
        }
        catch
        {
            File.Delete(next);
            throw;
        }
    }

    /// <summary>
    /// Writes a file. What an undo script would hurt now, or has nothing to go by, is said beside it. A script that would hurt something is written all the same, for a time when it does
    /// not, and refuses to run until then; but whatever runs it next in the same line of a shell is told by the exit code, as by <c>apply --undo</c>.
    /// </summary>
    public static async Task<int> RunAsync(CliSession session, ExportFormat format, UndoRequest request, CancellationToken cancellationToken)
    {
        var inspection = await session.Runner.InspectAsync(session.Target, session.Goal, cancellationToken);
        if (inspection.Snapshot is null)
        {
            if (format is ExportFormat.Sql or ExportFormat.Undo)
            {
                await RefuseAsync(session, inspection);
            }

            session.View.Read(inspection);
            return session.End(new CliReport(inspection) { ExitCode = ExitCode.Undetermined });
        }

        var undo = format == ExportFormat.Undo ? await session.Runner.UndoPlanAsync(session.Target, session.Goal, request, cancellationToken) : null;
        if (undo is { Applyable: false } && (undo.Obstacles is [var why, ..] ? why : undo.Unrecorded) is { } refusal)
        {
            await RefuseAsync(session, FindingText.For(refusal, session.Culture));
            return session.End(new CliReport(inspection) { Refusal = refusal, ExitCode = undo.Obstacles.Count > 0 ? ExitCode.Blocked : ExitCode.Undetermined });
        }

        var input = await ExportReader.GatherAsync(session.Runner, session.Target, inspection, format, cancellationToken) with
        {
            Undo = undo,
        };
        await session.Host.Output.WriteAsync(Exporter.Create(format, input, session.Culture).Text);
        foreach (var obstacle in undo?.Obstacles ?? [])
        {
            await session.Host.Error.WriteLineAsync(FindingText.For(obstacle, session.Culture).Title);
        }

        return undo is { Obstacles.Count: > 0 } ? ExitCode.Blocked : ExitCode.Ready;
    }
}
