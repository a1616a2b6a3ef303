using SetupWizard.Core.Connecting;
using SetupWizard.Sandbox;
using SetupWizard.Server.Tests.Support;

namespace SetupWizard.Server.Tests.Source;

/// <summary>A server that is on its way up or down.</summary>
public sealed class ServerStateTests
{
    [Fact]
    public async Task A_server_that_takes_no_sessions_at_the_moment_is_told_apart()
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.Plain);
        await using (var superuser = await sandbox.OpenSuperuserAsync(null, CancellationToken.None))
        {
            // A standby that has not reached consistency answers and lets nobody in: one that is told to wait for a point it never reaches.
            await superuser.ExecuteAsync("ALTER SYSTEM SET hot_standby = off");
            await superuser.WriteServerFileAsync("standby.signal", " ");
        }

        var target = sandbox.Target();
        using var stop = new CancellationTokenSource();
        await sandbox.StopAsync(CancellationToken.None);
        var starting = sandbox.StartAgainAsync(stop.Token);
        ConnectReport? report = null;
        await Eventually.TrueAsync(
            async () =>
            {
                report = await OwnServer.ConnectAsync(target);
                return report.Verdict.Case == "starting-up";
            },
            "The server never said that it is starting.");

        Assert.Equal(Npgsql.PostgresErrorCodes.CannotConnectNow, report!.Verdict.Server!.SqlState);
        Assert.Equal(StageState.Failed, report.Stages.Single(s => s.Stage == ConnectStage.LogIn).State);
        await stop.CancelAsync();
        await Record.ExceptionAsync(() => starting);
    }

    [Fact]
    public async Task A_stopped_server_refuses_and_one_that_is_back_is_read_again()
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.Plain);

        await sandbox.StopAsync(CancellationToken.None);
        var down = await OwnServer.ConnectAsync(sandbox.Target());
        await sandbox.StartAgainAsync(CancellationToken.None);
        var up = await OwnServer.ConnectAsync(sandbox.Target());

        Assert.Equal("refused", down.Verdict.Case);
        Assert.True(up.Succeeded);
    }
}
