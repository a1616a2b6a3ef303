using System.Globalization;
using SetupWizard.Core.Model;
using SetupWizard.Core.Wording;
using SetupWizard.Sandbox;
using SetupWizard.Server.Tests.Support;

namespace SetupWizard.Server.Tests.Field;

/// <summary>A login with a <c>role</c> attached to it is another role from its first statement on, and is told why everything speaks of that one.</summary>
[Collection(SandboxFixture.Families)]
public sealed class ActingRoleTests
{
    [Theory]
    [InlineData(15, """ALTER ROLE "deployer" SET role TO 'app_owner'""", """ALTER ROLE "deployer" RESET role""")]
    [InlineData(18, """ALTER ROLE "deployer" IN DATABASE "shop" SET role TO 'app_owner'""", """ALTER ROLE "deployer" IN DATABASE "shop" RESET role""")]
    public async Task Login_that_acts_as_another_role_is_told_which_setting_does_it(int major, string set, string reset)
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.AmazonRds, major);
        using var engine = new EngineHarness(sandbox);
        await using var superuser = await sandbox.OpenSuperuserAsync(null, CancellationToken.None);
        await superuser.ExecuteAsync($"CREATE ROLE app_owner; CREATE ROLE deployer LOGIN CREATEROLE PASSWORD '{TwoLogins.Password}' IN ROLE app_owner; {set}");

        var acting = await ActingAsync();
        Assert.Equal(FindingState.Warning, acting!.State);
        var said = FindingText.For(acting, CultureInfo.GetCultureInfo("en"));
        Assert.Contains("deployer", said.Title, StringComparison.Ordinal);
        Assert.Contains(set, said.Why, StringComparison.Ordinal);
        Assert.EndsWith(reset, said.Fix, StringComparison.Ordinal);

        await superuser.ExecuteAsync((string)acting.Arguments["statement"]!);
        Assert.Null(await ActingAsync());

        async Task<Finding?> ActingAsync() =>
            (await engine.Runner.InspectAsync(engine.As("deployer"), engine.Goal, CancellationToken.None)).Findings.SingleOrDefault(f => f.Id == RequirementId.AdminPowers && f.Case == "acts-as");
    }
}
