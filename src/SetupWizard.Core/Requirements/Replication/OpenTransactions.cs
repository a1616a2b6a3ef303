using System.Globalization;
using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;

namespace SetupWizard.Core.Requirements.Replication;

/// <summary>
/// SW209: no transaction is open that has been changing things for minutes: making a slot waits for all of them, in every database.
/// See <see href="https://www.postgresql.org/docs/current/logicaldecoding-explanation.html"/>.
/// </summary>
public sealed class OpenTransactions : IRequirement
{
    private static readonly TimeSpan s_noticed = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_long = TimeSpan.FromMinutes(5);
    private static readonly string[] s_order = ["long", "open", "hidden"];

    /// <inheritdoc/>
    public RequirementId Id => RequirementId.OpenTransactions;

    /// <inheritdoc/>
    public Area Area => Area.Replication;

    /// <inheritdoc/>
    public IReadOnlyList<string> Cases { get; } = ["long", "open", "hidden", Verdicts.UnreadableCase];

    /// <inheritdoc/>
    public IEnumerable<Finding> Evaluate(RequirementContext context)
    {
        if (this.UnknownIfUnreadable(context, "pg_stat_activity") is { } blind)
        {
            return [blind];
        }

        var findings = new List<Finding>();
        var now = context.Snapshot.ReadAt;
        foreach (var group in context.Snapshot.Transactions.GroupBy(t => CaseOf(t, now)).Where(g => g.Key is not null).OrderBy(g => Array.IndexOf(s_order, g.Key)))
        {
            var transactions = group.ToList();
            findings.Add(this.Finding(group.Key == "long" ? FindingState.Warning : FindingState.Advice, group.Key!, ("statement", End(transactions[0]))) with
            {
                Actual = Age(transactions[0], now),
                Subjects = [.. transactions.Select(t => new Subject(SubjectKind.Session, Name(t, now), t.Prepared is null ? "session" : "prepared"))],
                Evidence = [.. transactions.Select(t => new Evidence(t.Prepared ?? t.ProcessId?.ToString(CultureInfo.InvariantCulture) ?? "", Name(t, now)))],
            });
        }

        return findings.Count > 0 ? findings : [this.Satisfied()];
    }

    /// <summary>Which situation it is; null for a transaction that any busy server has at any time.</summary>
    private static string? CaseOf(TransactionFact transaction, DateTimeOffset now) => (now - transaction.Since) switch
    {
        null => "hidden",
        { } age when age > s_long => "long",
        { } age when age > s_noticed => "open",
        _ => null,
    };

    private static string Age(TransactionFact transaction, DateTimeOffset now) =>
        now - transaction.Since is { } age ? ((long)age.TotalHours).ToString("00", CultureInfo.InvariantCulture) + age.ToString(@"\:mm\:ss", CultureInfo.InvariantCulture) : "";

    /// <summary>A transaction as people are told of it: whose it is, and for how long it has been open where that may be seen.</summary>
    internal static string Name(TransactionFact transaction, DateTimeOffset now) => string.Join(
        " ",
        new[]
        {
            transaction.Prepared is { } gid ? PgLiteral.Quote(gid) : "pid " + transaction.ProcessId?.ToString(CultureInfo.InvariantCulture),
            "(" + string.Join(", ", new[] { transaction.User, transaction.Application, transaction.Database }.Where(p => !string.IsNullOrEmpty(p))) + ")",
            Age(transaction, now),
        }.Where(p => p.Length > 0));

    /// <summary>What ends it.</summary>
    internal static string End(TransactionFact transaction) => transaction.Prepared is { } gid
        ? "ROLLBACK PREPARED " + PgLiteral.Quote(gid)
        : "SELECT pg_catalog.pg_terminate_backend(" + transaction.ProcessId?.ToString(CultureInfo.InvariantCulture) + ")";
}
