using SetupWizard.Server.Tests.Field;
using SetupWizard.Server.Tests.Support;

namespace SetupWizard.Server.Tests.Names;

/// <summary>No name is more than a name, whoever reads it on its way: the engine, the server, psql with a script or with a plan file's. Some seeds in every run, many in the long one.</summary>
[Collection(SandboxFixture.Families)]
public sealed class HostileNamesTests(FamilyServers servers) : IClassFixture<FamilyServers>
{
    private const int SomeSeeds = 2;
    private const int ManySeeds = 100;

    public static TheoryData<int, int> Some => Seeds(0, SomeSeeds);

    public static TheoryData<int, int> Many => Seeds(SomeSeeds, ManySeeds);

    [Theory]
    [MemberData(nameof(Some))]
    public Task Names_are_nothing_but_names(int major, int seed) => HoldsAsync(major, seed);

    [Theory]
    [Trait("Speed", "Long")]
    [MemberData(nameof(Many))]
    public Task Names_are_nothing_but_names_whatever_they_are(int major, int seed) => HoldsAsync(major, seed);

    private static TheoryData<int, int> Seeds(int from, int to)
    {
        var seeds = new TheoryData<int, int>();
        foreach (var major in new[] { 12, 15, 18 })
        {
            for (var seed = from; seed < to; seed++)
            {
                seeds.Add(major, (major * 1000) + seed);
            }
        }

        return seeds;
    }

    private async Task HoldsAsync(int major, int seed)
    {
        var wrong = await HostileSetup.TryAsync(await servers.ServerAsync(major), seed);

        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
    }
}
