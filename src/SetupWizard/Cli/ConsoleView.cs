using System.Globalization;
using SetupWizard.Core.Export;
using SetupWizard.Core.Model;
using SetupWizard.Core.Text;

namespace SetupWizard.Cli;

/// <summary>Text for a person at a terminal: what is so, why it matters, what to do, one summary line at the end.</summary>
internal sealed class ConsoleView : ICliView
{
    private readonly Paper _paper;
    private readonly ConsoleFindings _findings;
    private readonly CultureInfo _culture;
    private bool _dryRun;
    private string _lastProof = "";

    public ConsoleView(CliHost host, CultureInfo culture)
    {
        _culture = culture;
        _paper = new Paper(host.Output, host.Width, host.Colour);
        _findings = new ConsoleFindings(_paper, culture);
    }

    public void Read(Inspection inspection)
    {
        var endpoint = inspection.Endpoint;
        var source = string.Create(CultureInfo.InvariantCulture, $"{endpoint.Database} @ {endpoint.Host}:{endpoint.Port}");
        if (inspection.Snapshot is not { } snapshot)
        {
            _paper.Text(source, ink: Ink.Bold);
            return;
        }

        _paper.Text($"{inspection.Provider.Name} · PostgreSQL {snapshot.Server.Version} · {source}", ink: Ink.Bold);
        _paper.Text(
            Say("Cli.Read", ("tables", inspection.Tables.Chosen.Count), ("trips", inspection.Cost.RoundTrips), ("milliseconds", (long)inspection.Cost.Elapsed.TotalMilliseconds)),
            ink: Ink.Faint);
    }

    public void Planned(Inspection inspection, SetupPlan plan)
    {
        _paper.Line();
        if (plan.IsEmpty)
        {
            _paper.Text(Say(plan.Undoing ? "Undo.Nothing" : "Report.NothingToDo"));
            return;
        }

        var number = 0;
        foreach (var phase in plan.Changes.GroupBy(c => c.Phase))
        {
            _paper.Text(Say("Phase." + phase.Key), ink: Ink.Bold);
            foreach (var change in phase)
            {
                Change(change, ++number);
            }
        }

        foreach (var role in plan.HandOff.GroupBy(c => c.RunBy, StringComparer.Ordinal))
        {
            _paper.Text(Say("Report.HandOff", ("role", role.Key), ("count", role.Count())), ink: Ink.Bold);
            foreach (var change in role)
            {
                Change(change, ++number);
            }
        }

        foreach (var change in plan.ConsoleChanges)
        {
            _findings.Guide(inspection, change, 0);
        }
    }

    public void Hear(ApplyEvent happened, SetupPlan plan)
    {
        switch (happened)
        {
            case ApplyStarted started:
                _dryRun = started.DryRun;
                _paper.Line();
                _paper.Text(Say(started.DryRun ? "Cli.DryRunStarted" : "Cli.ApplyStarted", ("count", started.Total)), ink: Ink.Bold);
                break;
            case ChangeNotice notice:
                _paper.Text(notice.Message.Text, 6, ink: Ink.Faint);
                break;
            case ChangeExecuted executed:
                _paper.Text(Say("Cli.Executed", ("title", Title(plan, executed.Index)), ("milliseconds", (long)executed.Elapsed.TotalMilliseconds)), 4, "  ✓", leadInk: Ink.Green);
                break;
            case PhaseCommitted committed:
                _paper.Text(Say("Cli.Committed", ("phase", Say("Phase." + committed.Phase)), ("count", committed.Indexes.Count)), 4, ink: Ink.Faint);
                break;
            // A dry run rolls everything back at once, which its outcome says.
            case PhaseRolledBack rolledBack when !_dryRun:
                _paper.Text(Say("Cli.RolledBack", ("phase", Say("Phase." + rolledBack.Phase)), ("count", rolledBack.Indexes.Count)), 4, ink: Ink.Faint);
                break;
            case ChangeFailed failed:
                _paper.Text(Title(plan, failed.Index), 4, "  ✗", leadInk: Ink.Red);
                _findings.Problem(failed.Problem, 6);
                break;
            case OutcomeUnknown unknown:
                foreach (var index in unknown.Indexes)
                {
                    _paper.Text(Title(plan, index), 4, "  ?", leadInk: Ink.Yellow);
                }

                _findings.Problem(unknown.Problem, 6);
                break;
            case ChangesSkipped { Indexes.Count: > 0 } skipped:
                _paper.Text(Say("Cli.Skipped", ("count", skipped.Indexes.Count)), 4);
                break;
            case PlanStale stale:
                Stale(stale);
                break;
        }
    }

