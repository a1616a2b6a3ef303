using SetupWizard.Core.Model;

namespace SetupWizard.Sessions;

/// <summary>Addresses that somebody has to let through a firewall that cannot be seen from here.</summary>
/// <param name="Key">What somebody says is allowed: another region or another list is another.</param>
/// <param name="All">The addresses.</param>
public sealed record AddressesToAllow(string Key, IReadOnlyList<string> All)
{
    /// <summary>Those of the last reading; null where there are none, or where it shows that they are let in.</summary>
    public static AddressesToAllow? Of(SessionState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var open = state.Inspection?.Findings.FirstOrDefault(static f => f.Id == RequirementId.AllowList && f.State == FindingState.Unknown);
        List<string> addresses = [.. (open?.Subjects ?? []).Where(static s => s.Kind == SubjectKind.Address).Select(static s => s.Name)];
        return addresses.Count == 0 ? null : new AddressesToAllow(string.Join(' ', addresses.Order(StringComparer.Ordinal).Prepend(state.Goal.Region ?? "")), addresses);
    }
}
