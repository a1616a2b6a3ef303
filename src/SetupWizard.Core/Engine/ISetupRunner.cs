using SetupWizard.Core.Audit;
using SetupWizard.Core.Connecting;
using SetupWizard.Core.Model;
using SetupWizard.Core.Reading;
using SetupWizard.Core.Requirements;

namespace SetupWizard.Core.Engine;

/// <summary>
/// The engine as views see it: read once, judge purely, apply what was shown, prove it. Keeps no state between calls;
/// every call opens its own connection and closes it.
/// </summary>
public interface ISetupRunner
{
    /// <summary>Opens the source stage by stage and reads it. Never throws for what a server or a network can do.</summary>
    /// <param name="target">The source.</param>
    /// <param name="goal">What is wanted.</param>
    /// <param name="progress">Receives each stage as it changes.</param>
    /// <param name="cancellationToken">Stops within a second, whatever the network does.</param>
    Task<ConnectReport> ConnectAsync(SetupTarget target, SetupGoal goal, IProgress<StageResult>? progress, CancellationToken cancellationToken);

    /// <summary>Reads the source once and judges it. A source that cannot be read gives an inspection without a snapshot and with SW101.</summary>
    Task<Inspection> InspectAsync(SetupTarget target, SetupGoal goal, CancellationToken cancellationToken);

    /// <summary>
    /// The same reading judged for the provider's administrator (on a server of one's own: a superuser) instead of this login, whose rights everybody may look up.
    /// The reading as it is where this login is one, where none is to be seen, and where the server does not answer.
    /// </summary>
    /// <param name="target">The source.</param>
    /// <param name="inspection">A reading of it.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    Task<Inspection> AsAdministratorAsync(SetupTarget target, Inspection inspection, CancellationToken cancellationToken);

    /// <summary>Judges the facts of an earlier reading for another goal; no I/O. The user and publication of the goal must be those that were read.</summary>
    Inspection Reconsider(Inspection inspection, SetupGoal goal);

    /// <summary>What would make the verdicts right.</summary>
    /// <param name="inspection">A reading.</param>
    /// <param name="only">Limits the plan to these requirements; null for all.</param>
    SetupPlan Plan(Inspection inspection, IReadOnlySet<RequirementId>? only = null);

    /// <summary>Applies exactly this plan: reads again first, one transaction for each phase, reads again afterwards. Ends with <see cref="ApplyFinished"/>.</summary>
    IAsyncEnumerable<ApplyEvent> ApplyAsync(SetupTarget target, SetupPlan plan, CancellationToken cancellationToken);

    /// <summary>Executes the plan in one transaction and rolls it back. Changes that cannot run in a transaction are skipped and said so.</summary>
    IAsyncEnumerable<ApplyEvent> DryRunAsync(SetupTarget target, SetupPlan plan, CancellationToken cancellationToken);

    /// <summary>The plan that takes back what this installation applied to this database, newest first.</summary>
    /// <param name="target">The source.</param>
    /// <param name="goal">The set-up: its ClickPipes user and publication.</param>
    /// <param name="request">What is asked for beyond that.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    Task<SetupPlan> UndoPlanAsync(SetupTarget target, SetupGoal goal, UndoRequest request, CancellationToken cancellationToken);

    /// <summary>The reason why nothing could be applied now, whatever the plan: the record of changes cannot be written. Null when it can.</summary>
    Task<Problem?> RecordTroubleAsync(CancellationToken cancellationToken);

    /// <summary>What this installation applied to this database and did not take back, oldest first: the lines of the record that say so.</summary>
    Task<IReadOnlyList<AuditEntry>> AppliedAsync(Inspection inspection, CancellationToken cancellationToken);

    /// <summary>All columns of the named tables, in one round trip; never part of a check. Never throws for what a server or a network can do.</summary>
    /// <param name="target">The source.</param>
    /// <param name="tables">The tables, <see cref="ColumnReader.MostTables"/> at most.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    Task<ColumnReading> ReadColumnsAsync(SetupTarget target, IReadOnlyList<TableRef> tables, CancellationToken cancellationToken);

    /// <summary>Proves the set-up as the ClickPipes user, stage by stage. Leaves nothing behind, whatever happens.</summary>
    IAsyncEnumerable<ProofEvent> VerifyAsync(SetupTarget target, SetupGoal goal, CancellationToken cancellationToken);

    /// <summary>
    /// Watches changes of the chosen tables arrive, as the ClickPipes user, until cancelled or until a limit (five minutes, 100,000 changes): a pulse
    /// every second, and a last one that says why it ended. Counts and keys only, never another value. Leaves nothing behind, whatever happens.
    /// </summary>
    IAsyncEnumerable<FeedPulse> FeedAsync(SetupTarget target, SetupGoal goal, CancellationToken cancellationToken);

    /// <summary>Watches the few facts that change outside, until cancelled: a pulse at once and then every couple of seconds.</summary>
    IAsyncEnumerable<LivePulse> WatchAsync(SetupTarget target, SetupGoal goal, CancellationToken cancellationToken);
}
