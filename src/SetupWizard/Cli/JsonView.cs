using System.Globalization;
using SetupWizard.Core.Engine;
using SetupWizard.Core.Export;
using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;

namespace SetupWizard.Cli;

/// <summary>One JSON object at the end; before it nothing but the lines of a change feed that was asked for.</summary>
internal sealed class JsonView(TextWriter output, CultureInfo culture, bool lines) : ICliView
{
    private PlanFileReport? _planFile;

    public void Read(Inspection inspection)
    {
    }

    public void Planned(Inspection inspection, SetupPlan plan)
    {
    }

    public void Compared(PlanFileReport compared, Inspection inspection) => _planFile = compared;

    public void Hear(ApplyEvent happened, SetupPlan plan)
    {
    }

    public void Hear(ProofEvent happened)
    {
    }

    public void Hear(FeedPulse pulse, long since)
    {
        output.WriteLine(FeedLine.Json(pulse, since));
        output.Flush();
    }

    public void End(CliReport report)
    {
        var input = new ReportInput(report.Inspection)
        {
            Changes = report.Changes,
            PlanFile = _planFile,
            LeftAlone = report.Plan?.LeftAlone ?? [],
            Proof = report.Proof,
            Outcome = report.Run?.Outcome ?? (report.NothingToDo ? ApplyOutcome.NothingToDo : report.Refusal is null || report.Broken ? null : ApplyOutcome.Refused),
            Problem = (report.Broken ? report.Refusal : null) ?? report.Run?.Problem ?? report.Refusal ?? (report.Plan is { Obstacles: [var first, ..] } ? first : null),
            Ready = report.Broken ? false : report.Proof.Count > 0 ? report.ExitCode == ExitCode.Ready : null,
        };
        output.Write(JsonReport.Write(input, culture, oneLine: lines));
    }
}
