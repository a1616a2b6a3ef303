using SetupWizard.Server.Tests.Field;
using SetupWizard.Server.Tests.Support;

namespace SetupWizard.Server.Tests.Together;

/// <summary>Set-ups of one database are made and taken back in every order and by every way, and none is in another one's way.</summary>
[Collection(SandboxFixture.Families)]
public sealed class SetUpsInEveryOrderTests(FamilyServers servers) : IClassFixture<FamilyServers>
{
    private static readonly string[] s_orders = ["abc", "acb", "bac", "bca", "cab", "cba"];

    /// <summary>
    /// Each order of making and each of taking back at least once, and each way. What stands between set-ups stands between two of them: in which of two orders they were made, and in which
    /// of two they go. The first six have every such pair in each of its four combinations.
    /// </summary>
    public static TheoryData<int, string, string, Ways, bool> Some => new()
    {
        { 15, "abc", "acb", Ways.TwoMachines, false },
        { 18, "acb", "cab", Ways.Scripted, true },
        { 18, "bac", "abc", Ways.MixedOnTwoMachines, false },
        { 15, "bca", "bac", Ways.Mixed, true },
        { 18, "cab", "cba", Ways.TwoMachines, true },
        { 15, "cba", "bca", Ways.Scripted, false },
        { 18, "abc", "bca", Ways.Applied, true },
        { 15, "cba", "abc", Ways.Applied, false },
    };

    public static TheoryData<int, Ways, bool> All
    {
        get
        {
            var all = new TheoryData<int, Ways, bool>();
            foreach (var major in new[] { 12, 15, 18 })
            {
                foreach (var ways in Enum.GetValues<Ways>())
                {
                    all.Add(major, ways, false);
                    all.Add(major, ways, true);
                }
            }

            return all;
        }
    }

    [Theory]
    [MemberData(nameof(Some))]
    public async Task Each_undo_takes_its_own_set_up_and_leaves_the_others_as_they_are(int major, string made, string undone, Ways ways, bool sharedUser)
    {
        var wrong = await SetUpsOfManyMakers.TryAsync(servers, major, made, undone, ways, sharedUser);

        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
    }

    [Theory]
    [Trait("Speed", "Long")]
    [MemberData(nameof(All))]
    public async Task Each_undo_takes_its_own_set_up_in_every_order_of_making_and_of_taking_back(int major, Ways ways, bool sharedUser)
    {
        var wrong = new List<string>();
        foreach (var made in s_orders)
        {
            foreach (var undone in s_orders)
            {
                wrong.AddRange((await SetUpsOfManyMakers.TryAsync(servers, major, made, undone, ways, sharedUser)).Select(w => $"made {made}, undone {undone}: {w}"));
            }
        }

        Assert.True(wrong.Count == 0, string.Join("\n", wrong.Take(12)));
    }
}
