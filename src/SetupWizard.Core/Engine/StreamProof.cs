using System.Diagnostics;
using System.Text;
using Npgsql;
using Npgsql.Replication;
using Npgsql.Replication.PgOutput;
using Npgsql.Replication.PgOutput.Messages;
using SetupWizard.Core.Connecting;
using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;
using SetupWizard.Core.Requirements.Access;
using SetupWizard.Core.Sql;

namespace SetupWizard.Core.Engine;

/// <summary>The stages of a proof that stream, on a replication connection of the ClickPipes user: a slot is made, and a change arrives through it.</summary>
internal sealed class StreamProof(NpgsqlConnection admin, ReplicationSession session, SetupGoal goal, string slotName, ProofReport report, Redactor redactor, TimeProvider time)
{
    /// <summary>The first version whose pgoutput passes on logical messages: <see href="https://www.postgresql.org/docs/14/protocol-logical-replication.html"/>.</summary>
    private const int LogicalMessagesInPgOutput = 14;

    private const string MessagePrefix = "setupwizard_proof";

    private SlotBlocker? _blocker;

    /// <summary>A slot can be made; null when it cannot.</summary>
    /// <param name="inRecovery">Whether the server is a standby.</param>
    /// <param name="cancellationToken">Stops at once.</param>
    public async Task<PgOutputReplicationSlot?> ProveSlotAsync(bool inRecovery, CancellationToken cancellationToken)
    {
        var started = report.Begin(RequirementId.ProofSlot);
        var since = time.GetTimestamp();
        using var patience = new CancellationTokenSource(ProofLimits.Patience, time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            var slot = await TemporarySlot.CreateAsync(session, slotName, admin, () => ExplainWaitAsync(started, limit.Token), time, limit.Token).ConfigureAwait(false);
            report.Pass(RequirementId.ProofSlot, started, ("slot", slot.Name), ("position", slot.ConsistentPoint.ToString()));
            return slot;
        }
        catch (Exception e) when (ProofQueries.IsFailure(e, cancellationToken))
        {
            // The last thing that is known of a wait is its cause, whatever ended it.
            var (problem, owner) = TemporarySlot.Failure(e, goal.User, _blocker, inRecovery, time.GetElapsedTime(since), redactor);
            report.Fail(RequirementId.ProofSlot, started, [new ProofFailure(problem, owner)]);
            return null;
        }
    }

    /// <summary>A change arrives through the slot.</summary>
    public async Task ProveChangeAsync(PgOutputReplicationSlot slot, Inspection inspection, CancellationToken cancellationToken)
    {
        var started = report.Begin(RequirementId.ProofChange);
        var canSend = inspection.Snapshot!.Server is { Major: >= LogicalMessagesInPgOutput, InRecovery: false };
        using var patience = new CancellationTokenSource(ProofLimits.Patience, time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            var options = new PgOutputReplicationOptions(TemporarySlot.InReplicationCommand(goal.Publication), PgOutputProtocolVersion.V1, messages: canSend ? true : null);
            var content = Guid.NewGuid().ToString("N");
            var sent = Stopwatch.GetTimestamp();
            if (canSend && !await SendAsync(content, started, inspection.Snapshot, limit.Token).ConfigureAwait(false))
            {
                return;
            }

            await foreach (var message in session.Connection.StartReplication(slot, options, limit.Token).ConfigureAwait(false))
            {
                session.Connection.SetReplicationStatus(message.WalEnd);
                if (canSend ? await IsOursAsync(message, content, limit.Token).ConfigureAwait(false) : message is CommitMessage)
                {
                    var latency = Stopwatch.GetElapsedTime(sent);
                    report.Pass(RequirementId.ProofChange, started, ("latency", (long)latency.TotalMilliseconds), ("how", canSend ? "message" : "traffic"));
                    return;
                }
            }
        }
        catch (Exception e) when (ProofQueries.IsFailure(e, cancellationToken))
        {
            if (!canSend && e is OperationCanceledException)
            {
                // Before PostgreSQL 14 only a row can be sent, and no table is touched without being asked: no traffic, no proof.
                report.Emit(new ProofEvent(RequirementId.ProofChange, ProofState.Skipped, Stopwatch.GetElapsedTime(started)) { Case = "no-traffic" });
                return;
            }

            if (e is PostgresException refused && ProofQueries.IsNotText(refused))
            {
                // Somebody's change came by while the proof ran, and stopped the stream as it would stop ClickPipes'.
                report.Fail(RequirementId.ProofChange, started, RequirementId.Encoding, report.Problem("proof-not-text", e, ("what", goal.Publication)));
                return;
            }

            var missing = e is PostgresException { SqlState: PostgresErrorCodes.UndefinedObject };
            if (e is OperationCanceledException)
            {
                report.Fail(RequirementId.ProofChange, started, RequirementId.PublicationOperations, ProofReport.Problem("proof-no-change", ("publication", goal.Publication), ("seconds", (int)ProofLimits.Patience.TotalSeconds)));
                return;
            }

            report.FailBy(
                e,
                RequirementId.ProofChange,
                started,
                missing ? RequirementId.Publication : RequirementId.PublicationOperations,
                missing ? "proof-publication-missing" : "proof-failed",
                ("publication", goal.Publication));
        }
    }

    // The slot was made before, so a change is decoded whenever the stream begins. False when the administrator may not send: nothing would ever arrive.
    private async Task<bool> SendAsync(string content, long started, SourceSnapshot snapshot, CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand("SELECT pg_catalog.pg_logical_emit_message(true, $1, $2)", admin) { Parameters = { new() { Value = MessagePrefix }, new() { Value = content } } };
        await using (command.ConfigureAwait(false))
        {
            try
            {
                await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
                return true;
            }
            catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.InsufficientPrivilege)
            {
                var (login, function) = (snapshot.Server.CurrentUser, Heartbeat.Function(snapshot.Server.Major));
                var grant = $"GRANT EXECUTE ON FUNCTION {function} TO {PgIdentifier.Quote(login)}";
                report.Fail(RequirementId.ProofChange, started, RequirementId.Heartbeat, report.Problem("proof-message-refused", e, ("login", login), ("statement", grant)));
                return false;
            }
        }
    }

    private static async Task<bool> IsOursAsync(PgOutputReplicationMessage message, string content, CancellationToken cancellationToken)
    {
        if (message is not LogicalDecodingMessage { Prefix: MessagePrefix } ours)
        {
            return false;
        }

        using var buffer = new MemoryStream();
        await ours.Data.CopyToAsync(buffer, cancellationToken).ConfigureAwait(false);
        return Encoding.UTF8.GetString(buffer.ToArray()) == content;
    }

    private async Task ExplainWaitAsync(long started, CancellationToken cancellationToken)
    {
        _blocker = await SlotBlocker.FindAsync(admin, session.Connection.ProcessID, _blocker, cancellationToken).ConfigureAwait(false);
        if (_blocker is not null)
        {
            report.Emit(new ProofEvent(RequirementId.ProofSlot, ProofState.Waiting, Stopwatch.GetElapsedTime(started)) { Arguments = ProofReport.Arguments(_blocker.Arguments) });
        }
    }
}
