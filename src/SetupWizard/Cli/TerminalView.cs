using System.Globalization;
using SetupWizard.Core.Engine;
using SetupWizard.Core.Export;
using SetupWizard.Core.HandOff;
using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;
using SetupWizard.Core.Text;
using SetupWizard.Core.Watching;
using SetupWizard.Core.Wording;

namespace SetupWizard.Cli;

/// <summary>Text for a person at a terminal: what is so, why it matters, what to do, one summary line at the end.</summary>
internal sealed class TerminalView : ICliView
{
    private static readonly TimeSpan s_betweenWaits = TimeSpan.FromSeconds(10);

    private readonly TerminalWriter _writer;
    private readonly TerminalFindings _findings;
    private readonly CultureInfo _culture;
    private readonly HashSet<Problem> _told = new(ReferenceEqualityComparer.Instance);
    private bool _dryRun;
    private TimeSpan _alone;
    private readonly bool _terminal;
    private string _lastWait = "";
    private TimeSpan _lastWaitAt;

    public TerminalView(CliHost host, CultureInfo culture)
    {
        (_culture, _terminal) = (culture, host.Terminal);
        _writer = new TerminalWriter(host.Output, host.Width, host.Colour);
        _findings = new TerminalFindings(_writer, culture);
    }

    public void Read(Inspection inspection)
    {
        var endpoint = inspection.Endpoint;
        var source = string.Create(CultureInfo.InvariantCulture, $"{endpoint.Database} @ {endpoint.Host}:{endpoint.Port}");
        if (inspection.Snapshot is not { } snapshot)
        {
            _writer.Text(source, style: TextStyle.Bold);
            return;
        }

        _writer.Text($"{inspection.Provider.Name} · PostgreSQL {snapshot.Server.Version} · {source}", style: TextStyle.Bold);
        _writer.Text(
            Say("Cli.Read", ("tables", inspection.Tables.Chosen.Count), ("trips", inspection.Cost.RoundTrips), ("milliseconds", (long)inspection.Cost.Elapsed.TotalMilliseconds)),
            style: TextStyle.Faint);
    }

    public void Planned(Inspection inspection, SetupPlan plan)
    {
        if (plan is { IsEmpty: true, LeftAlone.Count: 0 } and not { Unrecorded: null, Obstacles.Count: 0 })
        {
            Obstacles(plan);
            return;
        }

        _writer.Line();
        if (plan.IsEmpty)
        {
            if (plan is { Unrecorded: null, Obstacles.Count: 0 })
            {
                _writer.Text(Say(plan.Undoing ? "Undo.Nothing" : "Report.NothingToDo"));
            }

            LeftAlone(plan);
            Obstacles(plan);
            return;
        }

        var number = 1;
        foreach (var phase in plan.Changes.GroupBy(c => c.Phase))
        {
            _writer.Text(PhaseOf(phase.Key, phase), style: TextStyle.Bold);
            number = Changes([.. phase], number);
        }

        foreach (var (role, statements) in HandOffBatches.Of(plan.HandOff, c => c.RunBy))
        {
            _writer.Text(Say("Report.HandOff", ("role", role), ("count", statements.Count)), style: TextStyle.Bold);
            number = Changes(statements, number);
        }

        if (plan.Waiting.Count > 0)
        {
            _writer.Text(Say("Report.Waiting", ("count", plan.Waiting.Count)), style: TextStyle.Bold);
            number = Changes([.. plan.Waiting.Select(w => w.Change)], number, i => WaitText.Of(plan.Waiting[i], _culture));
        }

        if (plan.Changes.Concat(plan.Afterwards).Any(c => TerminalFindings.IsLong(c.Statement.Display)))
        {
            _writer.Text(Say("Cli.WholeStatements"), style: TextStyle.Faint);
        }

        if (plan.Changes.Any(c => c.Risk == ChangeRisk.Logged))
        {
            _writer.Text(Say("Cli.PasswordAsText"), style: TextStyle.Yellow);
        }

        foreach (var change in plan.ConsoleChanges)
        {
            _writer.Line();
            _findings.Guide(inspection, change, 0);
        }

        LeftAlone(plan);
        if (plan.Unrecorded is { } part)
        {
            _writer.Line();
            _findings.Problem(part, 2);
        }

        Obstacles(plan);
    }

