using System.Globalization;
using SetupWizard.Core.Connecting;
using SetupWizard.Core.Engine;
using SetupWizard.Core.Export;
using SetupWizard.Core.HandOff;
using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;
using SetupWizard.Core.Text;

namespace SetupWizard.Cli;

/// <summary>One call of a verb that looks at a source.</summary>
internal sealed record CliSession(CliHost Host, CultureInfo Culture, Secrets Secrets, ICliView View, ISetupRunner Runner, SetupTarget Target, SetupGoal Goal, Underway Underway)
{
    /// <summary>The plan somebody else prepared; null when there is none.</summary>
    public OpenedPlan? Prepared { get; init; }

    public async Task<Inspection> InspectAsync(CancellationToken cancellationToken)
    {
        var inspection = await Runner.InspectAsync(Target, Goal, cancellationToken);
        Underway.Inspection = inspection;
        View.Read(inspection);
        return inspection;
    }

    public async Task<SetupPlan> PlanAsync(Inspection inspection, UndoRequest? undo, CancellationToken cancellationToken)
    {
        var plan = undo is not null ? await Runner.UndoPlanAsync(Target, Goal, undo, cancellationToken) : Runner.Plan(inspection);
        Underway.Plan = plan;
        View.Planned(inspection, plan);
        if (Prepared is { } prepared)
        {
            View.Compared(Compare(prepared, inspection, plan), inspection);
        }

        return plan;
    }

    /// <summary>Why a prepared plan must not be applied as it is: what the server needs now differs. Null when it may be.</summary>
    public Problem? DiffersFromFile(Inspection inspection, SetupPlan plan)
    {
        if (Prepared is not { AcceptDifferences: false } prepared)
        {
            return null;
        }

        var compared = Compare(prepared, inspection, plan);
        var count = compared.Comparisons.Count(c => c.Mark != PlanMark.Same) + (compared.Place != PlanPlace.Same ? 1 : 0);
        return count == 0 ? null : new Problem("plan-file-differs", new Dictionary<string, object?>(StringComparer.Ordinal) { ["count"] = count });
    }

    /// <summary>The session with the ClickPipes user's password when the plan needs it.</summary>
    /// <exception cref="UsageException">It is needed and there is none.</exception>
    public async Task<CliSession> WithPasswordForAsync(SetupPlan plan, CancellationToken cancellationToken) =>
        plan.Changes.Any(c => c.Statement.HasSecret) ? await WithPasswordAsync(isNew: true, cancellationToken) : this;

    /// <summary>The session with the ClickPipes user's password.</summary>
    /// <exception cref="UsageException">There is none.</exception>
    public async Task<CliSession> WithPasswordAsync(bool isNew, CancellationToken cancellationToken)
    {
        var password = await Secrets.ClickPipesAsync(Goal.User, isNew, cancellationToken);
        return this with { Target = Target with { Credentials = Target.Credentials with { ClickPipesPassword = password } } };
    }

    /// <summary>The session with a token of the ClickPipes user, when there is one.</summary>
    public async Task<CliSession> WithTokenAsync(CancellationToken cancellationToken)
    {
        var token = await Secrets.TokenAsync(Goal.User, cancellationToken);
        return this with { Target = Target with { Credentials = Target.Credentials with { ClickPipesPassword = token } } };
    }

    /// <summary>Shows the end and gives the exit code.</summary>
    public int End(CliReport report)
    {
        Underway.Told = true;
        View.End(report);
        if (report.Inspection.Snapshot is null && Target.Credentials.AdminPassword is null)
        {
            Host.Error.WriteLine(Say("Cli.NoAdminPassword", ("variable", Secrets.AdminVariable)));
        }

        return report.ExitCode;
    }

    private PlanFileReport Compare(OpenedPlan prepared, Inspection inspection, SetupPlan plan) =>
        new(prepared.File, prepared.Signer, PlanFileComparison.PlaceOf(prepared.File, Target.Endpoint, inspection.Snapshot), PlanFileComparison.Compare(prepared.File, plan));

    public string Say(string key, params (string Name, object? Value)[] arguments) => Messages.Get(key, Culture, arguments);
}
