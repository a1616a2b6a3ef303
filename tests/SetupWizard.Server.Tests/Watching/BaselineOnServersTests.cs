using System.Globalization;
using Npgsql;
using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;
using SetupWizard.Core.Watching;
using SetupWizard.Core.Wording;
using SetupWizard.Sandbox;
using SetupWizard.Server.Tests.Requirements.OnServers;
using SetupWizard.Server.Tests.Support;

namespace SetupWizard.Server.Tests.Watching;

/// <summary>Each drift made for real on a server that was set up before: told, found by the rules, mended as they say, and gone.</summary>
[Collection(SandboxFixture.Rules)]
public sealed class BaselineOnServersTests(PreparedSources sources) : IClassFixture<PreparedSources>
{
    private const SandboxProfile Rds = SandboxProfile.AmazonRds;
    private const SandboxProfile Plain = SandboxProfile.Plain;

    public static IReadOnlyList<Drift> Drifts { get; } =
    [
        new("new table of somebody else", s => s.SuperuserAsync("CREATE TABLE public.returns (id int PRIMARY KEY)"), Rds)
        {
            Words = ["New table: public.returns. clickpipes_user may not read it, and it is missing from the publication."],
            Codes = ["SW305", "SW402"],
            After = ["New table: public.returns. Readable and published, to be added to the pipe when wanted."],
            Restore = s => s.SuperuserAsync("DROP TABLE public.returns"),
        },
        new("new table of the administrator", s => s.AdminAsync("CREATE TABLE public.returns (id int PRIMARY KEY)"))
        {
            Words = ["New table: public.returns. clickpipes_user may read it, but it is missing from the publication."],
            Codes = ["SW402"],
            After = ["New table: public.returns. Readable and published, to be added to the pipe when wanted."],
            Restore = s => s.AdminAsync("DROP TABLE public.returns"),
        },
        new("new table without a key", s => s.AdminAsync("CREATE TABLE public.returns (id int)"))
        {
            Words = ["New table without a usable key: public.returns. Its rows do not reach ClickHouse."],
            Codes = ["SW405"],
            Mend = async s =>
            {
                await s.AdminAsync("ALTER TABLE public.returns ADD PRIMARY KEY (id)");
                await FollowAllAsync(s, await s.InspectAsync());
            },
            After = ["New table: public.returns. Readable and published, to be added to the pipe when wanted."],
            Restore = s => s.AdminAsync("DROP TABLE public.returns"),
        },
        new("expired user", s => s.SuperuserAsync("ALTER ROLE clickpipes_user VALID UNTIL '2020-01-01 00:00 UTC'"))
        {
            Words = ["The password of clickpipes_user expired on 2020-01-01 00:00 UTC."],
            Codes = ["SW301"],
        },
        new("user without replication", s => s.SuperuserAsync("ALTER ROLE clickpipes_user NOREPLICATION"))
        {
            Words = ["clickpipes_user had LOGIN, REPLICATION, BYPASSRLS and has LOGIN, BYPASSRLS."],
            Codes = ["SW302"],
        },
        new("user no longer a member", s => s.SuperuserAsync("REVOKE rds_replication FROM clickpipes_user"), Rds)
        {
            Words = ["clickpipes_user was a member of rds_replication and is a member of none."],
            Codes = ["SW302"],
        },
        new("parameter that could be better", s => s.SetAsync("max_slot_wal_keep_size", "2GB"))
        {
            Words = ["max_slot_wal_keep_size was -1 and is 2GB."],
            Codes = ["SW206"],
            After = ["max_slot_wal_keep_size was -1 and is 200GB."],
            Restore = s => s.SetAsync("max_slot_wal_keep_size", null),
        },
        new("parameter that matters to nobody", s => s.SetAsync("wal_sender_timeout", "30s"))
        {
            Words = ["wal_sender_timeout was 1min and is 30s."],
            After = ["wal_sender_timeout was 1min and is 30s."],
            Restore = s => s.SetAsync("wal_sender_timeout", null),
        },
        new("parameter that waits for a restart", s => s.SetAsync("max_wal_senders", "30"))
        {
            Words = ["max_wal_senders was changed and takes effect at the next restart. Until then it is 10."],
            Minds = true,
            Mend = s => s.Sandbox.RebootAsync(CancellationToken.None),
            After = ["max_wal_senders was 10 and is 30."],
            Restore = s => s.SetAsync("max_wal_senders", null, restart: true),
        },
        new("switch turned off", async s =>
        {
            await s.Sandbox.SetParameterAsync("rds.logical_replication", "0", CancellationToken.None);
            await s.Sandbox.RebootAsync(CancellationToken.None);
        }, Rds)
        {
            Words = ["rds.logical_replication was on and is off.", "wal_level was logical and is replica."],
            Codes = ["SW201", "SW202"],
        },
        new("setting of the user taken away", s => s.SuperuserAsync("ALTER ROLE clickpipes_user RESET wal_sender_timeout"))
        {
            Words = ["Gone: ALTER ROLE clickpipes_user SET wal_sender_timeout TO 0."],
            Codes = ["SW205"],
        },
        new("table taken out of the publication", s => s.AdminAsync("ALTER PUBLICATION clickpipes DROP TABLE public.orders"), Rds)
        {
            Words = ["Table taken out of the publication: public.orders."],
            Codes = ["SW402"],
        },
        new("publication without updates", s => s.AdminAsync("ALTER PUBLICATION clickpipes SET (publish = 'insert')"))
        {
            Words = ["The publication sent insert, update, delete, truncate and sends insert."],
            Codes = ["SW403"],
            After = ["The publication sent insert, update, delete, truncate and sends insert, update, delete."],
            Restore = s => s.AdminAsync("ALTER PUBLICATION clickpipes SET (publish = 'insert, update, delete, truncate')"),
        },
        new("publication dropped", s => s.AdminAsync("DROP PUBLICATION clickpipes"))
        {
            Words = ["The publication clickpipes is gone."],
            Codes = ["SW401"],
        },
        new("grant taken back", s => s.SuperuserAsync("REVOKE SELECT ON public.orders FROM clickpipes_user"), Rds)
        {
            Words = ["clickpipes_user may no longer read this table: public.orders."],
            Codes = ["SW305"],
        },
    ];

