using System.Globalization;
using SetupWizard.Core.Audit;
using SetupWizard.Core.HandOff;
using SetupWizard.Core.Model;

namespace SetupWizard.Core.Tests.Audit;

/// <summary>What the record may have run, and what it says became of a change.</summary>
public sealed class RecordedUndoTests
{
    private static readonly Dictionary<string, TransactionFate> s_nothing = [];

    [Fact]
    public void Undo_and_looks_of_every_change_that_a_rule_plans_are_the_wizards()
    {
        var changes = Scenarios.All.SelectMany(static s => s.Source().Judge(s.Code)).SelectMany(static f => f.Fixes).OfType<SqlChange>().Where(static c => c.Undo is not null || c.Leaves is not null).DistinctBy(static c => c.Key).ToList();

        Assert.True(changes.Count > 60);
        Assert.All(changes, static c => Assert.True(PlanSql.IsUndoOfTheWizard(Entry(AuditEvent.InEffect) with { Undo = c.Undo?.Display, Leaves = c.Leaves }), $"{c.Undo?.Display} | {c.Leaves?.Query} | {c.Leaves?.Template}"));
    }

    [Theory]
    [InlineData("DROP TABLE \"public\".\"t0\"")]
    [InlineData("ALTER TABLE \"public\".\"t0\" DROP \"v\"")]
    [InlineData("ALTER TABLE \"public\".\"t0\" REPLICA IDENTITY FULL; DROP TABLE \"public\".\"t0\"")]
    [InlineData("DROP USER \"u\" CASCADE")]
    [InlineData("REVOKE SELECT ON \"a\".\"b\" FROM \"u\"; SELECT pg_terminate_backend(1)")]
    [InlineData("SELECT pg_catalog.pg_reload_conf(); DROP USER \"u\"")]
    [InlineData("DROP PUBLICATION \"p\" -- \"")]
    [InlineData("ALTER USER \"u\" PASSWORD 'x'; COPY \"t\" TO PROGRAM 'x'")]
    public void Statement_that_takes_nothing_back_is_not_run(string undo) =>
        Assert.False(PlanSql.IsUndoOfTheWizard(Entry(AuditEvent.InEffect) with { Undo = undo }));

    [Theory]
    [InlineData("(SELECT pg_catalog.pg_read_file('/etc/passwd'))")]
    [InlineData("(SELECT \"pg_terminate_backend\"(1)::pg_catalog.text)")]
    [InlineData("(SELECT lo_import ('/etc/passwd')::pg_catalog.text)")]
    [InlineData("(SELECT 'x'); DROP TABLE t")]
    public void Look_that_does_something_is_not_taken(string query) =>
        Assert.False(PlanSql.IsUndoOfTheWizard(Entry(AuditEvent.InEffect) with { Leaves = new LeftState(query, null, "there") }));

    [Theory]
    [InlineData(null, 0, 0)]
    [InlineData(TransactionFate.Committed, 1, 0)]
    [InlineData(TransactionFate.Aborted, 0, 0)]
    [InlineData(TransactionFate.Running, 0, 1)]
    public void What_was_being_committed_is_what_the_server_says(TransactionFate? fate, int standing, int undecided)
    {
        AuditEntry[] entries = fate is null
            ? [Entry(AuditEvent.Started), Entry(AuditEvent.Executed)]
            : [Entry(AuditEvent.Started), Entry(AuditEvent.Executed), Entry(AuditEvent.Committing) with { Transaction = "7" }, Entry(AuditEvent.OutcomeUnknown) with { Transaction = "7" }];

        var trail = AuditTrail.Of(entries, fate is { } known ? new Dictionary<string, TransactionFate> { ["7"] = known } : s_nothing);

        Assert.Equal((standing, undecided), (trail.Standing.Count, trail.Undecided.Count));
    }

    /// <summary>Where the server knows nothing of the transaction, the thing that was changed tells; a change that leaves nothing to look at stays open.</summary>
    [Theory]
    [InlineData(true, 1, 0)]
    [InlineData(false, 0, 1)]
    public void What_the_server_has_forgotten_is_told_by_what_is_there(bool looks, int standing, int undecided)
    {
        var entry = Entry(AuditEvent.Committing) with { Transaction = "7", Leaves = looks ? new LeftState("(SELECT 'x')", null, "x") : null };

        var trail = AuditTrail.Of([entry], s_nothing);

        Assert.Equal((standing, undecided), (trail.Standing.Count, trail.Undecided.Count));
    }

    [Fact]
    public void Undo_that_was_being_committed_has_taken_back_what_it_was_to()
    {
        AuditEntry[] entries =
        [
            Entry(AuditEvent.InEffect),
            Entry(AuditEvent.Committing) with { Run = "undo", Undoing = true, Sql = "DROP USER \"u\"", Undo = null, Transaction = "8" },
        ];

        var committed = AuditTrail.Of(entries, new Dictionary<string, TransactionFate> { ["8"] = TransactionFate.Committed });
        var aborted = AuditTrail.Of(entries, new Dictionary<string, TransactionFate> { ["8"] = TransactionFate.Aborted });

        Assert.Equal((0, 1), (committed.Standing.Count, aborted.Standing.Count));
        Assert.Equal([false, true], committed.Happened.Select(static e => e.Undoing));
        Assert.Equal([false], aborted.Happened.Select(static e => e.Undoing));
    }

    [Theory]
    [InlineData(AuditEvent.Executed, 1)]
    [InlineData(AuditEvent.Failed, 0)]
    public void Statement_outside_of_a_transaction_is_open_from_its_beginning(AuditEvent last, int open)
    {
        AuditEntry[] entries = [Entry(AuditEvent.Started) with { Transactional = false }, Entry(last) with { Transactional = false }];

        Assert.Equal(open, AuditTrail.Open(entries).Count);
    }

    private static AuditEntry Entry(AuditEvent what) => new()
    {
        At = DateTimeOffset.UnixEpoch,
        Run = "r",
        Index = 0,
        Event = what,
        Source = string.Create(CultureInfo.InvariantCulture, $"h:{5432}/d"),
        Login = "a",
        Code = RequirementId.User.Code,
        Kind = "create-user",
        Phase = "User",
        Sql = "CREATE USER \"u\"",
        Undo = "DROP USER \"u\"",
    };
}
