using System.Globalization;
using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;
using SetupWizard.Core.Wording;

namespace SetupWizard.Core.Tests.Requirements;

public sealed class FindingGroupTests
{
    private static readonly ConsoleChange s_switch = new()
    {
        For = RequirementId.RdsLogicalReplication,
        Kind = "change-in-console",
        Phase = ChangePhase.Parameters,
        GuideId = "rds-parameter-group",
        Setting = "rds.logical_replication",
        Value = "1",
    };

    [Fact]
    public void Switch_and_the_parameter_it_raises_are_one_thing_to_do()
    {
        var other = Of(RequirementId.WalSenderTimeout, FindingState.Advice, "default", s_switch with { Setting = "wal_sender_timeout" });
        var groups = FindingGroup.Of([Off(RequirementId.WalLevel), other, Off(RequirementId.RdsLogicalReplication)]);

        Assert.Equal([FindingGroup.ReplicationOff, null], groups.Select(static g => g.Cause));
        Assert.Equal([RequirementId.WalLevel, RequirementId.RdsLogicalReplication], groups[0].Findings.Select(static f => f.Id));
        Assert.Equal("rds.logical_replication", Assert.Single(groups[0].Console).Setting);
    }

    [Fact]
    public void Findings_of_different_switches_or_of_one_alone_stay_apart()
    {
        Assert.All(FindingGroup.Of([Off(RequirementId.WalLevel)]), static g => Assert.Null(g.Cause));
        Assert.Equal(2, FindingGroup.Of([Off(RequirementId.WalLevel), Of(RequirementId.RdsLogicalReplication, FindingState.Blocking, "off", s_switch with { GuideId = "other" })]).Count);

        // Without a console nobody can do both in one place.
        Assert.Equal(2, FindingGroup.Of([Of(RequirementId.WalLevel, FindingState.Blocking, "not-logical"), Of(RequirementId.RdsLogicalReplication, FindingState.Blocking, "off")]).Count);
    }

    [Theory]
    [InlineData("en", "2 changed settings wait for a restart.")]
    [InlineData("ko", "변경된 설정 2개가 재시작을 기다리고 있습니다.")]
    public void All_that_waits_for_a_restart_is_one_restart(string culture, string title)
    {
        var restart = s_switch with { GuideId = "rds-reboot", Setting = null, Restart = RestartNeed.Restart };
        var group = Assert.Single(FindingGroup.Of([
            Of(RequirementId.WalLevel, FindingState.Pending, "pending", restart with { For = RequirementId.WalLevel }) with { Evidence = [new Evidence("wal_level", "replica")] },
            Of(RequirementId.WalSenders, FindingState.Pending, "pending", restart) with { Evidence = [new Evidence("max_wal_senders", "5")] }]));

        Assert.Single(group.Console);
        var text = FindingText.For(group, CultureInfo.GetCultureInfo(culture));
        Assert.Equal(title, text.Title);
        Assert.Contains("wal_level, max_wal_senders", text.Why, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("en", "Logical replication is off.", "so wal_level is replica")]
    [InlineData("ko", "논리적 복제가 꺼져 있습니다.", "wal_level 값이 replica입니다")]
    public void Words_of_a_group_are_its_own_and_complete(string culture, string title, string why)
    {
        var text = FindingText.For(FindingGroup.Of([Off(RequirementId.RdsLogicalReplication), Off(RequirementId.WalLevel)])[0], CultureInfo.GetCultureInfo(culture));
        Assert.Equal(title, text.Title);
        Assert.Contains(why, text.Why, StringComparison.Ordinal);
        Assert.All([text.Why, text.Consequence, text.Fix], static sentence => Assert.DoesNotContain('{', sentence));
        Assert.Contains("rds.logical_replication", text.Fix, StringComparison.Ordinal);
    }

    private static Finding Off(RequirementId id) => Of(id, FindingState.Blocking, id == RequirementId.WalLevel ? "not-logical" : "off", s_switch) with
    {
        Arguments = id == RequirementId.WalLevel
            ? new Dictionary<string, object?> { ["value"] = "replica", ["switch"] = "rds.logical_replication", ["switchValue"] = "1" }
            : new Dictionary<string, object?> { ["value"] = "off", ["setting"] = "rds.logical_replication" },
    };

    private static Finding Of(RequirementId id, FindingState state, string situation, params Change[] fixes) =>
        new() { Id = id, Area = Area.Replication, State = state, Case = situation, Fixes = fixes };
}
