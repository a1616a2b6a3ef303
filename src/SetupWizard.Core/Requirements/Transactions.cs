using SetupWizard.Core.Audit;
using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements.Access;

namespace SetupWizard.Core.Requirements;

/// <summary>Which changes share a transaction.</summary>
public static class Transactions
{
    /// <summary>
    /// Whether the change's locks must go before the next change comes: it locks many tables, or keeps readers out of one, which the wait for the next
    /// table must not prolong. See <see href="https://www.postgresql.org/docs/current/sql-altertable.html"/> and, for policies, which keep readers out as well,
    /// <see href="https://www.postgresql.org/docs/current/explicit-locking.html"/>.
    /// </summary>
    public static bool LocksGoFirst(this SqlChange change) => change is
    { OwnTransaction: true } or { Phase: ChangePhase.ReplicaIdentity } or { Kind: RowSecurity.PolicyKind or AuditTrail.UndoPrefix + RowSecurity.PolicyKind };
}
