using SetupWizard.Sandbox;

namespace SetupWizard.Server.Tests.Support;

/// <summary>Every profile on every major version it exists for: the oldest and the newest in each run, those between in the long one.</summary>
public static class EveryServer
{
    public static TheoryData<SandboxProfile, int> Ends => Of(static (majors, major) => major == majors.Min() || major == majors.Max());

    public static TheoryData<SandboxProfile, int> Between => Of(static (majors, major) => major != majors.Min() && major != majors.Max());

    private static TheoryData<SandboxProfile, int> Of(Func<IReadOnlyList<int>, int, bool> wanted)
    {
        var servers = new TheoryData<SandboxProfile, int>();
        foreach (var profile in Enum.GetValues<SandboxProfile>())
        {
            var majors = profile.Majors().ToList();
            foreach (var major in majors.Where(m => wanted(majors, m)))
            {
                servers.Add(profile, major);
            }
        }

        return servers;
    }
}
