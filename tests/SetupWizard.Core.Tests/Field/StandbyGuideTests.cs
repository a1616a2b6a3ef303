using System.Globalization;
using SetupWizard.Core.Model;
using SetupWizard.Core.Wording;

namespace SetupWizard.Core.Tests.Field;

/// <summary>Parameters that a standby may not have lower than the server it follows, where a console sets them.</summary>
public sealed class StandbyGuideTests
{
    [Theory]
    [InlineData("SW204")]
    [InlineData("SW312")]
    public void At_a_provider_the_guide_stays_and_the_words_say_where_to_begin(string code)
    {
        var source = SnapshotBuilder.Rds().Setting("max_wal_senders", "1").Setting("max_connections", "8").Standbys(1);

        var finding = source.One(code);

        Assert.IsType<ConsoleChange>(Assert.Single(finding.Fixes));
        Assert.Contains("every read replica first", FindingText.For(finding, CultureInfo.GetCultureInfo("en")).Fix, StringComparison.Ordinal);
    }
}
