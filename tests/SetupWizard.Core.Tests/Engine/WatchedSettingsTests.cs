using SetupWizard.Core.Reading;

namespace SetupWizard.Core.Tests.Engine;

/// <summary>What is looked at between readings is what a reading reads: a name that no server has would never change.</summary>
public sealed class WatchedSettingsTests
{
    [Fact]
    public void Everything_watched_is_a_setting_that_is_read()
    {
        Assert.NotEmpty(SettingNames.Watched);
        Assert.Subset(SettingNames.All.ToHashSet(StringComparer.Ordinal), SettingNames.Watched.ToHashSet(StringComparer.Ordinal));
    }
}