    private void Obstacles(SetupPlan plan)
    {
        foreach (var obstacle in plan.Obstacles)
        {
            _writer.Line();
            _findings.Problem(obstacle, 2);
        }
    }

    /// <summary>What an undo does not touch, and why.</summary>
    private void LeftAlone(SetupPlan plan)
    {
        if (plan.LeftAlone.Count > 0)
        {
            _writer.Line();
            _writer.Text(Say("Undo.Left"), style: TextStyle.Bold);
        }

        foreach (var left in plan.LeftAlone)
        {
            _findings.Problem(FindingText.ProblemOf(left, _culture), 2);
        }
    }

    public void Compared(PlanFileReport compared, Inspection inspection)
    {
        var file = compared.File;
        _writer.Line();
        _writer.Text(
            Say(
                "Cli.PlanFileMade",
                ("database", file.Server.Database),
                ("host", file.Server.Host),
                ("port", file.Server.Port.ToString(CultureInfo.InvariantCulture)),
                ("at", file.MadeAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture)),
                ("version", file.MadeWith),
                ("count", file.Statements.Count)),
            style: TextStyle.Bold);
        if (file.Note is { } note)
        {
            _writer.Text(Say("Cli.PlanFileNote", ("note", note)), 2);
        }

        if (compared.Place != PlanPlace.Same)
        {
            var where = compared.Place == PlanPlace.OtherServer
                ? Say("Cli.PlanFileServer", ("database", file.Server.Database), ("host", file.Server.Host))
                : Say("Cli.PlanFileDatabase", ("file", file.Server.Database), ("database", inspection.Endpoint.Database));
            _writer.Text(where, 4, "  !", prefixStyle: TextStyle.Yellow);
        }

        var differing = compared.Comparisons.Where(c => c.Mark != PlanMark.Same).ToList();
        if (compared.Comparisons.All(c => c.Now is null))
        {
            // It was applied, or was never needed: listing all of it would look like trouble.
            _writer.Text(Say("Cli.PlanFileNothing"));
            return;
        }

        if (differing.Count == 0)
        {
            _writer.Text(Say("Cli.PlanFileSame"));
        }

