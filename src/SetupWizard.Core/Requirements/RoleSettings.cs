using SetupWizard.Core.Model;
using SetupWizard.Core.Source;
using SetupWizard.Core.Sql;

namespace SetupWizard.Core.Requirements;

/// <summary>
/// SW309: nothing is set for the user, the database or the server that would end a snapshot of hours or keep it from reading.
/// See <see href="https://www.postgresql.org/docs/current/runtime-config-client.html"/>.
/// </summary>
public sealed class RoleSettings : IRequirement
{
    /// <summary>ClickPipes sets the first three itself when it connects.</summary>
    private static readonly (string Name, string Harmless)[] s_settings =
    [
        ("statement_timeout", "0"),
        ("idle_in_transaction_session_timeout", "0"),
        ("idle_session_timeout", "0"),
        ("transaction_timeout", "0"),
        ("default_transaction_read_only", "off"),
        ("row_security", "on"),
    ];

    /// <inheritdoc/>
    public RequirementId Id => RequirementId.RoleSettings;

    /// <inheritdoc/>
    public WizardStep Step => WizardStep.Access;

    /// <inheritdoc/>
    public IReadOnlyList<string> Cases { get; } = ["limits", Verdicts.UnreadableCase];

    /// <inheritdoc/>
    public IEnumerable<Finding> Evaluate(RequirementContext context)
    {
        if (this.Blind(context, "pg_settings", "pg_db_role_setting", "pg_roles") is { } blind)
        {
            yield return blind;
            yield break;
        }

        var found = s_settings.Select(s => Judge(context, s.Name, s.Harmless)).OfType<Limit>().ToList();
        (string, object?)[] arguments = [("user", context.Goal.User), ("settings", string.Join(", ", found.Select(f => f.Name + " = " + f.Value)))];
        yield return found.Count == 0 ? this.Ok(arguments) : this.Say(FindingState.Advice, "limits", arguments) with
        {
            Actual = string.Join(", ", found.Select(f => f.Name + " = " + f.Value)),
            Desired = string.Join(", ", found.Select(f => f.Name + " = " + f.Harmless)),
            Subjects = [.. found.Select(f => new Subject(SubjectKind.Setting, f.Name + " = " + f.Value + " (" + f.Origin + ")"))],
            Fixes = [.. context.Snapshot.Role(context.Goal.User) is null ? [UserChanges.Create(context)] : Array.Empty<Change>(), .. found.Select(f => Lift(context, f))],
            Evidence = [.. found.Select(f => new Evidence(f.Name + " (" + f.Origin + ")", f.Value))],
        };
    }

    private static Limit? Judge(RequirementContext context, string setting, string harmless)
    {
        var attached = AttachedSettings.For(context, setting);
        var server = AttachedSettings.OfServer(context, setting);
        var value = attached.Count > 0 ? attached[0].Value : server;
        if (value is null || IsHarmless(value, harmless))
        {
            return null;
        }

        var below = attached.Count > 1 ? attached[1].Value : server;
        var origin = attached.Count > 0 ? AttachedSettings.Origin(context, attached[0]) : "ALTER SYSTEM";
        return new Limit(setting, value, harmless, origin, attached.Count > 0 ? attached[0] : null, below is not null && IsHarmless(below, harmless));
    }

    private static bool IsHarmless(string value, string harmless) => harmless switch
    {
        "0" => AttachedSettings.IsZero(value),
        "on" => value.ToUpperInvariant() is "ON" or "TRUE" or "YES" or "1",
        _ => value.ToUpperInvariant() is "OFF" or "FALSE" or "NO" or "0",
    };

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
            Undo = new SqlText(limit.Winner?.Role is null ? $"{target} RESET {limit.Name}" : $"{target} SET {limit.Name} TO {PgLiteral.Quote(limit.Value)}"),
            Leaves = LeftStates.Setting(
                context.Goal.User,
                limit.Winner is { Role: not null, InDatabase: true },
                limit.Name,
                limit.Winner?.Role is null ? null : limit.Value,
                reset ? null : limit.Harmless),
            RunBy = allowed ? null : AdminPowers.HigherAdmin(context.Snapshot, context.Provider),
            Arguments = Verdicts.Args(("user", context.Goal.User), ("setting", limit.Name), ("value", limit.Harmless)),
        };
    }

    private sealed record Limit(string Name, string Value, string Harmless, string Origin, RoleSettingFact? Winner, bool HarmlessBelow);
}
