using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;

namespace SetupWizard.Core.Requirements.Access;

/// <summary>
/// SW309: nothing is set for the user, the database or the server that would end a snapshot of hours or keep it from reading. Where this login has a value of its own, the server's
/// cannot be seen: it is not taken for harmless, the user gets a value of its own, and the proof reads what is in effect.
/// See <see href="https://www.postgresql.org/docs/current/runtime-config-client.html"/>.
/// </summary>
public sealed class RoleSettings : IRequirement
{
    /// <summary>
    /// What ClickPipes does not send and what ends its copy however busy it is (PostgreSQL 17 and later).
    /// See <see href="https://www.postgresql.org/docs/17/runtime-config-client.html#GUC-TRANSACTION-TIMEOUT"/>.
    /// </summary>
    public const string TransactionTimeout = "transaction_timeout";

    private const string RowSecuritySetting = "row_security";

    /// <summary>With the value at which each is harmless, and whether ClickPipes sends that value itself when it connects.</summary>
    private static readonly (string Name, string Harmless, bool Sent)[] s_settings =
    [
        ("statement_timeout", "0", true),
        ("idle_in_transaction_session_timeout", "0", true),
        ("idle_session_timeout", "0", true),
        (TransactionTimeout, "0", false),
        ("default_transaction_read_only", "off", false),
        (RowSecuritySetting, "on", false),
    ];

    /// <summary>Those that ClickPipes does not send when it connects, with the value at which they are harmless.</summary>
    public static IReadOnlyDictionary<string, string> NotSent { get; } = s_settings.Where(s => !s.Sent).ToDictionary(s => s.Name, s => s.Harmless, StringComparer.Ordinal);

    /// <inheritdoc/>
    public RequirementId Id => RequirementId.RoleSettings;

    /// <inheritdoc/>
    public Area Area => Area.Access;

    /// <inheritdoc/>
    public IReadOnlyList<string> Cases { get; } = ["transaction", "transaction-hidden", "rows", "rows-hidden", "limits", "hidden", Verdicts.UnreadableCase];

    /// <summary>Whether a value as <c>SHOW</c> prints it does no harm.</summary>
    /// <param name="value">The value.</param>
    /// <param name="harmless">The harmless one: <c>0</c>, <c>on</c> or <c>off</c>.</param>
    public static bool IsHarmless(string value, string harmless)
    {
        ArgumentNullException.ThrowIfNull(value);
        return harmless switch
        {
            "0" => AttachedSettings.IsZero(value),
            "on" => value.ToUpperInvariant() is "ON" or "TRUE" or "YES" or "1",
            _ => value.ToUpperInvariant() is "OFF" or "FALSE" or "NO" or "0",
        };
    }

    /// <inheritdoc/>
    public IEnumerable<Finding> Evaluate(RequirementContext context)
    {
        if (this.UnknownIfUnreadable(context, "pg_settings", "pg_db_role_setting", "pg_roles") is { } blind)
        {
            return [blind];
        }

        var guarded = context.Families.Readable(context.Tables.Chosen).Count(static t => t.RowSecurityApplies);
        var limits = s_settings.Select(s => Judge(context, s.Name, s.Harmless)).OfType<Limit>().ToLookup(l => SituationOf(l, guarded));
        List<Finding> findings = [.. Cases.Where(limits.Contains).Select(situation => Tell(context, situation, guarded, [.. limits[situation]]))];
        return findings.Count > 0 ? findings : [this.Satisfied(("user", context.Goal.User))];
    }

    /// <summary>What ClickPipes overrides is advice. What it does not override, and what ends its copy, holds the proof back: the proof reads the value in effect and refuses it.</summary>
    private static string SituationOf(Limit limit, int guarded) => (limit.Name, limit.Value is null) switch
    {
        (TransactionTimeout, false) => "transaction",
        (TransactionTimeout, true) => "transaction-hidden",
        (RowSecuritySetting, false) when guarded > 0 => "rows",
        (RowSecuritySetting, true) when guarded > 0 => "rows-hidden",
        (_, false) => "limits",
        (_, true) => "hidden",
    };