    public static TheoryData<string, SandboxProfile, int> Rows
    {
        get
        {
            // Server by server, so that few run at once.
            var rows = new TheoryData<string, SandboxProfile, int>();
            foreach (var drift in Drifts.OrderBy(d => d.Profile))
            {
                rows.Add(drift.Name, drift.Profile, drift.Profile == Rds ? 15 : 18);
            }

            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Drift_is_told_mended_as_the_findings_say_and_gone(string name, SandboxProfile profile, int major)
    {
        var drift = Drifts.Single(d => d.Name == name);
        var source = await sources.TakeAsync(profile, major);
        try
        {
            var baseline = SetupBaseline.Of(await source.InspectAsync(), DateTimeOffset.UnixEpoch, proved: false)!;
            Assert.Empty(BaselineReview.Compare(baseline, await source.InspectAsync()).Differences);

            await drift.Make(source);
            var drifted = await source.InspectAsync();
            var since = BaselineReview.Compare(baseline, drifted);
            Assert.Equal(drift.Words, Say(since, baseline));
            Assert.Equal(drift.Codes, since.Differences.SelectMany(d => d.Findings).Select(f => f.Id.Code).Distinct().Order(StringComparer.Ordinal));
            Assert.All(since.Differences, d => Assert.Equal(drift.Minds || drift.Codes.Count > 0, d.State != FindingState.Satisfied));
            Assert.Empty(since.NotCompared);

            await (drift.Mend ?? (s => FollowAllAsync(s, drifted)))(source);
            var mended = BaselineReview.Compare(baseline, await source.InspectAsync());
            Assert.Equal(drift.After, Say(mended, baseline));
            Assert.All(mended.Differences, d => Assert.Equal(FindingState.Satisfied, d.State));
            Assert.Empty(mended.Fresh);
            await drift.Restore(source);
            await source.RestoreAsync();
        }
        catch
        {
            await sources.ThrowAwayAsync(source);
            throw;
        }
    }

    [Fact]
    public async Task Published_table_that_loses_its_key_refuses_updates_as_it_is_said()
    {
        var source = await sources.TakeAsync(Plain, 18);
        try
        {
            await source.AdminAsync("CREATE TABLE public.loses (id int CONSTRAINT loses_key PRIMARY KEY); INSERT INTO public.loses VALUES (1)");
            await source.RestoreAsync();
            var baseline = SetupBaseline.Of(await source.InspectAsync(), DateTimeOffset.UnixEpoch, proved: false)!;

            await source.AdminAsync("ALTER TABLE public.loses DROP CONSTRAINT loses_key");
            var since = BaselineReview.Compare(baseline, await source.InspectAsync());
            Assert.Equal(["Published table without a usable key now: public.loses. UPDATE and DELETE on it fail in the application."], Say(since, baseline));
            Assert.Equal(FindingState.Blocking, Assert.Single(since.Differences).State);
            var refused = await Assert.ThrowsAsync<PostgresException>(() => source.AdminAsync("UPDATE public.loses SET id = 2"));
            Assert.Equal(PostgresErrorCodes.ObjectNotInPrerequisiteState, refused.SqlState);

            await source.AdminAsync("ALTER TABLE public.loses ADD PRIMARY KEY (id); UPDATE public.loses SET id = 2");
            Assert.Empty(BaselineReview.Compare(baseline, await source.InspectAsync()).Differences);

            await source.AdminAsync("ALTER TABLE public.loses RENAME TO lost");
            Assert.Equal(
                ["Table dropped or renamed: public.loses. The pipe gets no more changes of it.", "New table: public.lost. Readable and published, to be added to the pipe when wanted."],
                Say(BaselineReview.Compare(baseline, await source.InspectAsync()), baseline).OrderDescending(StringComparer.Ordinal));
            await source.AdminAsync("DROP TABLE public.lost");
            await source.RestoreAsync();
        }
        catch
        {
            await sources.ThrowAwayAsync(source);
            throw;
        }
    }

    private static List<string> Say(BaselineComparison since, SetupBaseline baseline) =>
        [.. since.Differences.Select(d => BaselineText.For(d, baseline, CultureInfo.GetCultureInfo("en")))];

    private static async Task FollowAllAsync(PreparedSource source, Inspection inspection)
    {
        foreach (var finding in inspection.Findings.Where(f => f.IsProblem || f is { State: FindingState.Advice, Id.Code: "SW205" or "SW206" }))
        {
            await source.FollowAsync(finding);
        }
    }

    /// <summary>One thing that happens to a source after its set-up.</summary>
    /// <param name="Name">What it is called.</param>
    /// <param name="Make">Makes it happen.</param>
    /// <param name="Profile">On which kind of server.</param>
    public sealed record Drift(string Name, Func<PreparedSource, Task> Make, SandboxProfile Profile = SandboxProfile.Plain)
    {
        /// <summary>What is said of it.</summary>
        public IReadOnlyList<string> Words { get; init; } = [];

        /// <summary>The rules that mind.</summary>
        public IReadOnlyList<string> Codes { get; init; } = [];

        /// <summary>Whether it matters although no rule minds yet.</summary>
        public bool Minds { get; init; }

        /// <summary>What is done about it; by default what the findings give to do.</summary>
        public Func<PreparedSource, Task>? Mend { get; init; }

        /// <summary>What is said afterwards: a change that fits.</summary>
        public IReadOnlyList<string> After { get; init; } = [];

        /// <summary>Takes away what is left.</summary>
        public Func<PreparedSource, Task> Restore { get; init; } = static _ => Task.CompletedTask;
    }
}
