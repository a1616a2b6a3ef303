using SetupWizard.Core.Model;
using SetupWizard.Sandbox;

namespace SetupWizard.Server.Tests.Requirements.OnServers;

/// <summary>Catalogs that a locked-down server hides: each verdict that rests on one is open, and says who could tell.</summary>
public static class UnreadableBreakages
{
    private static readonly (string View, string[] Codes)[] s_hidden =
    [
        ("pg_settings", ["SW109", "SW201", "SW202", "SW203", "SW204", "SW205", "SW206", "SW309", "SW312"]),
        ("pg_replication_slots", ["SW203", "SW208"]),
        ("pg_stat_replication", ["SW204"]),
        ("pg_stat_activity", ["SW209"]),
        ("pg_db_role_setting", ["SW205", "SW309"]),
        ("pg_default_acl", ["SW306"]),
        ("pg_publication", ["SW401", "SW402", "SW403", "SW404", "SW407", "SW410", "SW415"]),
        ("pg_publication_rel", ["SW410"]),
        ("pg_attribute", ["SW407", "SW411"]),
        ("pg_policy", ["SW304", "SW305", "SW306", "SW307", "SW308", "SW405", "SW406", "SW408", "SW409", "SW412", "SW413"]),
        ("pg_roles", ["SW108", "SW301", "SW302"]),
        ("pg_database", ["SW106", "SW107", "SW303", "SW310", "SW312"]),
    ];

    public static IReadOnlyList<Breakage> All { get; } =
    [
        .. s_hidden.SelectMany(h => h.Codes.Select(code => Hidden(code, h.View, SandboxProfile.AmazonRds, 15))),
        Hidden("SW207", "pg_settings", SandboxProfile.AmazonRds, 18),
        Hidden("SW210", "pg_settings", SandboxProfile.AzureFlexible, 18),
        HiddenWithIam("SW212", "pg_settings"),
        Hidden("SW211", "pg_settings", SandboxProfile.AzureFlexible, 18),
    ];

    private static Breakage HiddenWithIam(string code, string view)
    {
        var hidden = Hidden(code, view, SandboxProfile.AmazonRds, 15);
        return hidden with
        {
            Break = async s =>
            {
                await hidden.Break(s);
                s.Goal = s.Goal with { Authentication = LoginMethod.Iam };
            },
            Mend = async (s, f) =>
            {
                await hidden.Mend(s, f);
                s.Goal = s.Goal with { Authentication = LoginMethod.Password };
            },
        };
    }

    private static Breakage Hidden(string code, string view, SandboxProfile profile, int major) =>
        new(code, "unreadable", FindingState.Unknown, profile, s => s.SuperuserAsync($"REVOKE SELECT ON pg_catalog.{view} FROM PUBLIC"))
        {
            Note = view,
            Majors = [major],
            Mend = (s, _) => s.SuperuserAsync($"GRANT SELECT ON pg_catalog.{view} TO PUBLIC"),
        };
}
