using SetupWizard.Core.Model;

namespace SetupWizard.Core.Tests.Source;

public sealed class BastionGoalTests
{
    private static readonly SourceEndpoint s_direct = new() { Host = "db.example.com", Database = "shop" };

    [Theory]
    [InlineData(NetworkPath.Public, NetworkPath.Ssh)]
    [InlineData(NetworkPath.Ssh, NetworkPath.Ssh)]
    [InlineData(NetworkPath.PrivateLink, NetworkPath.PrivateLink)]
    public void Whoever_needs_a_bastion_has_ClickPipes_use_one_unless_another_way_was_chosen(NetworkPath chosen, NetworkPath path)
    {
        var goal = new SetupGoal { Network = chosen };

        Assert.Equal(path, goal.Through(s_direct with { Ssh = new SshEndpoint { Host = "bastion.example.com", User = "ec2-user" } }).Network);
        Assert.Equal(chosen, goal.Through(s_direct).Network);
    }
}