    public void Hear(ProofEvent happened)
    {
        var (mark, ink) = happened.State switch
        {
            ProofState.Passed => ("✓", Ink.Green),
            ProofState.Failed => ("✗", Ink.Red),
            ProofState.Waiting => ("~", Ink.Yellow),
            ProofState.Skipped => ("–", Ink.Faint),
            _ => ("", Ink.Plain),
        };
        var said = FindingText.For(happened, _culture);
        if (mark.Length == 0 || (happened.State == ProofState.Waiting && said == _lastProof))
        {
            return;
        }

        _lastProof = said;
        var time = happened.State == ProofState.Skipped ? "" : string.Create(_culture, $" ({happened.Elapsed.TotalMilliseconds:N0} ms)");
        _paper.Text(said + time, 10, $"  {mark} {happened.Id.Code} ", leadInk: ink);
        if (happened.Problem is not null)
        {
            _findings.Problem(happened.Problem, 10);
        }

        if (happened.Owner is { } owner && happened.State == ProofState.Failed)
        {
            _paper.Text(Say("Cli.Owner", ("code", owner.Code), ("name", FindingText.Name(owner, _culture))), 10);
        }
    }

    public void End(CliReport report)
    {
        if (report.Run is { } run)
        {
            EndOf(run);
            _paper.Line();
            if (run.Outcome is ApplyOutcome.Completed or ApplyOutcome.NothingToDo or ApplyOutcome.NotInEffect && !report.Plan!.Undoing)
            {
                Summary(report.Inspection, next: true);
            }
        }
        else if (report.Proof.Count > 0)
        {
            _paper.Line();
            _paper.Text(Say(report.ExitCode == ExitCode.Ready ? "Cli.Proved" : report.Proof.Any(p => p.State == ProofState.Failed) ? "Cli.NotProved" : "Cli.ProvedButBlocked"), ink: Ink.Bold);
        }
        else if (report.Plan is { Applyable: true } plan)
        {
            _paper.Line();
            _paper.Text(Say(plan.Undoing ? "Cli.NextUndo" : "Cli.NextApply", ("count", plan.Changes.Count)), ink: Ink.Bold);
        }
        else if (report.Plan is { Undoing: false } || report.Plan is null)
        {
            if (report.Plan is null)
            {
                _findings.All(report.Inspection);
            }

            _paper.Line();
            Summary(report.Inspection, next: report.Plan is null);
        }
    }

    private void EndOf(ApplyRecord run)
    {
        _paper.Line();
        _paper.Text(Say("Outcome." + (run.Outcome?.ToString() ?? "None")), ink: Ink.Bold);
        foreach (var (change, state) in run.Changes.Where(c => run.Outcome is ApplyOutcome.ConnectionLost or ApplyOutcome.Failed or ApplyOutcome.Cancelled or ApplyOutcome.NotInEffect))
        {
            _paper.Text(FindingText.Title(change, _culture), 4, "  -");
            _paper.Text(Say("ChangeState." + state), 6, ink: Ink.Faint);
        }

        if (run is { Problem: { } problem, Outcome: not ApplyOutcome.Failed and not ApplyOutcome.ConnectionLost })
        {
            _findings.Problem(problem, 2);
        }
    }

    private void Summary(Inspection inspection, bool next)
    {
        var findings = inspection.Findings;
        var blocking = findings.Count(f => f.State is FindingState.Blocking or FindingState.Pending);
        var warnings = findings.Count(f => f.State == FindingState.Warning);
        var unknown = findings.Count(f => f.IsUndetermined);
        var (sentence, verb) = inspection switch
        {
            { Snapshot: null } => ("Cli.SummaryUnreadable", ""),
            { Blocked: true } => ("Cli.SummaryBlocked", "plan"),
            { Undetermined: true } => ("Cli.SummaryUnknown", ""),
            _ => ("Cli.SummaryReady", "verify"),
        };
        var text = Say(sentence, ("blocking", blocking), ("warnings", warnings), ("unknown", unknown));
        _paper.Text(next && verb.Length > 0 ? text + " " + Say("Cli.Next", ("verb", verb)) : text, ink: Ink.Bold);
    }

    private void Change(SqlChange change, int number)
    {
        _paper.Text(FindingText.Title(change, _culture), 13, string.Create(_culture, $"  {number,3}. {change.For.Code} "));
        _paper.Verbatim(change.Statement.Display + ";", 13, Ink.Cyan);
    }

    private void Stale(PlanStale stale)
    {
        foreach (var difference in stale.Differences)
        {
            var verdict = difference.After is null ? Say("Cli.Gone") : FindingText.For(difference.After, _culture).Title;
            _paper.Text(verdict, 10, $"  ! {difference.Id.Code} ", leadInk: Ink.Yellow);
        }
    }

    private string Title(SetupPlan plan, int index) =>
        string.Create(_culture, $"{index + 1}/{plan.Changes.Count} ") + FindingText.Title(plan.Changes[index], _culture);

    private string Say(string key, params (string Name, object? Value)[] arguments) => ReportText.Say(key, _culture, arguments);
}
