using SetupWizard.Core.Model;
using SetupWizard.Core.Source;
using SetupWizard.Core.Tests.Support;
using SetupWizard.Sandbox;

namespace SetupWizard.Core.Tests.Source;

[Collection(SandboxFixture.Collection)]
public sealed class SnapshotReaderTests(SandboxFixture sandboxes)
{
    [Theory]
    [InlineData(12)]
    [InlineData(13)]
    [InlineData(14)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(18)]
    public async Task A_source_of_every_supported_version_is_read_in_one_round_trip(int major)
    {
        var sandbox = await sandboxes.SharedAsync(SandboxProfile.AmazonRds, major);
        await using var source = await SourceConnector.OpenAsync(sandbox.Target(), "test", CancellationToken.None);

        var reading = await SnapshotReader.ReadAsync(source, new SetupGoal(), CancellationToken.None);

        Assert.Empty(reading.Snapshot.Unreadable);
        Assert.Equal(1, reading.Cost.RoundTrips);
        Assert.Equal(major, reading.Snapshot.Server.Major);
    }
}
