using SetupWizard.Sandbox;

namespace SetupWizard.Core.Tests.Sandbox;

public sealed class PostgresBinariesTests
{
    [Theory]
    [InlineData(18, "18.4.0-beta.17")]
    [InlineData(16, "16.14.0-beta.17")]
    [InlineData(12, "12.22.0-beta.15")]
    [InlineData(1, null)]
    public void Newest_package_counts_numbers_not_letters(int major, string? version) =>
        Assert.Equal(version, NpmPostgres.Newest("""["12.22.0-beta.15","12.9.0-beta.9","16.9.0-beta.15","16.14.0-beta.9","16.14.0-beta.17","18.4.0-beta.17","18.4.0-beta.9"]""", major));

    [Theory]
    [InlineData("npm warn Unknown user config\nnpm error code ECONNREFUSED\nnpm error errno -111\n", "npm error code ECONNREFUSED")]
    [InlineData("/usr/bin/env: 'node': No such file or directory\n", "/usr/bin/env: 'node': No such file or directory")]
    [InlineData("", "it gave no reason")]
    public void Npm_failure_is_told_by_its_code(string errors, string reason) => Assert.Equal(reason, NpmPostgres.Reason(errors));

    /// <summary>What a distribution's package brings is seldom the newest, and need not be.</summary>
    [Theory]
    [InlineData(SandboxProfile.Plain, null, "any version from 12 to 18 will do")]
    [InlineData(SandboxProfile.AzureFlexible, null, "any version from 16 to 18 will do")]
    [InlineData(SandboxProfile.Plain, 14, "it takes version 14")]
    public void Hint_says_which_versions_will_do(SandboxProfile profile, int? major, string words) =>
        Assert.Contains($"apt-get install postgresql; {words})", NpmPostgres.WhatToInstall(major is { } only ? [only] : profile.Majors()), StringComparison.Ordinal);

    [Theory]
    [InlineData(SandboxProfile.AzureFlexible, 15)]
    [InlineData(SandboxProfile.AmazonRds, 11)]
    [InlineData(SandboxProfile.Plain, 19)]
    public async Task Major_that_the_profile_cannot_wear_is_refused_before_any_search(SandboxProfile profile, int major)
    {
        var problem = await Assert.ThrowsAsync<SandboxException>(() => PostgresBinaries.FindAsync(profile, major, null, CancellationToken.None));
        Assert.Contains(profile.Word(), problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rds", SandboxProfile.AmazonRds)]
    [InlineData("Azure", SandboxProfile.AzureFlexible)]
    [InlineData(" plain ", SandboxProfile.Plain)]
    public void Profile_word_is_read_in_any_case(string word, SandboxProfile profile) => Assert.Equal(profile, SandboxProfiles.Parse(word));

    [Fact]
    public void Profile_word_that_is_unknown_names_the_known_ones()
    {
        var problem = Assert.Throws<FormatException>(() => SandboxProfiles.Parse("oracle"));
        Assert.Contains("rds, azure or plain", problem.Message, StringComparison.Ordinal);
    }
}
