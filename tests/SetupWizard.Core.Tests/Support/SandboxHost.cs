using System.Globalization;
using SetupWizard.Sandbox;

namespace SetupWizard.Core.Tests.Support;

/// <summary>
/// What this assembly does when it is run as a program: it starts a sandbox, prints its port, and lives until its input closes.
/// Tests use it as the other process.
/// </summary>
internal static class SandboxHost
{
    internal static async Task<int> Main(string[] args)
    {
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
}
