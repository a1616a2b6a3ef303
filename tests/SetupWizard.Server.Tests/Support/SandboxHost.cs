using System.Globalization;
using SetupWizard.Sandbox;

namespace SetupWizard.Server.Tests.Support;

/// <summary>
/// What this assembly does when it is run as a program: it starts a sandbox, prints its port, and lives until its input closes; or, with
/// <c>feed</c> or <c>verify</c> and a sandbox's port, it watches changes or proves the set-up there and prints where that stands. Tests use it as the other process.
/// </summary>
internal static class SandboxHost
{
    internal static async Task<int> Main(string[] args)
    {
        if (args is ["feed" or "verify", var port])
        {
            return await WorkAsync(args[0], int.Parse(port, CultureInfo.InvariantCulture));
        }

        if (args.Length != 1 || !SandboxProfiles.TryParse(args[0], out var profile))
        {
            await Console.Error.WriteLineAsync("Run the tests with: dotnet test");
            return 3;
        }

        await using var sandbox = await SandboxFixture.FreshAsync(profile, writer: true);
        await Console.Out.WriteLineAsync(sandbox.Port.ToString(CultureInfo.InvariantCulture));
        await Console.In.ReadToEndAsync();
        return 0;
    }

    private static async Task<int> WorkAsync(string work, int port)
    {
        await using var sandbox = await PostgresSandbox.AttachAsync(port, CancellationToken.None);
        using var engine = new EngineHarness(sandbox);
        var states = work == "feed"
            ? engine.Runner.FeedAsync(engine.Target, engine.Goal, CancellationToken.None).Select(p => p.State.ToString())
            : engine.Runner.VerifyAsync(engine.Target, engine.Goal, CancellationToken.None).Select(p => p.State.ToString());
        await foreach (var state in states)
        {
            await Console.Out.WriteLineAsync(state);
        }

        return 0;
    }
}
