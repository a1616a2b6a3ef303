using SetupWizard.Core.Model;
using SetupWizard.Sandbox;

namespace SetupWizard.Server.Tests.Requirements.OnServers;

/// <summary>One way to break a prepared server, the verdict it has to get, and what makes it green.</summary>
/// <param name="Code">The requirement.</param>
/// <param name="Case">The situation.</param>
/// <param name="State">The verdict.</param>
/// <param name="Profile">On which kind of server.</param>
/// <param name="Break">Breaks it.</param>
public sealed record Breakage(string Code, string Case, FindingState State, SandboxProfile Profile, Func<PreparedSource, Task> Break)
{
    /// <summary>On which versions; Azure's sandbox begins with 16.</summary>
    public int[] Majors { get; init; } = [Profile == SandboxProfile.AzureFlexible ? 16 : 15, 18];

    /// <summary>What makes it green. By default what the finding gives to do.</summary>
    public Func<PreparedSource, Finding, Task> Mend { get; init; } = static (source, finding) => source.FollowAsync(finding);

    /// <summary>Takes away what the breaking left behind and a plan would not.</summary>
    public Func<PreparedSource, Task> Restore { get; init; } = static _ => Task.CompletedTask;

    /// <summary>What tells it from another one of the same situation.</summary>
    public string Note { get; init; } = "";

    public string Name => Code + " " + Case + (Note.Length > 0 ? " (" + Note + ")" : "");
}
