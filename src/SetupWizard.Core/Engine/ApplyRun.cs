using System.Globalization;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Npgsql;
using SetupWizard.Core.Audit;
using SetupWizard.Core.Connecting;
using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;
using SetupWizard.Core.Sql;

namespace SetupWizard.Core.Engine;

/// <summary>Shared context of one apply: target, plan, event sink, and the audit, which is written before each change.</summary>
internal sealed class ApplyRun
{
    private readonly IAuditLog _audit;
    private readonly ChannelWriter<ApplyEvent> _events;

    public ApplyRun(SetupTarget target, SetupPlan plan, IAuditLog audit, TimeProvider time, ILogger logger, ChannelWriter<ApplyEvent> events)
    {
        Target = target;
        Plan = plan;
        _audit = audit;
        Time = time;
        Logger = logger;
        _events = events;
        Redactor = new Redactor(target.Credentials);
    }

    /// <summary>Unique; the audit and the log have it.</summary>
    public string Id { get; } = Guid.NewGuid().ToString("N");

    public SetupTarget Target { get; }

    public SetupPlan Plan { get; }

    public TimeProvider Time { get; }

    public ILogger Logger { get; }

    public Redactor Redactor { get; }

    /// <summary>That no other wizard applies to this database; null before it is made sure of.</summary>
    public ApplyClaim? Claim { get; set; }

    public DateTimeOffset Now => Time.GetUtcNow();

    /// <summary>Changes whose commit the server confirmed.</summary>
    public HashSet<int> Committed { get; } = [];

    /// <summary>What stands for the ClickPipes user's password in the statements; null when none needs it.</summary>
    public SecretString? PasswordLiteral { get; private set; }

    /// <summary>Why nothing could be recorded now; null when it could.</summary>
    public static async Task<Problem?> RecordTroubleAsync(IAuditLog audit, CancellationToken cancellationToken) =>
        await audit.TroubleAsync(cancellationToken).ConfigureAwait(false) is { } reason ? Problem("apply-audit", ("reason", reason)) : null;

    public void Emit(ApplyEvent e) => _events.TryWrite(e);

    public void EmitSkipped(IReadOnlyList<int> indexes)
    {
        if (indexes.Count > 0)
        {
            Emit(new ChangesSkipped(indexes) { At = Now });
        }
    }

    public void Finish(ApplyOutcome outcome, Problem? problem, Inspection? after, IReadOnlyList<int>? inEffect = null, IReadOnlyList<int>? missing = null, IReadOnlyList<int>? waiting = null)
    {
        Log.ApplyFinished(Logger, Id, outcome.ToString());
        Emit(new ApplyFinished(outcome, problem, inEffect ?? [], missing ?? [], after) { At = Now, Waiting = waiting ?? [] });
    }

    public void PreparePassword()
    {
        if (Target.Credentials.ClickPipesPassword is { } password && Plan.Changes.Any(c => c.Statement.HasSecret))
        {
            PasswordLiteral = Plan.Goal.SendPasswordAsText ? password : ScramVerifier.Create(password);
            Redactor.Add(PasswordLiteral);
        }
    }

    /// <summary>Which database this is by the server's own account; known once it was read.</summary>
    public ServerIdentity? Server { get; set; }

    /// <summary>Records what happens to a change.</summary>
    /// <exception cref="AuditUnavailableException">The line could not be written.</exception>
    public Task RecordAsync(int index, AuditEvent what, PostgresException? error = null, TimeSpan? elapsed = null) =>
        AppendAsync([EntryOf(index, what, error is null ? null : Redactor.Message(error), elapsed)]);

    /// <summary>Records what the record tells without it, too: by what was written before, and by the server.</summary>
    public async Task TryRecordAsync(int index, AuditEvent what)
    {
        try
        {
            await RecordAsync(index, what).ConfigureAwait(false);
        }
        catch (AuditUnavailableException)
        {
            // Whoever reads the record settles it.
        }
    }

    /// <summary>Records, before it is committed, what decides later whether a transaction was.</summary>
    /// <exception cref="AuditUnavailableException">The lines could not be written: the transaction must not be committed.</exception>
    public Task RecordCommittingAsync(IReadOnlyList<int> unit, CommitFacts facts) => AppendAsync(
        [.. unit.Select(i => EntryOf(i, AuditEvent.Committing, null, null) with { Transaction = facts.Transaction, Oids = facts.OidsOf(Plan.Changes[i]) })]);

    /// <summary>Records lines as they are.</summary>
    /// <exception cref="AuditUnavailableException">The lines could not be written.</exception>
    public Task RecordAsync(IReadOnlyList<AuditEntry> entries) => AppendAsync(entries);

    /// <summary>The record of this database.</summary>
    /// <exception cref="AuditUnavailableException">It could not be read.</exception>
    public async Task<AuditRecord> ReadRecordAsync(AuditSource about, CancellationToken cancellationToken)
    {
        try
        {
            return await _audit.ReadAsync(about, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            throw new AuditUnavailableException(e.Message, e);
        }
    }

    /// <summary>Records that a change which was in effect has been taken back within its own run: there is nothing left to undo.</summary>
    /// <exception cref="AuditUnavailableException">The line could not be written.</exception>
    public Task RecordTakenBackAsync(int index)
    {
        var entry = EntryOf(index, AuditEvent.InEffect, null, null);
        return AppendAsync([entry with { Kind = AuditTrail.UndoPrefix + entry.Kind, Sql = entry.Undo!, Undo = null, Undoing = true }]);
    }

    public static Problem Problem(string key, params (string Name, object? Value)[] arguments) => new(key, Arguments(arguments));

    public static Dictionary<string, object?> Arguments(params (string Name, object? Value)[] arguments) =>
        arguments.ToDictionary(a => a.Name, a => a.Value, StringComparer.Ordinal);

    private AuditEntry EntryOf(int index, AuditEvent what, ServerMessage? message, TimeSpan? elapsed)
    {
        var change = Plan.Changes[index];
        return new AuditEntry
        {
            At = Now,
            Run = Id,
            Index = index,
            Event = what,
            Source = Target.Endpoint.Identity,
            Server = Server,
            User = Plan.Goal.User,
            Publication = Plan.Goal.Publication,
            Login = Target.Credentials.AdminUser,
            Code = change.For.Code,
            Kind = change.Kind,
            Phase = change.Phase.ToString(),
            Sql = change.Statement.Display,
            Undo = change.Undo?.Display,
            Leaves = change.Leaves,
            Undoes = change.Undoes,
            Transactional = change.Transactional,
            Alone = change.OwnTransaction,
            Undoing = Plan.Undoing,
            Arguments = change.Arguments.ToDictionary(a => a.Key, a => Convert.ToString(a.Value, CultureInfo.InvariantCulture) ?? "", StringComparer.Ordinal),
            SqlState = message?.SqlState,
            Message = message?.Text,
            Milliseconds = elapsed?.TotalMilliseconds,
        };
    }

    private async Task AppendAsync(IReadOnlyList<AuditEntry> entries)
    {
        try
        {
            await _audit.AppendAsync(entries, CancellationToken.None).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            throw new AuditUnavailableException(e.Message, e);
        }
    }
}

/// <summary>The audit could not be written, so that the change is not executed.</summary>
internal sealed class AuditUnavailableException(string message, Exception inner) : Exception(message, inner);
