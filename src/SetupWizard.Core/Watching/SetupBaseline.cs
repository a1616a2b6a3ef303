using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;

namespace SetupWizard.Core.Watching;

/// <summary>The ClickPipes user as it was.</summary>
public sealed record BaselineUser
{
    /// <summary>Attributes as <c>CREATE ROLE</c> spells them, those that are on: <c>LOGIN</c>, <c>REPLICATION</c>.</summary>
    public IReadOnlyList<string> Attributes { get; init; } = [];

    /// <summary>What it is a member of, of the roles that mean something to ClickPipes: <c>rds_replication</c>.</summary>
    public IReadOnlyList<string> Roles { get; init; } = [];

    /// <summary>Connection limit; -1 is none.</summary>
    public int ConnectionLimit { get; init; } = -1;

    /// <summary>When the password ends to be valid; null is never.</summary>
    public DateTimeOffset? ValidUntil { get; init; }
}

/// <summary>
/// The state of a source when its set-up was finished, with which later readings are compared. Serializable, without a secret and small,
/// however many tables there are. Only a reading on which everything was right makes one, so that it needs no verdicts of its own.
/// </summary>
public sealed record SetupBaseline
{
    /// <summary>When the set-up was finished.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Whether a proof had passed; otherwise the requirements were met, and nobody had tried.</summary>
    public bool Proved { get; init; }

    /// <summary><c>server_version_num</c>: 150018 is 15.18.</summary>
    public required int Version { get; init; }

    /// <summary>Whether the server was a standby.</summary>
    public bool InRecovery { get; init; }

    /// <summary>The server's own parameters that rules look at, by name, as <c>SHOW</c> prints them. What was attached to the login that read is not here.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Those of them that had been changed and waited for a restart.</summary>
    public IReadOnlyList<string> Waiting { get; init; } = [];

    /// <summary>The same parameters attached to the ClickPipes user, the database or everybody.</summary>
    public IReadOnlyList<RoleSettingFact> Attached { get; init; } = [];

    /// <summary>The ClickPipes user's name.</summary>
    public required string UserName { get; init; }

    /// <summary>The ClickPipes user.</summary>
    public BaselineUser User { get; init; } = new();

    /// <summary>The publication.</summary>
    public required PublicationFact Publication { get; init; }

    /// <summary>Tables that were chosen.</summary>
    public TableNames Chosen { get; init; } = new();

    /// <summary>Tables that were there and not chosen.</summary>
    public TableNames Others { get; init; } = new();

    /// <summary>Tables that were published; without names when they are the chosen ones.</summary>
    public TableNames Published { get; init; } = new();

    /// <summary>The addresses the host name stood for.</summary>
    public IReadOnlyList<string> Addresses { get; init; } = [];

    /// <summary>Who had signed the server's certificate; null without TLS.</summary>
    public string? CertificateIssuer { get; init; }

    /// <summary>Findings accepted when the set-up was finished, as code and situation: <c>SW206 low</c>.</summary>
    public IReadOnlyList<string> Accepted { get; init; } = [];

    /// <summary>The state of a source as it was read.</summary>
    /// <param name="inspection">The reading.</param>
    /// <param name="at">The moment.</param>
    /// <param name="proved">Whether a proof has passed.</param>
    /// <returns>Null while anything stands in the way: such a set-up is not finished.</returns>
    public static SetupBaseline? Of(Inspection inspection, DateTimeOffset at, bool proved)
    {
        ArgumentNullException.ThrowIfNull(inspection);
        if (inspection is not { Ready: true, Snapshot: { Publication: { } publication } snapshot } || snapshot.Role(inspection.Goal.User) is not { } user)
        {
            return null;
        }

        var chosen = BaselineFacts.ChosenOf(inspection);
        var present = BaselineFacts.TablesOf(snapshot);
        var published = TableNames.Of(present.Where(t => t.InPublication).Select(t => t.Ref));
        var names = TableNames.Of(chosen);
        return new SetupBaseline
        {
            At = at,
            Proved = proved,
            Version = snapshot.Server.VersionNumber,
            InRecovery = snapshot.Server.InRecovery,
            Settings = BaselineFacts.SettingsOf(snapshot),
            Waiting = BaselineFacts.WaitingOf(snapshot),
            Attached = BaselineFacts.AttachedOf(snapshot, user.Name),
            UserName = user.Name,
            User = BaselineFacts.UserOf(user, snapshot, inspection.Provider),
            Publication = publication,
            Chosen = names,
            Others = TableNames.Of(present.Select(t => t.Ref).Where(t => !chosen.Contains(t))),
            Published = published.Digest == names.Digest ? published with { Names = [] } : published,
            Addresses = [.. snapshot.Addresses.Order(StringComparer.Ordinal)],
            CertificateIssuer = snapshot.CertificateIssuer,
            Accepted = [.. inspection.Findings.Where(f => f.IsProblem || f.State == FindingState.Advice).Select(BaselineFacts.NameOf).Distinct().Order(StringComparer.Ordinal)],
        };
    }
}
