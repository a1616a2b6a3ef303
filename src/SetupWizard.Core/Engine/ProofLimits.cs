using SetupWizard.Core.Connecting;
using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;

namespace SetupWizard.Core.Engine;

/// <summary>How long a proof and a feed wait, and what is said of a session that the server had no room for.</summary>
internal static class ProofLimits
{
    /// <summary>How long a change may take to arrive, and a slot to be made, before the stage fails.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Who owns a limit of connections that was met.</summary>
    public static RequirementId OwnerOf(string limit) => limit switch
    {
        "proof-no-wal-sender" => RequirementId.WalSenders,
        "proof-limit-user" => RequirementId.User,
        _ => RequirementId.Reachable,
    };

    /// <summary>The names that the sentences about a session that was refused need.</summary>
    public static (string Name, object? Value)[] Arguments(SetupTarget user, SetupGoal goal) =>
    [
        ("user", goal.User),
        ("userSql", PgIdentifier.QuoteIfNeeded(goal.User)),
        ("database", user.Endpoint.Database),
        ("databaseSql", PgIdentifier.QuoteIfNeeded(user.Endpoint.Database)),
    ];
}
