using System.Globalization;
using SetupWizard.Core.Watching;
using SetupWizard.Core.Wording;

namespace SetupWizard.Core.Tests.Watching;

/// <summary>What is reckoned from samples, without a server.</summary>
public sealed class WalForecastTests
{
    private const long Gigabyte = 1024L * 1024 * 1024;
    private const double Rate = 1_000_000;

    private static readonly DateTimeOffset s_noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset s_boot = s_noon.AddDays(-3);

    [Fact]
    public void Rate_is_the_average_over_all_samples()
    {
        var rate = WalRate.Of([At(0, 0), At(10, 1000), At(30, 9000)]);

        Assert.Equal((300d, TimeSpan.FromSeconds(30)), (rate.BytesPerSecond!.Value, rate.Measured));
    }

    [Fact]
    public void Rate_is_not_guessed_from_too_little()
    {
        Assert.Null(WalRate.Of([]).BytesPerSecond);
        Assert.Null(WalRate.Of([At(0, 500)]).BytesPerSecond);
        Assert.Null(WalRate.Of([At(0, 0), At(19, 1000)]).BytesPerSecond);
    }

    [Fact]
    public void Rate_leaves_out_a_restart_a_step_back_and_a_sample_of_the_same_moment()
    {
        WalSample[] samples =
        [
            At(0, 0), At(15, 1500),
            At(400, 1600, s_noon.AddSeconds(390)), At(410, 2600, s_noon.AddSeconds(390)),
            At(420, 100, s_noon.AddSeconds(390)), At(420, 900_000, s_noon.AddSeconds(390)), At(430, 901_000, s_noon.AddSeconds(390)),
        ];

        var rate = WalRate.Of(samples);

        Assert.Equal((100d, TimeSpan.FromSeconds(35)), (rate.BytesPerSecond!.Value, rate.Measured));
    }

    [Fact]
    public void Parts_spread_what_was_written_over_the_time_it_was_written_in_and_leave_gaps()
    {
        var parts = WalRate.Parts([At(5, 0), At(15, 1000), At(40, 1000, s_noon), At(50, 6000, s_noon)], s_noon.AddSeconds(50), TimeSpan.FromSeconds(10), 5);

        Assert.Equal([100, 100, null, null, 500], parts);
    }

    [Fact]
    public void Parts_of_nothing_are_gaps() => Assert.Equal([null, null], WalRate.Parts([], s_noon, TimeSpan.FromSeconds(10), 2));

    [Fact]
    public void Slot_is_lost_when_what_is_left_is_written()
    {
        var forecast = WalForecast.Of("reserved", 2 * Gigabyte, null, 10 * Gigabyte, Rate, null);

        Assert.Equal(WalForecastKind.SlotLost, forecast.Kind);
        Assert.Equal(8 * Gigabyte / Rate, forecast.Until!.Value.TotalSeconds, 3);
    }

    [Fact]
    public void Servers_own_word_of_what_is_left_goes_before_ours()
    {
        var forecast = WalForecast.Of("extended", 2 * Gigabyte, Gigabyte, 10 * Gigabyte, Rate, null);

        Assert.Equal(Gigabyte / Rate, forecast.Until!.Value.TotalSeconds, 3);
    }

    [Theory]
    [InlineData(10, null, 4, WalForecastKind.DiskFull, 4)]
    [InlineData(10, null, 40, WalForecastKind.SlotLost, 10)]
    [InlineData(null, null, 40, WalForecastKind.DiskFull, 40)]
    [InlineData(null, null, 0, WalForecastKind.DiskFull, 0)]
    public void What_comes_first_is_told(int? limit, int? safe, int free, WalForecastKind kind, int gigabytes)
    {
        var forecast = WalForecast.Of("reserved", 0, safe * Gigabyte, limit * Gigabyte, Rate, free * Gigabyte);

        Assert.Equal(kind, forecast.Kind);
        Assert.Equal(gigabytes * Gigabyte / Rate, forecast.Until!.Value.TotalSeconds, 3);
    }

    [Theory]
    [InlineData("lost", 0L, null, null, 5d, WalForecastKind.Lost)]
    [InlineData("unreserved", 11L, -1L, 10L, 5d, WalForecastKind.Endangered)]
    [InlineData("extended", 10L, null, 10L, 5d, WalForecastKind.Endangered)]
    [InlineData("reserved", 1L, null, 10L, null, WalForecastKind.NotMeasured)]
    [InlineData("reserved", 1L, null, 10L, 0.5, WalForecastKind.Quiet)]
    [InlineData("reserved", 1L, null, null, 5d, WalForecastKind.NoLimit)]
    [InlineData(null, 1L, null, null, 5d, WalForecastKind.NoLimit)]
    public void Where_there_is_no_time_to_tell_none_is_told(string? status, long retained, long? safe, long? limit, double? rate, WalForecastKind kind)
    {
        var forecast = WalForecast.Of(status, retained, safe, limit, rate, null);

        Assert.Equal((kind, null), (forecast.Kind, forecast.Until));
    }

    [Fact]
    public void Time_beyond_all_reason_does_not_overflow() =>
        Assert.Equal(TimeSpan.FromDays(3650), WalForecast.Of("reserved", 0, null, long.MaxValue, 1.5, null).Until);

    [Theory]
    [InlineData(59, "less than a minute", "1분 미만")]
    [InlineData(60, "about 1 minute", "약 1분")]
    [InlineData(7100, "about 118 minutes", "약 118분")]
    [InlineData(31 * 3600, "about 31 hours", "약 31시간")]
    [InlineData(3 * 86400, "about 3 days", "약 3일")]
    [InlineData(100 * 86400, "about 3 months", "약 3개월")]
    [InlineData(800 * 86400, "more than two years", "2년 이상")]
    public void Time_is_said_in_words(int seconds, string english, string korean)
    {
        Assert.Equal(english, WatchText.Duration(TimeSpan.FromSeconds(seconds), CultureInfo.GetCultureInfo("en")));
        Assert.Equal(korean, WatchText.Duration(TimeSpan.FromSeconds(seconds), CultureInfo.GetCultureInfo("ko")));
    }

    [Theory]
    [InlineData("en")]
    [InlineData("ko")]
    public void Every_outlook_has_a_sentence_without_a_gap(string language)
    {
        foreach (var kind in Enum.GetValues<WalForecastKind>())
        {
            var sentence = WatchText.Forecast(new WalForecast(kind, TimeSpan.FromHours(5)), Gigabyte, TimeSpan.FromSeconds(7), CultureInfo.GetCultureInfo(language));
            Assert.DoesNotContain("Watch.", sentence, StringComparison.Ordinal);
            Assert.DoesNotContain("{", sentence, StringComparison.Ordinal);
        }
    }

    private static WalSample At(double seconds, long position, DateTimeOffset? started = null) => new(s_noon.AddSeconds(seconds), started ?? s_boot, position);
}
