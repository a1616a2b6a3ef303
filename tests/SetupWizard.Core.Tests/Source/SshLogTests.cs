using SetupWizard.Core.Connecting;
using SetupWizard.Core.Model;

namespace SetupWizard.Core.Tests.Source;

public sealed class SshLogTests
{
    [Fact]
    public void Client_that_does_not_know_its_own_user_is_told_as_that()
    {
        var log = new SshLog(SshMethod.Key);
        log.Hear("No user exists for uid 1000680000\r");

        var failure = log.Failure();

        Assert.Equal("ssh-nameless", failure.Case);
        Assert.Equal([("uid", (object?)"1000680000")], failure.Arguments);
        Assert.True(failure.NeedsAPerson);
    }
}
