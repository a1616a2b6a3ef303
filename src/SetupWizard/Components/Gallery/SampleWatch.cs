using SetupWizard.Core.Model;
using SetupWizard.Core.Providers;
using SetupWizard.Core.Watching;

namespace SetupWizard.Components.Gallery;

/// <summary>What watching finds, made of pulses as a server gives them.</summary>
public static class SampleWatch
{
    private const long Megabyte = 1024 * 1024;
    private const string Slot = "peerflow_slot_shop";

    /// <summary>A report for each state of a pipe, by what it shows.</summary>
    public static IReadOnlyList<(string State, WatchReport Report)> Reports { get; } =
    [
        ("not seen, too little measured", Report(Now(0))),
        ("copying", Report(
        [
            .. Measured(WithoutPipe),
            Now(610) with
            {
                UserSessions = new SessionsPulse(2, 1, 1, 0) { Addresses = ["192.0.2.7"] },
                Copies = [new("public.orders", 614_200, 131 * Megabyte), new(null, null, null)],
            },
        ])),
        ("connected, from a listed address", Report(Measured(static p => WithPipe(p, ClickPipesRegions.AddressesFor(SampleSource.Goal)[0], 3 * Megabyte)))),
        ("lagging, from an address that is not listed", Report(Measured(static p => WithPipe(p, "192.0.2.7", 2_400 * Megabyte)))),
        ("gone, a slot in danger and one lost", Report(
        [
            .. Measured(static p => WithPipe(p, null, 0)),
            Now(610) with
            {
                SlotLimitBytes = 20_480 * Megabyte,
                Slots =
                [
                    new(Slot, false, 18_900 * Megabyte) { Logical = true, Database = "shop", BehindBytes = 18_900 * Megabyte, WalStatus = "unreserved", SafeBytes = 0, InactiveSince = SampleSource.Noon },
                    new("old_pipe", false, 0) { Logical = true, Database = "shop", WalStatus = "lost" },
                    new("standby_1", true, 12 * Megabyte) { WalStatus = "reserved" },
                ],
            },
        ])),
    ];

    private static WatchReport Report(params LivePulse[] pulses) => Report((IReadOnlyList<LivePulse>)pulses);

    private static WatchReport Report(IReadOnlyList<LivePulse> pulses)
    {
        var watch = new SourceWatch();
        foreach (var pulse in pulses)
        {
            watch.Add(pulse, SampleSource.Goal);
        }

        return watch.Report(SampleSource.Goal, 300L * 1024 * Megabyte) ?? throw new InvalidOperationException("There is no pulse to report.");
    }

    /// <summary>Ten minutes, with a quiet and a busy part.</summary>
    private static IReadOnlyList<LivePulse> Measured(Func<LivePulse, LivePulse> with)
    {
        var written = 0L;
        return
        [
            .. Enumerable.Range(0, 61).Select(n =>
            {
                written += (n % 12 < 8 ? 6 : 18) * Megabyte;
                return with(Now(n * 10) with { WalPosition = written });
            }),
        ];
    }

    private static LivePulse Now(double seconds) => new(SampleSource.Noon.AddSeconds(seconds), true, TimeSpan.Zero) { StartedAt = SampleSource.Noon.AddDays(-9), WalPosition = 0 };

    private static LivePulse WithoutPipe(LivePulse pulse) => pulse;

    private static LivePulse WithPipe(LivePulse pulse, string? address, long behind) => pulse with
    {
        Slots = [new(Slot, true, behind + (16 * Megabyte)) { Logical = true, Database = "shop", ActivePid = 4711, ConfirmedPosition = 0, BehindBytes = behind, WalStatus = "reserved" }],
        WalSenders = [new(SetupGoal.DefaultUser, "peerdb_shop", address) { Pid = 4711, Since = SampleSource.Noon.AddHours(-3) }],
        UserSessions = new SessionsPulse(0, 0, 2, 0),
    };
}
