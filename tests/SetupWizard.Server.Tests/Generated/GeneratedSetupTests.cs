namespace SetupWizard.Server.Tests.Generated;

/// <summary>
/// Generated sources hold on every version: some in each run, many more in the long one (<c>scripts/test --long</c>). Those that once did not are kept.
/// </summary>
public abstract class GeneratedSetupTests(GeneratedServer server)
{
    /// <summary>Seeds of each version in every run, and in the long one.</summary>
    private const int Some = 8;
    private const int Many = 400;

    /// <summary>Seeds of this version that did not hold once.</summary>
    private static int[] Kept(int major) => major switch
    {
        17 => [17101, 17219, 17250],
        18 => [18110, 18134, 18232, 18288, 18290, 18309, 18349, 18363],
        _ => [],
    };

    protected static TheoryData<int> SeedsOf(int major, bool all)
    {
        var seeds = new TheoryData<int>();
        var some = Enumerable.Range(major * 1000, Some).Concat(Kept(major)).ToHashSet();
        foreach (var seed in all ? Enumerable.Range(major * 1000, Many).Except(some) : some)
        {
            seeds.Add(seed);
        }

        return seeds;
    }

    protected async Task HoldsAsync(int seed)
    {
        var wrong = await GeneratedSetup.TryAsync(server, seed);

        Assert.True(wrong.Count == 0, string.Join("\n", wrong.Take(12)));
    }
}

public sealed class GeneratedSetupOn13Tests(GeneratedServer13 server) : GeneratedSetupTests(server), IClassFixture<GeneratedServer13>
{
    public static TheoryData<int> Seeds => SeedsOf(13, all: false);

    public static TheoryData<int> AllSeeds => SeedsOf(13, all: true);

    [Theory]
    [MemberData(nameof(Seeds))]
    public Task The_application_works_as_before_and_nothing_is_missed(int seed) => HoldsAsync(seed);

    [Theory]
    [Trait("Speed", "Long")]
    [MemberData(nameof(AllSeeds))]
    public Task The_application_works_as_before_and_nothing_is_missed_whatever_the_source(int seed) => HoldsAsync(seed);
}

public sealed class GeneratedSetupOn15Tests(GeneratedServer15 server) : GeneratedSetupTests(server), IClassFixture<GeneratedServer15>
{
    public static TheoryData<int> Seeds => SeedsOf(15, all: false);

    public static TheoryData<int> AllSeeds => SeedsOf(15, all: true);

    [Theory]
    [MemberData(nameof(Seeds))]
    public Task The_application_works_as_before_and_nothing_is_missed(int seed) => HoldsAsync(seed);

    [Theory]
    [Trait("Speed", "Long")]
    [MemberData(nameof(AllSeeds))]
    public Task The_application_works_as_before_and_nothing_is_missed_whatever_the_source(int seed) => HoldsAsync(seed);
}

public sealed class GeneratedSetupOn16Tests(GeneratedServer16 server) : GeneratedSetupTests(server), IClassFixture<GeneratedServer16>
{
    public static TheoryData<int> Seeds => SeedsOf(16, all: false);

    public static TheoryData<int> AllSeeds => SeedsOf(16, all: true);

    [Theory]
    [MemberData(nameof(Seeds))]
    public Task The_application_works_as_before_and_nothing_is_missed(int seed) => HoldsAsync(seed);

    [Theory]
    [Trait("Speed", "Long")]
    [MemberData(nameof(AllSeeds))]
    public Task The_application_works_as_before_and_nothing_is_missed_whatever_the_source(int seed) => HoldsAsync(seed);
}

public sealed class GeneratedSetupOn17Tests(GeneratedServer17 server) : GeneratedSetupTests(server), IClassFixture<GeneratedServer17>
{
    public static TheoryData<int> Seeds => SeedsOf(17, all: false);

    public static TheoryData<int> AllSeeds => SeedsOf(17, all: true);

    [Theory]
    [MemberData(nameof(Seeds))]
    public Task The_application_works_as_before_and_nothing_is_missed(int seed) => HoldsAsync(seed);

    [Theory]
    [Trait("Speed", "Long")]
    [MemberData(nameof(AllSeeds))]
    public Task The_application_works_as_before_and_nothing_is_missed_whatever_the_source(int seed) => HoldsAsync(seed);
}

public sealed class GeneratedSetupOn18Tests(GeneratedServer18 server) : GeneratedSetupTests(server), IClassFixture<GeneratedServer18>
{
    public static TheoryData<int> Seeds => SeedsOf(18, all: false);

    public static TheoryData<int> AllSeeds => SeedsOf(18, all: true);

    [Theory]
    [MemberData(nameof(Seeds))]
    public Task The_application_works_as_before_and_nothing_is_missed(int seed) => HoldsAsync(seed);

    [Theory]
    [Trait("Speed", "Long")]
    [MemberData(nameof(AllSeeds))]
    public Task The_application_works_as_before_and_nothing_is_missed_whatever_the_source(int seed) => HoldsAsync(seed);
}
