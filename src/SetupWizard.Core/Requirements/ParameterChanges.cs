using SetupWizard.Core.Model;
using SetupWizard.Core.Providers;
using SetupWizard.Core.Sql;

namespace SetupWizard.Core.Requirements;

/// <summary>How a server parameter is changed at this provider, by this login.</summary>
internal static class ParameterChanges
{
    private const string Reload = "SELECT pg_catalog.pg_reload_conf()";

    /// <summary>The changes that give <paramref name="setting"/> its value; empty when the provider fixes it.</summary>
    /// <param name="context">What is known.</param>
    /// <param name="id">The requirement they serve.</param>
    /// <param name="setting">The parameter.</param>
    /// <param name="value">Its value as <c>ALTER SYSTEM</c> takes it.</param>
    /// <param name="restart">Whether it takes effect at the next restart only.</param>
    /// <param name="consoleValue">The value as a console takes it, when that is another.</param>
    public static IReadOnlyList<Change> Set(
        RequirementContext context, RequirementId id, string setting, string value, RestartNeed restart, string? consoleValue = null)
    {
        var route = context.Provider.SwitchFor(setting);
        switch (route.Route)
        {
            case ParameterRoute.AlterSystem when StandbyParameters.GoFirstOn(context.Snapshot, setting):
                return [];

            case ParameterRoute.AlterSystem:
                var former = FormerOf(context, setting);
                var runBy = context.Snapshot.Admin.Superuser ? null : AdminPowers.HigherAdmin(context.Snapshot, context.Provider);
                return
                [
                    new SqlChange
                    {
                        For = id,
                        Kind = SqlChange.AlterSystemKind,
                        Phase = ChangePhase.Parameters,
                        Restart = restart,
                        Transactional = false,
                        Statement = new SqlText($"ALTER SYSTEM SET {setting} = {PgLiteral.Quote(value)}"),
                        Undo = new SqlText(former is null ? "ALTER SYSTEM RESET " + setting : $"ALTER SYSTEM SET {setting} = {PgLiteral.Quote(former)}"),
                        Leaves = LeftStates.Parameter(setting, former, value),
                        RunBy = runBy,
                        Arguments = Verdicts.Args(("setting", setting), ("value", value)),
                    },
                    new SqlChange
                    {
                        // Only after a reload does the server itself know that a restart is pending. What takes the parameter back takes a reload, too.
                        For = id,
                        Kind = SqlChange.ReloadKind,
                        Phase = ChangePhase.Parameters,
                        Transactional = false,
                        Statement = new SqlText(Reload),
                        Undo = new SqlText(Reload),
                        EffectComesLater = true,
                        RunBy = runBy,
                        Arguments = Verdicts.Args(("setting", setting)),
                    },
                ];

            case ParameterRoute.Console when route.GuideId is not null:
                var shown = route.ConsoleSetting ?? setting;
                return [Console(context, id, "change-in-console", route.GuideId, shown, route.ConsoleValue ?? consoleValue ?? value, restart) with { Expected = route.ConsoleSetting is null ? value : "on" }];

            default:
                return [];
        }
    }

    /// <summary>
    /// A finding with what raises a parameter that takes effect at a restart. One that a standby may not have lower than this server is raised there first, by people: the words say so, and nothing
    /// does it here.
    /// </summary>
    /// <param name="context">What is known.</param>
    /// <param name="finding">The finding.</param>
    /// <param name="setting">The parameter.</param>
    /// <param name="value">Its new value.</param>
    public static Finding Raise(RequirementContext context, Finding finding, string setting, string value)
    {
        var raised = finding with { Fixes = Set(context, finding.Id, setting, value, RestartNeed.Restart) };
        if (!StandbyParameters.GoFirstOn(context.Snapshot, setting))
        {
            return raised;
        }

        var byConsole = context.Provider.SwitchFor(setting).Route == ParameterRoute.Console;
        return raised with
        {
            Arguments = new Dictionary<string, object?>(finding.Arguments, StringComparer.Ordinal)
            {
                [Finding.SharedFix] = byConsole ? "replica-first" : "standby-first",
                ["setting"] = setting,
                ["raised"] = value,
            },
        };
    }

    /// <summary>What an earlier ALTER SYSTEM, which is not ours to reset, gave a parameter; null when there was none.</summary>
    private static string? FormerOf(RequirementContext context, string setting) =>
        context.Snapshot.Settings.TryGetValue(setting, out var fact) && fact.ByAlterSystem ? fact.Value : null;

    /// <summary>What restarts the server; empty where no guide shows it.</summary>
    public static IReadOnlyList<Change> Restart(RequirementContext context, RequirementId id, string setting)
    {
        // Where no guide restarts and nothing else, the one for this parameter ends in a restart.
        var guide = context.Provider.RestartGuide
            ?? new[] { setting, "wal_level" }
                .Select(s => context.Provider.SwitchFor(s).GuideId)
                .FirstOrDefault(id => context.Provider.Guides.Any(g => g.Id == id && g.Restarts));
        return guide is null ? [] : [Console(context, id, "restart-in-console", guide, null, null, RestartNeed.Restart)];
    }

    /// <summary>The name of the switch a person or we turn for <paramref name="setting"/>, and its value.</summary>
    public static (string Setting, string Value) Shown(RequirementContext context, string setting, string value)
    {
        var route = context.Provider.SwitchFor(setting);
        return (route.ConsoleSetting ?? setting, route.ConsoleValue ?? value);
    }

    private static ConsoleChange Console(
        RequirementContext context, RequirementId id, string kind, string guide, string? setting, string? value, RestartNeed restart) => new()
        {
            // The provider's replication switch serves two requirements; under one name the plan lists it once.
            For = setting is not null && setting == context.Provider.ReplicationSwitch ? RequirementId.RdsLogicalReplication : id,
            Kind = kind,
            Phase = ChangePhase.Parameters,
            Restart = restart,
            GuideId = guide,
            Setting = setting,
            Value = value,
            Arguments = Verdicts.Args(("setting", setting), ("value", value)),
        };
}
