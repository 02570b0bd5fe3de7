using Ambianic.Core.Configuration;
using Ambianic.Core.Timeline;

namespace Ambianic.Tests.Core.Timeline;

public sealed class StorageForecastTests
{
    private static readonly DateTimeOffset Now = new(2026, 5, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>10 MB a day; 90 MB are free.</summary>
    private static readonly StorageUsage Usage = new(1000, 100_000_000, false, Now.AddDays(-10), Now, 100, 90_000_000, 1_000_000_000);

    [Fact]
    public void Of_NothingIsRemoved_TheDiskFillsUp()
    {
        var forecast = StorageForecast.Of(Usage, new RetentionOptions(), Now);

        Assert.Equal((Now.AddDays(9), "the disk is full, and nothing more can be stored"), (forecast.At, forecast.Outcome));
    }

    [Theory]
    [InlineData(150, 0, 5, "max_size_mb")]
    [InlineData(150, 60, 3, "min_free_mb")]
    [InlineData(50, 0, 0, "max_size_mb")]
    public void Of_ALimitOfRoom_TheOldestMakeRoomThen(double maxSize, double minFree, double days, string limit)
    {
        var forecast = StorageForecast.Of(Usage, new RetentionOptions { MaxSizeMb = maxSize, MinFreeMb = minFree }, Now);

        Assert.Equal(Now.AddDays(days), forecast.At);
        Assert.Contains(limit, forecast.Outcome, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(12, true)]
    [InlineData(30, false)]
    public void Of_ALimitOfAge_RoomRunsOutOnlyWhenThatComesLater(double days, bool isEnough) =>
        Assert.Equal(isEnough, StorageForecast.Of(Usage, new RetentionOptions { MaxAgeDays = days }, Now).At is null);

    [Fact]
    public void Of_NothingCame_IsUnknown() =>
        Assert.Null(StorageForecast.Of(Usage with { EventsPerDay = 0 }, new RetentionOptions(), Now).At);
}
