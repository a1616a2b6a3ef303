using Npgsql;
using SetupWizard.Core.Connecting;
using SetupWizard.Core.Engine;
using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;
using SetupWizard.Server.Tests.Support;

namespace SetupWizard.Server.Tests.Field;

/// <summary>Set-ups that take two: what one login applies, and what others run for it.</summary>
internal static class TwoLogins
{
    public const string Password = "other-other";

    /// <summary>The sandbox's server for another login.</summary>
    public static SetupTarget As(this EngineHarness engine, string login) => engine.Target with
    {
        Credentials = new SourceCredentials(login, new SecretString(Password), new SecretString(EngineHarness.ClickPipesPassword)),
    };

    /// <summary>Runs statements as their role, as somebody else does with a hand-off.</summary>
    public static async Task RunHandOffAsync(this NpgsqlConnection superuser, IEnumerable<SqlChange> changes)
    {
        foreach (var change in changes)
        {
            await superuser.RunAsAsync(change.RunBy!, change.Statement.Display);
        }
    }

    /// <summary>Takes back what was run so.</summary>
    public static async Task UndoHandOffAsync(this NpgsqlConnection superuser, IEnumerable<SqlChange> changes)
    {
        foreach (var change in changes.Reverse())
        {
            await superuser.RunAsAsync(change.RunBy!, change.Undo!.Display);
        }
    }

    /// <summary>Runs statements with a role's rights and no others.</summary>
    public static async Task RunAsAsync(this NpgsqlConnection superuser, string role, string sql)
    {
        await superuser.ExecuteAsync($"SET SESSION AUTHORIZATION \"{role}\"");
        try
        {
            await superuser.ExecuteAsync(sql);
        }
        finally
        {
            await superuser.ExecuteAsync("RESET SESSION AUTHORIZATION");
        }
    }

    /// <summary>Logs in anew.</summary>
    public static async Task AssertLogsInAsync(SetupTarget target)
    {
        await using var source = await SourceConnector.OpenAsync(target, "test", CancellationToken.None);
    }

    /// <summary>Applies a plan to its end.</summary>
    public static async Task AssertAppliesAsync(this EngineHarness engine, SetupTarget target, SetupPlan plan)
    {
        var events = await engine.Runner.ApplyAsync(target, plan, CancellationToken.None).ToListAsync();
        Assert.True(events.OfType<ApplyFinished>().Single().Outcome == ApplyOutcome.Completed, EngineHarness.DescribeFailure(events));
        await engine.SettleAsync();
    }
}
