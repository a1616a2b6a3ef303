namespace SetupWizard.Core.Model;

/// <summary>A transaction that has changed something and is not over. A new logical slot waits for its end.</summary>
/// <param name="ProcessId">The session's process; null for a prepared transaction, which has none.</param>
/// <param name="User">Whose it is; null for a process of the server itself.</param>
/// <param name="Application">What the session calls itself; null for a prepared transaction.</param>
/// <param name="Database">Where it is.</param>
/// <param name="Since">When it began, or was prepared; null when the server hides that from this login (it needs <c>pg_read_all_stats</c>).</param>
/// <param name="Prepared">The name of a prepared transaction; null for a session's.</param>
public sealed record TransactionFact(int? ProcessId, string? User, string? Application, string? Database, DateTimeOffset? Since, string? Prepared);
