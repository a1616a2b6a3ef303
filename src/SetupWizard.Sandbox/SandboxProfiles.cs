namespace SetupWizard.Sandbox;

/// <summary>The words of the command line for <see cref="SandboxProfile"/>, and the majors each profile can wear.</summary>
public static class SandboxProfiles
{
    /// <summary>Every profile, in the order in which they are offered.</summary>
    public static IReadOnlyList<SandboxProfile> All { get; } = [SandboxProfile.AmazonRds, SandboxProfile.AzureFlexible, SandboxProfile.Plain];

    /// <summary>The word for a profile: <c>rds</c>, <c>azure</c> or <c>plain</c>.</summary>
    public static string Word(this SandboxProfile profile) => profile switch
    {
        SandboxProfile.AmazonRds => "rds",
        SandboxProfile.AzureFlexible => "azure",
        _ => "plain",
    };

    /// <summary>The profile for a word, in any case.</summary>
    /// <exception cref="FormatException">The word is none of <c>rds</c>, <c>azure</c>, <c>plain</c>.</exception>
    public static SandboxProfile Parse(string word) =>
        TryParse(word, out var profile) ? profile : throw new FormatException($"\"{word}\" is not a sandbox profile: use rds, azure or plain.");

    /// <summary>Like <see cref="Parse"/>, without the exception.</summary>
    public static bool TryParse(string? word, out SandboxProfile profile)
    {
        foreach (var candidate in All)
        {
            if (string.Equals(candidate.Word(), word?.Trim(), StringComparison.OrdinalIgnoreCase))
            {
                profile = candidate;
                return true;
            }
        }

        profile = default;
        return false;
    }

    /// <summary>The PostgreSQL majors a profile can wear, oldest first.</summary>
    public static IReadOnlyList<int> Majors(this SandboxProfile profile) =>
        profile == SandboxProfile.AzureFlexible ? [16, 17, 18] : [12, 13, 14, 15, 16, 17, 18];
}
