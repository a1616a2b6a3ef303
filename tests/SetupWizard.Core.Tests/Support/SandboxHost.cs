using System.Globalization;
using SetupWizard.Sandbox;

namespace SetupWizard.Core.Tests.Support;

/// <summary>
/// What this assembly does when it is run as a program: it starts a sandbox, prints its port, and lives until its input closes; or, with
/// <c>feed</c> and a sandbox's port, it watches changes there and prints where the feed stands. Tests use it as the other process.
/// </summary>
internal static class SandboxHost
{
    internal static async Task<int> Main(string[] args)
    {
        if (args is ["feed", var port])
        {
            return await FeedAsync(int.Parse(port, CultureInfo.InvariantCulture));
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

    private static async Task<int> FeedAsync(int port)
    {
        await using var sandbox = await PostgresSandbox.AttachAsync(port, CancellationToken.None);
        using var engine = new EngineHarness(sandbox);
        await foreach (var pulse in engine.Runner.FeedAsync(engine.Target, engine.Goal, CancellationToken.None))
        {
            await Console.Out.WriteLineAsync(pulse.State.ToString());
        }

        return 0;
    }
}
