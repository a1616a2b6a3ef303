using SetupWizard.Core.Audit;
using SetupWizard.Core.Engine;
using SetupWizard.Core.Model;
using SetupWizard.Server.Tests.Field;
using SetupWizard.Server.Tests.Support;

namespace SetupWizard.Server.Tests.Audit;

/// <summary>
/// Whoever applies may be killed with any packet: what is in effect then is known afterwards. A second run completes, and an undo leaves the catalog as it was, with
/// and without a second run.
/// </summary>
[Collection(SandboxFixture.Families)]
public sealed class KilledRunTests(FamilyServers servers) : IClassFixture<FamilyServers>
{
    private const string Tables =
        """
        CREATE TABLE public.orders (id int PRIMARY KEY, v text); CREATE TABLE public.log (v text);
        CREATE SCHEMA sales; CREATE TABLE sales.invoices (id int PRIMARY KEY)
        """;

    /// <summary>No run has so many packets.</summary>
    private const int Most = 400;

    [Theory]
    [InlineData(15, 23)]
    [InlineData(18, 29)]
    public Task Some_packets_of_apply(int major, int step) => ApplyAsync(major, step);

    [Theory]
    [InlineData(15, 29)]
    [InlineData(18, 23)]
    public Task Some_packets_of_undo(int major, int step) => UndoAsync(major, step);

    [Theory]
    [Trait("Speed", "Long")]
    [InlineData(15)]
    [InlineData(18)]
    public Task Every_packet_of_apply(int major) => ApplyAsync(major, 1);

    [Theory]
    [Trait("Speed", "Long")]
    [InlineData(15)]
    [InlineData(18)]
    public Task Every_packet_of_undo(int major) => UndoAsync(major, 1);

    /// <summary>Between the server's answer to a COMMIT and the line that says so: what is in effect then is in no line but the one before.</summary>
    [Theory]
    [InlineData(15, ChangePhase.User, false)]
    [InlineData(18, ChangePhase.User, true)]
    [InlineData(18, ChangePhase.Grants, false)]
    [InlineData(15, ChangePhase.Grants, true)]
    [InlineData(15, ChangePhase.Publication, false)]
    [InlineData(18, ChangePhase.Publication, true)]
    public async Task Death_right_behind_a_commit_is_settled_afterwards(int major, ChangePhase phase, bool second)
    {
        using var source = await MakeAsync(major);
        var before = await source.CatalogAsync();
        var events = await source.Runner(record => new DeadBehindCommit(record, phase)).ApplyAsync(source.Target, source.Plan(await source.InspectAsync()), CancellationToken.None).ToListAsync();
        Assert.Contains(events.OfType<PhaseCommitted>(), p => p.Phase == phase);
        Assert.NotEqual(before, await source.CatalogAsync());

        Assert.NotEmpty((await source.UndoPlanAsync(runner: source.Runner())).Changes);
        if (second)
        {
            await source.ApplyAsync();
        }

        await TakeBackAsync(source);
        Assert.Equal(before, await source.CatalogAsync());
    }

    private async Task ApplyAsync(int major, int step)
    {
        using var source = await MakeAsync(major);
        var before = await source.CatalogAsync();
        var second = false;
        for (var packet = 1; ; packet += step)
        {
            Assert.True(packet < Most);
            var (died, outcome) = await DyingAsync(source, packet, undo: false);
            if (second)
            {
                await source.ApplyAsync();
                Assert.True(source.Plan(await source.InspectAsync()).IsEmpty, $"after packet {packet} ({outcome})");
            }

            await TakeBackAsync(source);
            Assert.True(before == await source.CatalogAsync(), $"After packet {packet} ({outcome}), second run {second}:\n{await source.CatalogAsync()}\nBefore:\n{before}");
            second = !second;
            if (!died)
            {
                return;
            }
        }
    }

    private async Task UndoAsync(int major, int step)
    {
        using var source = await MakeAsync(major);
        var before = await source.CatalogAsync();
        for (var packet = 1; ; packet += step)
        {
            Assert.True(packet < Most);
            await source.ApplyAsync();
            var (died, outcome) = await DyingAsync(source, packet, undo: true);
            await TakeBackAsync(source);
            Assert.True(before == await source.CatalogAsync(), $"After packet {packet} ({outcome}):\n{await source.CatalogAsync()}\nBefore:\n{before}");
            if (!died)
            {
                return;
            }
        }
    }

    private async Task<FamilySource> MakeAsync(int major)
    {
        var source = await servers.MakeAsync(major, Tables);
        source.Goal = source.Goal with { Identities = [new(new("public", "log"), IdentityKind.Full, OnlyGrows: true)] };
        return source;
    }

    /// <summary>A run that dies with a packet, and whether it did before it was over.</summary>
    private static async Task<(bool Died, ApplyOutcome? Outcome)> DyingAsync(FamilySource source, int packet, bool undo)
    {
        var plan = undo ? await source.UndoPlanAsync() : source.Plan(await source.InspectAsync());
        ApplyFinished? finished;
        bool died;
        await using (var mortal = new MortalRun(source.Sandbox.Port, packet))
        {
            var target = source.Target with { Endpoint = source.Target.Endpoint with { Port = mortal.Port } };
            finished = (await source.Runner(mortal.Around, mortal.Clock).ApplyAsync(target, plan, CancellationToken.None).ToListAsync()).OfType<ApplyFinished>().SingleOrDefault();
            died = mortal.Dead;
        }

        await using var superuser = await source.Sandbox.OpenSuperuserAsync(null, CancellationToken.None);
        await Eventually.TrueAsync(
            async () => await superuser.ScalarAsync<long>($"SELECT count(*) FROM pg_stat_activity WHERE datname = '{source.Database}' AND pid <> pg_backend_pid()") == 0,
            "The dead run's session does not end.");
        return (died, finished?.Outcome);
    }

    /// <summary>A wizard that begins anew takes back whatever is in effect; nothing of it may be undecided.</summary>
    private static async Task TakeBackAsync(FamilySource source)
    {
        var runner = source.Runner();
        var plan = await source.UndoPlanAsync(runner: runner);
        Assert.Empty(plan.Obstacles);
        var events = await runner.ApplyAsync(source.Target, plan, CancellationToken.None).ToListAsync();
        Assert.True(events.OfType<ApplyFinished>().Single().Outcome is ApplyOutcome.Completed or ApplyOutcome.NothingToDo, EngineHarness.DescribeFailure(events));
        Assert.Empty((await source.UndoPlanAsync(runner: runner)).Changes);
    }

    /// <summary>A record of a process that died before it could say that a phase is in effect.</summary>
    private sealed class DeadBehindCommit(IAuditLog inner, ChangePhase phase) : IAuditLog
    {
        private bool _dead;

        public Task AppendAsync(IReadOnlyList<AuditEntry> entries, CancellationToken cancellationToken)
        {
            _dead |= entries.Any(e => e.Event == AuditEvent.InEffect && e.Phase == phase.ToString());
            return _dead ? throw new IOException("Nobody writes any more.") : inner.AppendAsync(entries, cancellationToken);
        }

        public Task<string?> TroubleAsync(CancellationToken cancellationToken) => inner.TroubleAsync(cancellationToken);

        public Task<AuditRecord> ReadAsync(AuditSource? about, CancellationToken cancellationToken) => inner.ReadAsync(about, cancellationToken);
    }
}