        foreach (var (mark, inFile, now) in differing)
        {
            _writer.Text($"{Say("PlanMark." + mark)}: {(now is null ? inFile!.Why : FindingText.Title(now, _culture))}", 10, $"  ! {now?.For.Code ?? inFile!.Code} ", prefixStyle: TextStyle.Yellow);
            if (inFile is not null)
            {
                _writer.Statement(TerminalFindings.Cut("- " + inFile.Sql + ";"), 10, TextStyle.Faint);
            }

            if (now is not null)
            {
                _writer.Statement(TerminalFindings.Cut("+ " + now.Statement.Display + ";"), 10, TextStyle.Cyan);
            }
        }
    }

    public void Hear(ApplyEvent happened, SetupPlan plan)
    {
        switch (happened)
        {
            case ApplyStarted started:
                _dryRun = started.DryRun;
                _writer.Line();
                _writer.Text(Say(started.DryRun ? "Cli.DryRunStarted" : "Cli.ApplyStarted", ("count", started.Total)), style: TextStyle.Bold);
                break;
            case ChangeNotice notice:
                _writer.Text(notice.Message.Text, 6, style: TextStyle.Faint);
                break;
            case ChangeExecuted executed when plan.Changes[executed.Index].OwnTransaction && !_dryRun:
                // A transaction of its own: one line says both, once it is committed.
                _alone = executed.Elapsed;
                break;
            case PhaseCommitted { Indexes: [var index] } when plan.Changes[index].OwnTransaction:
                _writer.Text(Say("Cli.ExecutedAlone", ("title", Title(plan, index)), ("milliseconds", (long)_alone.TotalMilliseconds)), 4, "  ✓", prefixStyle: TextStyle.Green);
                break;
            case ChangeExecuted executed:
                _writer.Text(Say("Cli.Executed", ("title", Title(plan, executed.Index)), ("milliseconds", (long)executed.Elapsed.TotalMilliseconds)), 4, "  ✓", prefixStyle: TextStyle.Green);
                break;
            case PhaseCommitted committed:
                _writer.Text(Say("Cli.Committed", ("phase", PhaseOf(committed.Phase, committed.Indexes.Select(i => plan.Changes[i]))), ("count", committed.Indexes.Count)), 4, style: TextStyle.Faint);
                break;
            // A dry run rolls everything back at once, which its outcome says.
            case PhaseRolledBack rolledBack when !_dryRun:
                _writer.Text(Say("Cli.RolledBack", ("phase", PhaseOf(rolledBack.Phase, rolledBack.Indexes.Select(i => plan.Changes[i]))), ("count", rolledBack.Indexes.Count)), 4, style: TextStyle.Faint);
                break;
            case ChangeFailed failed:
                _writer.Text(Title(plan, failed.Index), 4, "  ✗", prefixStyle: TextStyle.Red);
                Tell(failed.Problem);
                break;
            case CommitRefused refused:
                _writer.Text("COMMIT", 4, "  ✗", prefixStyle: TextStyle.Red);
                Tell(refused.Problem);
                break;
            case OutcomeUnknown unknown:
                foreach (var index in unknown.Indexes)
                {
                    _writer.Text(Title(plan, index), 4, "  ?", prefixStyle: TextStyle.Yellow);
                }

                Tell(unknown.Problem);
                break;
            case ChangesSkipped { Indexes.Count: > 0 } skipped:
                _writer.Text(Say("Cli.Skipped", ("count", skipped.Indexes.Count)), 4);
                break;
            case PlanStale stale:
                Stale(stale);
                break;
        }
    }

    public void Hear(ProofEvent happened)
    {
        var (mark, style) = happened.State switch
        {
            ProofState.Passed => ("✓", TextStyle.Green),
            ProofState.Failed => ("✗", TextStyle.Red),
            ProofState.Waiting => ("~", TextStyle.Yellow),
            ProofState.Skipped => ("–", TextStyle.Faint),
            _ => ("", TextStyle.Plain),
        };
        var said = FindingText.For(happened, _culture);
        if (mark.Length == 0 || (happened.State == ProofState.Waiting && !IsWorthTelling(happened.Arguments.GetValueOrDefault("pid")?.ToString() ?? said, happened.Elapsed)))
        {
            return;
        }

        var time = happened.State == ProofState.Skipped ? "" : string.Create(_culture, $" ({happened.Elapsed.TotalMilliseconds:N0} ms)");
        _writer.Text(said + time, 10, $"  {mark} {happened.Id.Code} ", prefixStyle: style);
        if (happened.Problem is not null)
        {
            _findings.Problem(happened.Problem, 10);
        }

        Owner(happened.State == ProofState.Failed ? happened.Owner : null);
        foreach (var other in happened.Others)
        {
            _findings.Problem(other.Problem, 10);
            Owner(other.Owner);
        }
    }

    /// <summary>Throttles reports of a wait: at a terminal each is shown, elsewhere a new one, or the same again after ten seconds.</summary>
    private bool IsWorthTelling(string wait, TimeSpan at)
    {
        if (wait == _lastWait && at - _lastWaitAt < (_terminal ? TimeSpan.FromTicks(1) : s_betweenWaits))
        {
            return false;
        }

        (_lastWait, _lastWaitAt) = (wait, at);
        return true;
    }

    /// <summary>Which requirement has the rest to say.</summary>
    private void Owner(RequirementId? owner)
    {
        if (owner is { } id)
        {
            _writer.Text(Say("Cli.Owner", ("code", id.Code), ("name", FindingText.Name(id, _culture))), 10);
        }
    }

    public void Hear(FeedPulse pulse, long since)
    {
        var news = pulse.Last.Where(o => o.Number > since).Reverse().ToList();
        if (pulse.Changes - since > news.Count)
        {
            _writer.Text(Say("Cli.FeedMore", ("count", pulse.Changes - since - news.Count)), 4, style: TextStyle.Faint);
        }

        foreach (var operation in news)
        {
            var key = string.Join(", ", operation.Key.Select(k => $"{k.Column} = {k.Value ?? "NULL"}"));
            _writer.Text(
                string.Create(CultureInfo.InvariantCulture, $"{operation.CommittedAt.ToLocalTime():HH:mm:ss} {operation.Kind.ToString().ToUpperInvariant()} {operation.Table} {key}"),
                6,
                "  ← ",
                prefixStyle: TextStyle.Cyan);
        }

        if (pulse.Waiting is { } wait && IsWorthTelling(wait.Pid, TimeSpan.FromSeconds(wait.Seconds)))
        {
            _writer.Text(Say("Cli.FeedWaiting", ("transaction", wait.Transaction)), 4, "  ~ ", prefixStyle: TextStyle.Yellow);
        }

        if (pulse.Problem is { } problem)
        {
            _findings.Problem(problem, 4);
        }

        if (pulse.End is not null)
        {
            foreach (var table in pulse.Tables)
            {
                _writer.Text(Say("Cli.FeedTable", ("table", table.Table.ToString()), ("inserts", table.Inserts), ("updates", table.Updates), ("deletes", table.Deletes), ("truncates", table.Truncates)), 4);
            }

            _writer.Text(Say(pulse.Clean ? "Cli.FeedClean" : "Cli.FeedNotClean", ("count", pulse.Changes), ("seconds", (long)pulse.Elapsed.TotalSeconds)), 4, style: TextStyle.Faint);
        }
    }

    public void End(CliReport report)
    {
        if (report.Broken)
        {
            _findings.All(report.Inspection);
            _writer.Line();
            if (report.Run is not null)
            {
                _writer.Text(Say("Outcome.None"), style: TextStyle.Bold);
            }

            Summary(report.Inspection, next: false);
            return;
        }

        if (report.Run is { } run)
        {
            EndOf(run, report.Inspection);
            _writer.Line();
            if (run.Outcome is ApplyOutcome.Completed or ApplyOutcome.RestartPending or ApplyOutcome.NothingToDo or ApplyOutcome.NotInEffect && !report.Plan!.Undoing)
            {
                Summary(report.Inspection, next: true);
            }

            if (run.Outcome == ApplyOutcome.Completed && report.Plan!.Waiting.Count > 0)
            {
                _writer.Text(Say("Cli.Waiting", ("count", report.Plan.Waiting.Count)), style: TextStyle.Bold);
            }
        }
        else if (report.Proof.Count > 0)
        {
            _writer.Line();
            _writer.Text(Say(report.ExitCode == ExitCode.Ready ? "Cli.Proved" : report.Proof.Any(p => p.State == ProofState.Failed) ? "Cli.NotProved" : "Cli.ProvedButBlocked"), style: TextStyle.Bold);
        }
        else if (report.Refusal is not null || report.Plan is { Obstacles.Count: > 0 })
        {
            _writer.Line();
            if (report.Refusal is { } refusal && report.Plan is not { Obstacles.Count: > 0 })
            {
                _findings.Problem(refusal, 2);
            }
            else
            {
                _writer.Text(Say("Outcome.Refused"), style: TextStyle.Bold);
            }
        }
        else if (report.Plan is { Applyable: true } plan)
        {
            _writer.Line();
            _writer.Text(Say(plan.Undoing ? "Cli.NextUndo" : "Cli.NextApply", ("count", plan.Changes.Count)), style: TextStyle.Bold);
        }
        else if (report.Plan is { Undoing: false } || report.Plan is null)
        {
            if (report.Plan is null)
            {
                _findings.All(report.Inspection);
                Slots(report.Inspection);
            }

            _writer.Line();
            Summary(report.Inspection, next: report.Plan is null);
        }

        if (report is { Run: null, Plan: { Undoing: false, HandOff.Count: > 0 and var count } })
        {
            _writer.Text(Say("Cli.NextHandOff", ("count", count)), style: TextStyle.Bold);
        }
    }

    private void Slots(Inspection inspection)
    {
        if (inspection.Snapshot is { Slots.Count: > 0 } snapshot)
        {
            _writer.Line();
            _writer.Text(Say("Watch.Cli.Slots"), style: TextStyle.Bold);
            SlotLines.Write(_writer, SlotForecast.Of(snapshot), snapshot.SlotLimitBytes, TimeSpan.Zero, _culture);
        }
    }

    /// <summary>Says a problem of a run where it happened, and then no more.</summary>
    private void Tell(Problem problem)
    {
        _findings.Problem(problem, 6);
        _told.Add(problem);
    }

    private void EndOf(ApplyRecord run, Inspection after)
    {
        _writer.Line();
        _writer.Text(Say("Outcome." + (run.Outcome?.ToString() ?? "None"), ("count", run.Finished?.Waiting.Count ?? 0)), style: TextStyle.Bold);
        if (run.Outcome is ApplyOutcome.ConnectionLost or ApplyOutcome.Failed or ApplyOutcome.Cancelled or ApplyOutcome.NotInEffect)
        {
            var changes = run.Changes;
            foreach (var group in ChangeGroup.Of([.. changes.Select(c => c.Change)], i => changes[i].State))
            {
                _writer.Text(FindingText.Title(group.Whole, _culture), 4, "  -");
                Parts(group, 6);
                _writer.Text(Say("ChangeState." + changes[group.First].State), 6, style: TextStyle.Faint);
            }
        }

        if (run.Problem is { } problem && !_told.Contains(problem))
        {
            _findings.Problem(problem, 2);
        }

        if (run.Outcome == ApplyOutcome.RestartPending)
        {
            foreach (var restart in after.Findings.Where(static f => f.State == FindingState.Pending).SelectMany(static f => f.Fixes).OfType<ConsoleChange>().DistinctBy(static c => c.Key))
            {
                _findings.Guide(after, restart, 2);
            }
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
        _writer.Text(next && verb.Length > 0 ? text + " " + Say("Cli.Next", ("verb", verb)) : text, style: TextStyle.Bold);
        if (next && verb == "verify")
        {
            // A password may be missing or another than the pipe will be given, and no reading shows that.
            _writer.Text(Say("Cli.LoginNotTried", ("user", inspection.Goal.User)));
        }
    }

    /// <summary>Changes under their numbers; what follows them gets the number this returns.</summary>
    private int Changes(IReadOnlyList<SqlChange> changes, int number, Func<int, string>? note = null)
    {
        foreach (var group in ChangeGroup.Of(changes))
        {
            var first = number + group.First;
            var numbers = group.Changes.Count == 1
                ? string.Create(_culture, $"  {first,3}. ")
                : string.Create(_culture, $"  {first,3}–{first + group.Changes.Count - 1}. ");
            _writer.Text(FindingText.Title(group.Whole, _culture), 13, numbers + group.Whole.For.Code + " ");
            Parts(group, 13);
            if (note is not null)
            {
                _writer.Text(note(group.First), 13, style: TextStyle.Faint);
            }

            if (note is not null && group.Whole.RunBy is { } role)
            {
                _writer.Text(Say("Cli.RunBy", ("role", role)), 13, style: TextStyle.Faint);
            }

            _writer.Statement(TerminalFindings.Cut(group.Changes[0].Statement.Display + ";"), 13, TextStyle.Cyan);
        }

        return number + changes.Count;
    }

    /// <summary>Which tables the parts are about, and that they are parts.</summary>
    private void Parts(ChangeGroup group, int indent)
    {
        if (group.Range is { } range)
        {
            _writer.Text(Say("Cli.Parts", ("count", group.Changes.Count), ("from", range.From), ("to", range.To)), indent, style: TextStyle.Faint);
        }
    }

    private string PhaseOf(ChangePhase phase, IEnumerable<SqlChange> changes)
    {
        var apart = changes.ToLookup(static c => c.LocksGoFirst());
        var how = phase == ChangePhase.Parameters ? "Phase.Alone"
            : !apart.Contains(true) ? "Phase.InOne"
            : apart.Contains(false) ? "Phase.InParts" : "Phase.OneByOne";
        return Say(how, ("phase", Say("Phase." + phase)));
    }

    private void Stale(PlanStale stale)
    {
        foreach (var difference in stale.Differences)
        {
            var verdict = difference.After is null ? Say("Cli.Gone") : FindingText.For(difference.After, _culture).Title;
            _writer.Text(verdict, 10, $"  ! {difference.Id.Code} ", prefixStyle: TextStyle.Yellow);
        }
    }

    private string Title(SetupPlan plan, int index) =>
        string.Create(_culture, $"{index + 1}/{plan.Changes.Count} ") + FindingText.Title(plan.Changes[index], _culture);

    private string Say(string key, params (string Name, object? Value)[] arguments) => Messages.Get(key, _culture, arguments);
}
