using SetupWizard.Core.Model;
using SetupWizard.Core.Providers;
using SetupWizard.Sandbox;
using SetupWizard.Server.Tests.Support;

namespace SetupWizard.Server.Tests.Requirements.OnServers;

/// <summary>What a server's own rules say to the addresses of ClickPipes. The tests' own connections come from this machine and stay allowed.</summary>
public static class NetworkBreakages
{
    private const FindingState Blocking = FindingState.Blocking;
    private const FindingState Warning = FindingState.Warning;
    private const FindingState Unknown = FindingState.Unknown;
    private const SandboxProfile Plain = SandboxProfile.Plain;
    private const string Frankfurt = "aws:eu-central-1";
    private const string Ireland = "aws:eu-west-1";
    private const string OurselvesOnly = "host all all samehost scram-sha-256";
    private const string Usual = ServerTricks.UsualRules + "\nhostssl replication all all scram-sha-256\nhostnossl replication all all scram-sha-256";

    public static IReadOnlyList<Breakage> All { get; } =
    [
        Rules("no-line", Blocking, Frankfurt, OurselvesOnly) with { Majors = [12, 15, 18] },
        Rules("no-line", Blocking, Frankfurt, OurselvesOnly + "\nhostssl all +pg_monitor 0.0.0.0/0 scram-sha-256\nhostssl replication all 0.0.0.0/0 scram-sha-256\nhostssl all all ::/0 scram-sha-256\nhostnossl all all 0.0.0.0/0 trust") with { Note = "lines for others" },
        Rules("rejected", Blocking, Frankfurt, OurselvesOnly + "\nhost all clickpipes_user 0.0.0.0/1 reject\n" + ServerTricks.UsualRules),
        Rules("rejected", Blocking, Frankfurt, OurselvesOnly + "\nhostssl all all 0.0.0.0/0 scram-sha-256 clientcert=1") with { Note = "a client certificate", Majors = [12] },
        Rules("rejected", Blocking, Frankfurt, OurselvesOnly + "\nhostssl all all 0.0.0.0/0 scram-sha-256 clientcert=verify-full") with { Note = "a client certificate", Majors = [15, 18] },
        Rules("one-list", Warning, Ireland, OurselvesOnly + "\n" + string.Join('\n', ClickPipesRegions.Find(Ireland)!.Addresses.Select(a => $"hostssl shop clickpipes_user {a}/32 md5"))),
        Rules("file-error", Warning, Frankfurt, Usual + "\nhost all all 10.0.0.0/8 scrum") with { Mend = (s, _) => AccessAsync(s, Usual) },
        Rules("host-names", Unknown, Frankfurt, OurselvesOnly + "\nhostssl all all .example.com scram-sha-256"),
        new("SW501", "unseen", Unknown, SandboxProfile.AmazonRds, ServerBreakages.GoalOf(g => g with { Region = Frankfurt }))
        {
            Majors = [12, 15, 18],
            Mend = (s, _) => s.SuperuserAsync("GRANT EXECUTE ON FUNCTION pg_catalog.pg_hba_file_rules() TO shop_admin"),
            Restore = s => s.SuperuserAsync("REVOKE EXECUTE ON FUNCTION pg_catalog.pg_hba_file_rules() FROM shop_admin"),
        },
    ];

    /// <summary>Mended by the very lines the guide shows, above everything else.</summary>
    private static Breakage Rules(string situation, FindingState state, string region, string rules) =>
        new("SW501", situation, state, Plain, async s =>
        {
            await AccessAsync(s, rules);
            s.Goal = s.Goal with { Region = region };
        })
        {
            Mend = (s, f) => AccessAsync(s, f.Fixes.OfType<ConsoleChange>().Single().Arguments["hbaLines"] + "\n" + rules),
            Restore = s => AccessAsync(s, Usual),
        };

    private static async Task AccessAsync(PreparedSource source, string rules)
    {
        await using var superuser = await source.Sandbox.OpenSuperuserAsync(null, CancellationToken.None);
        await superuser.SetAccessAsync(rules);
    }
}
