using System.Globalization;
using SetupWizard.Core.Model;
using SetupWizard.Core.Providers;

namespace SetupWizard.Core.Requirements.Replication;

/// <summary>
/// SW206: a slot may hold back enough WAL for a pipe to be paused for days.
/// See <see href="https://www.postgresql.org/docs/current/runtime-config-replication.html#GUC-MAX-SLOT-WAL-KEEP-SIZE"/>.
/// </summary>
public sealed class WalRetention : IRequirement
{
    private const string Setting = "max_slot_wal_keep_size";
    private const long EnoughMegabytes = 200 * 1024;
    private const double ShortDays = 2;

    /// <inheritdoc/>
    public RequirementId Id => RequirementId.WalRetention;

    /// <inheritdoc/>
    public Area Area => Area.Replication;

    /// <inheritdoc/>
    public IReadOnlyList<string> Cases { get; } = ["low", "low-rate", "short", "fixed", Verdicts.UnreadableCase, Verdicts.NotApplicableCase];

    /// <inheritdoc/>
    public IEnumerable<Finding> Evaluate(RequirementContext context)
    {
        if (this.UnknownIfUnreadable(context, "pg_settings", "pg_roles") is { } blind)
        {
            yield return blind;
            yield break;
        }

        if (context.Snapshot.Server.Major < PostgresFeatures.SlotWalStatus)
        {
            yield return this.NotApplicable(("version", context.Snapshot.Server.Version));
            yield break;
        }

        if (!context.Snapshot.Settings.TryGetValue(Setting, out var fact) || (fact.Number ?? (fact.Value == "-1" ? -1 : null)) is not { } megabytes)
        {
            yield return this.Unreadable(Setting, "not listed");
            yield break;
        }

        var rate = context.Snapshot.WalBytesPerSecond is > 0 ? context.Snapshot.WalBytesPerSecond : null;
        var days = rate is null || megabytes < 0 ? (double?)null : megabytes * 1024d * 1024d / rate.Value / 86400d;
        var fixedHere = context.Provider.SwitchFor(Setting).Route == ParameterRoute.Fixed;
        (string, object?)[] arguments =
        [
            ("value", fact.Value),
            ("provider", context.Provider.Name),
            ("days", days is null ? null : Math.Round(days.Value, days < 10 ? 1 : 0)),
            ("perDay", rate is null ? null : Math.Round(rate.Value * 86400d / 1024d / 1024d / 1024d, 1)),
        ];
        var finding = megabytes < 0
            ? fixedHere ? this.Finding(FindingState.Advice, "fixed", arguments) : this.Satisfied(arguments)
            : days < ShortDays ? this.Finding(FindingState.Warning, "short", arguments)
            : megabytes >= EnoughMegabytes ? this.Satisfied(arguments)
            : this.Finding(FindingState.Advice, days is null ? "low" : "low-rate", arguments);
        yield return finding with
        {
            Actual = fact.Value,
            Desired = fixedHere ? "-1" : "200GB",
            Fixes = finding.Case is "low" or "low-rate" or "short" ? Raise(context, days) : [],
            Evidence = rate is null
                ? [new Evidence(Setting, fact.Value)]
                : [new Evidence(Setting, fact.Value), new Evidence("WAL bytes per second", rate.Value.ToString("F0", CultureInfo.InvariantCulture))],
        };
    }

    private IReadOnlyList<Change> Raise(RequirementContext context, double? days)
    {
        // What lasts a week at the measured rate, and 200 GB at least.
        var week = days is > 0 ? (long)Math.Ceiling(context.Snapshot.WalBytesPerSecond!.Value * 7 * 86400 / 1024 / 1024 / 1024) : 0;
        var gigabytes = Math.Max(200, week);
        return ParameterChanges.Set(
            context,
            Id,
            Setting,
            gigabytes.ToString(CultureInfo.InvariantCulture) + "GB",
            RestartNeed.None,
            (gigabytes * 1024).ToString(CultureInfo.InvariantCulture));
    }
}
