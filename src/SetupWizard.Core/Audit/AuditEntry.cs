using SetupWizard.Core.Model;

namespace SetupWizard.Core.Audit;

/// <summary>What an audit line records.</summary>
public enum AuditEvent
{
    /// <summary>A statement is about to run.</summary>
    Started,

    /// <summary>It ran; its transaction is still open.</summary>
    Executed,

    /// <summary>It failed.</summary>
    Failed,

    /// <summary>Its transaction is about to be committed: from here on the server alone knows what becomes of it, by <see cref="AuditEntry.Transaction"/>.</summary>
    Committing,

    /// <summary>It is in effect: its transaction was committed, or reading again found it so after the connection was lost.</summary>
    InEffect,

    /// <summary>It was taken back with its transaction.</summary>
    RolledBack,

    /// <summary>The connection was lost while it was under way.</summary>
    OutcomeUnknown,
}

/// <summary>One line of the audit. Holds no secret: statements in their shown form only.</summary>
public sealed record AuditEntry
{
    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The run, unique.</summary>
    public required string Run { get; init; }

    /// <summary>The change's place in the run, from 0.</summary>
    public required int Index { get; init; }

    /// <summary>What happened.</summary>
    public required AuditEvent Event { get; init; }

    /// <summary>The database, see <see cref="Model.SourceEndpoint.Identity"/>.</summary>
    public required string Source { get; init; }

    /// <summary>The same by the server's own account; null where it does not tell.</summary>
    public ServerIdentity? Server { get; init; }

    /// <summary>The ClickPipes user of the set-up it belongs to.</summary>
    public string User { get; init; } = "";

    /// <summary>The publication of the set-up it belongs to.</summary>
    public string Publication { get; init; } = "";

    /// <summary>The login that ran it.</summary>
    public required string Login { get; init; }

    /// <summary>The requirement it serves.</summary>
    public required string Code { get; init; }

    /// <summary>What it does (<c>create-user</c>).</summary>
    public required string Kind { get; init; }

    /// <summary>The phase it belongs to.</summary>
    public required string Phase { get; init; }

    /// <summary>The statement as shown.</summary>
    public required string Sql { get; init; }

    /// <summary>The statement that takes it back, as shown.</summary>
    public string? Undo { get; init; }

    /// <summary>What it does to the state of what it changes; null in lines of versions that did not look.</summary>
    public LeftState? Leaves { get; init; }

    /// <summary>Of a line of an undo: the <see cref="Undo"/> of the line it takes back, where <see cref="Sql"/> is not the same; null where it is.</summary>
    public string? Undoes { get; init; }

    /// <summary>Whether it runs inside a transaction.</summary>
    public bool Transactional { get; init; } = true;

    /// <summary>Whether it stands in a transaction of its own, and what takes it back must, too: it locks many tables.</summary>
    public bool Alone { get; init; }

    /// <summary>Whether the run takes back an earlier one.</summary>
    public bool Undoing { get; init; }

    /// <summary>The values of its title.</summary>
    public IReadOnlyDictionary<string, string>? Arguments { get; init; }

    /// <summary>The number of its transaction (<c>txid_current</c>), from <see cref="AuditEvent.Committing"/> on.</summary>
    public string? Transaction { get; init; }

    /// <summary>
    /// The numbers (<c>oid</c>) of what it names, by the name of the argument that names it (<c>user</c>, <c>publication</c>, <c>schema</c>), as they were in its
    /// transaction: another thing may have the name later.
    /// </summary>
    public IReadOnlyDictionary<string, long>? Oids { get; init; }

    /// <summary>The SQLSTATE, when it failed.</summary>
    public string? SqlState { get; init; }

    /// <summary>The server's message, when it failed.</summary>
    public string? Message { get; init; }

    /// <summary>How long it took, in milliseconds.</summary>
    public double? Milliseconds { get; init; }
}
