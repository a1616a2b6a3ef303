using SetupWizard.Core.Model;

namespace SetupWizard.Core.Requirements;

/// <summary>Findings that one thing to do settles together: whoever does it reads of it once.</summary>
public sealed record FindingGroup
{
    /// <summary>Logical replication is off: the provider's switch and the parameter that it raises say the same.</summary>
    public const string ReplicationOff = "replication-off";

    /// <summary>Changed settings that one restart puts into effect.</summary>
    public const string Restart = "restart";

    private FindingGroup(string? cause, IReadOnlyList<Finding> findings)
    {
        Cause = cause;
        Findings = findings;
    }

    /// <summary>What the findings have in common, as a lower-case word with hyphens that selects the sentences; null for a finding by itself.</summary>
    public string? Cause { get; }

    /// <summary>The findings, the most severe first. At least one.</summary>
    public IReadOnlyList<Finding> Findings { get; }

    /// <summary>The first of them.</summary>
    public Finding Lead => Findings[0];

    /// <summary>What a person does in a console for any of them, each guide once.</summary>
    public IReadOnlyList<ConsoleChange> Console => [.. Findings.SelectMany(static f => f.Fixes).OfType<ConsoleChange>().DistinctBy(static c => (c.GuideId, c.Setting))];

    /// <summary>A finding by itself.</summary>
    public static FindingGroup Of(Finding finding) => new(null, [finding]);

    /// <summary>Findings in the order they came, those of one cause together where the first of them stood.</summary>
    public static IReadOnlyList<FindingGroup> Of(IEnumerable<Finding> findings)
    {
        ArgumentNullException.ThrowIfNull(findings);
        var all = findings.ToList();
        var off = all.Where(IsOff).ToList();

        // Where the provider has no switch of its own, or it is on, there is one finding and nothing to say once instead of twice.
        var together = new Dictionary<Finding, FindingGroup>(ReferenceEqualityComparer.Instance);
        Join(off.Select(SwitchOf).Distinct().Count() == 1 ? off : [], ReplicationOff);
        Join([.. all.Where(static f => f.State == FindingState.Pending)], Restart);
        return [.. all.Select(f => together.GetValueOrDefault(f) is not { } group ? Of(f) : ReferenceEquals(group.Lead, f) ? group : null).OfType<FindingGroup>()];

        void Join(List<Finding> members, string cause)
        {
            if (members.Count > 1)
            {
                var group = new FindingGroup(cause, members);
                foreach (var member in members)
                {
                    together[member] = group;
                }
            }
        }
    }

    /// <summary>Says that the log does not hold row changes, and which console changes that.</summary>
    private static bool IsOff(Finding finding) =>
        finding.State == FindingState.Blocking && (finding.Id == RequirementId.WalLevel || finding.Id == RequirementId.RdsLogicalReplication) && SwitchOf(finding).Guide is not null;

    private static (string? Guide, string? Setting) SwitchOf(Finding finding) =>
        finding.Fixes.OfType<ConsoleChange>().FirstOrDefault() is { } change ? (change.GuideId, change.Setting) : (null, null);
}