    private Finding Tell(RequirementContext context, string situation, int guarded, IReadOnlyList<Limit> limits) =>
        this.Finding(
            situation switch { "transaction" or "rows" => FindingState.Blocking, "transaction-hidden" or "rows-hidden" => FindingState.Warning, _ => FindingState.Advice },
            situation,
            ("user", context.Goal.User),
            ("admin", context.Snapshot.Admin.Name),
            ("value", limits[0].Value),
            ("guarded", guarded),
            ("settings", string.Join(", ", limits.Select(l => l.Name)))) with
        {
            Actual = string.Join(", ", limits.Select(l => l.Name + " = " + (l.Value ?? "?"))),
            Desired = string.Join(", ", limits.Select(l => l.Name + " = " + l.Harmless)),
            Subjects = [.. limits.Select(l => new Subject(SubjectKind.Setting, l.Value is null ? l.Name : l.Name + " = " + l.Value + " (" + l.Origin + ")"))],
            Fixes = [.. context.Snapshot.Role(context.Goal.User) is null ? [UserChanges.Create(context)] : Array.Empty<Change>(), .. limits.Select(l => Lift(context, l))],
            Evidence = [.. limits.Where(l => l.Value is not null).Select(l => new Evidence(l.Name + " (" + l.Origin + ")", l.Value!))],
        };

    private static Limit? Judge(RequirementContext context, string setting, string harmless)
    {
        if (!context.Snapshot.Settings.ContainsKey(setting))
        {
            // This version does not have it.
            return null;
        }

        var attached = AttachedSettings.For(context, setting);
        var server = AttachedSettings.OfServer(context, setting);
        var value = attached.Count > 0 ? attached[0].Value : server;
        if (value is not null && IsHarmless(value, harmless))
        {
            return null;
        }

        var below = attached.Count > 1 ? attached[1].Value : server;
        var origin = attached.Count > 0 ? AttachedSettings.Origin(context, attached[0]) : "ALTER SYSTEM";
        return new Limit(setting, value, harmless, origin, attached.Count > 0 ? attached[0] : null, below is not null && IsHarmless(below, harmless));
    }

    private static SqlChange Lift(RequirementContext context, Limit limit)
    {
        // Where the user's own value is all that is in the way it goes; anybody else's stays, and the user gets one that wins.
        var target = AttachedSettings.Target(context, limit.Winner);
        var reset = limit.Winner is { Role: not null } && limit.HarmlessBelow;
        var user = context.Snapshot.Role(context.Goal.User);
        var allowed = user is null ? AdminPowers.CanCreateRole(context.Snapshot) : AdminPowers.CanConfigureRole(context.Snapshot, user);
        return new SqlChange
        {
            For = RequirementId.RoleSettings,
            Kind = reset ? "role-setting-reset" : "role-setting",
            Needs = Needs.User(context),
            Phase = ChangePhase.User,
            Statement = new SqlText(reset ? $"{target} RESET {limit.Name}" : $"{target} SET {limit.Name} TO {limit.Harmless}"),
            Undo = new SqlText(limit.Winner is { Role: not null, Value: { } former } ? $"{target} SET {limit.Name} TO {PgLiteral.Quote(former)}" : $"{target} RESET {limit.Name}"),
            Leaves = LeftStates.Setting(
                context.Goal.User,
                limit.Winner is { Role: not null, InDatabase: true },
                limit.Name,
                limit.Winner?.Role is null ? null : limit.Winner.Value,
                reset ? null : limit.Harmless),
            RunBy = allowed ? null : AdminPowers.HigherAdmin(context.Snapshot, context.Provider),
            Arguments = Verdicts.Args(("user", context.Goal.User), ("setting", limit.Name), ("value", limit.Harmless)),
        };
    }

    /// <summary>A value that may do harm; null when it cannot be seen.</summary>
    private sealed record Limit(string Name, string? Value, string Harmless, string Origin, RoleSettingFact? Winner, bool HarmlessBelow);
}
