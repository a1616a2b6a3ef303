using System.Globalization;
using SetupWizard.Core.Text;

namespace SetupWizard.Core.Tests.Text;

public sealed class ByteSizeTests
{
    private const long Megabyte = 1024 * 1024;

    [Theory]
    [InlineData(0, "0 bytes")]
    [InlineData(1023, "1023 bytes")]
    [InlineData(1024, "1 kB")]
    [InlineData(1536, "1.5 kB")]
    [InlineData(15 * 1024 + 512, "16 kB")]
    [InlineData(Megabyte - 1, "1 MB")]
    [InlineData(1000 * Megabyte, "1000 MB")]
    [InlineData(1024 * Megabyte, "1 GB")]
    [InlineData(1024 * 1024 * 1024 * Megabyte, "1 PB")]
    [InlineData(5000 * 1024 * Megabyte, "4.9 TB")]
    public void Amount_has_the_unit_PostgreSQL_would_write(long bytes, string shown)
    {
        Assert.Equal(shown, ByteSize.Show(bytes, CultureInfo.GetCultureInfo("en")));
        Assert.Equal(shown, new ByteSize(bytes).ToString());
    }

    [Fact]
    public void Sentence_writes_it_as_its_language_writes_numbers()
    {
        var size = new Dictionary<string, object?> { ["size"] = new ByteSize(1536) };

        Assert.Equal("1,5 kB", Messages.Fill("{size}", size, CultureInfo.GetCultureInfo("de")));
        Assert.Equal("1.5 kB", Messages.Fill("{size}", size, CultureInfo.GetCultureInfo("ko")));
    }
}
