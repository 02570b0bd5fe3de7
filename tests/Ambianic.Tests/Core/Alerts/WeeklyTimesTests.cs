using Ambianic.Core.Alerts;
using Ambianic.Core.Configuration;

namespace Ambianic.Tests.Core.Alerts;

public sealed class WeeklyTimesTests
{
    private static readonly TimeZoneInfo Berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");
    private static readonly WeeklyHours Night = new() { From = new(22, 0), To = new(7, 0) };

    [Theory]
    [InlineData("2026-03-02T21:59:59+01:00", false)]
    [InlineData("2026-03-02T22:00:00+01:00", true)]
    [InlineData("2026-03-03T06:59:59+01:00", true)]
    [InlineData("2026-03-03T07:00:00+01:00", false)]
    [InlineData("2026-03-29T03:30:00+02:00", true)] // the clock has skipped an hour
    [InlineData("2026-10-25T06:59:00+01:00", true)] // and repeated one
    public void Contain_OverMidnight_IsByTheClockOnTheWall(string at, bool isWithin) =>
        Assert.Equal(isWithin, WeeklyTimes.Contain([Night], DateTimeOffset.Parse(at, null), Berlin));

    [Theory]
    [InlineData("2026-03-06T23:00:00+01:00", true)] // Friday evening
    [InlineData("2026-03-07T06:00:00+01:00", true)] // the night that began on Friday
    [InlineData("2026-03-07T23:00:00+01:00", false)]
    public void Contain_NightOfOneDay_BelongsToTheDayOnWhichItBegan(string at, bool isWithin) =>
        Assert.Equal(isWithin, WeeklyTimes.Contain([Night with { Days = [Weekday.Fri] }], DateTimeOffset.Parse(at, null), Berlin));

    [Theory]
    [InlineData("2026-03-28T23:00:00+01:00", "2026-03-29T07:00:00+02:00")]
    [InlineData("2026-10-24T23:00:00+02:00", "2026-10-25T07:00:00+01:00")]
    [InlineData("2026-03-02T12:00:00+01:00", "2026-03-02T12:00:00+01:00")]
    public void FirstOutside_OverAChangeOfTheClock_IsTheEndOnTheWall(string at, string end) =>
        Assert.Equal(DateTimeOffset.Parse(end, null), WeeklyTimes.FirstOutside([Night], DateTimeOffset.Parse(at, null), Berlin));

    [Theory]
    [InlineData("2026-03-02T12:00:00+01:00", "2026-03-02T22:00:00+01:00")]
    [InlineData("2026-03-02T23:00:00+01:00", "2026-03-02T23:00:00+01:00")]
    [InlineData("2026-03-03T06:59:00+01:00", "2026-03-03T06:59:00+01:00")]
    [InlineData("2026-10-25T08:00:00+01:00", "2026-10-25T22:00:00+01:00")]
    public void FirstInside_IsTheBeginOnTheWall(string at, string begin) =>
        Assert.Equal(DateTimeOffset.Parse(begin, null), WeeklyTimes.FirstInside([Night], DateTimeOffset.Parse(at, null), Berlin));

    [Fact]
    public void FirstInside_OneDayOfTheWeek_IsFoundWithinTheWeek() =>
        Assert.Equal(
            DateTimeOffset.Parse("2026-03-06T22:00:00+01:00", null),
            WeeklyTimes.FirstInside([Night with { Days = [Weekday.Fri] }], DateTimeOffset.Parse("2026-03-02T12:00:00+01:00", null), Berlin));

    [Theory]
    [InlineData("02:30", "2026-03-29T03:00:00+02:00")] // that time does not exist
    [InlineData("02:30", "2026-10-25T02:30:00+01:00", "2026-10-24T23:00:00+02:00")] // that one exists twice: the second
    public void FirstOutside_EndThatTheClockSkipsOrRepeats_IsAfterTheChange(string to, string end, string at = "2026-03-28T23:00:00+01:00") =>
        Assert.Equal(
            DateTimeOffset.Parse(end, null),
            WeeklyTimes.FirstOutside([Night with { To = TimeOnly.Parse(to, null) }], DateTimeOffset.Parse(at, null), Berlin));

    [Fact]
    public void FirstOutside_PeriodsThatTouch_IsTheEndOfTheLast() => Assert.Equal(
        new DateTimeOffset(2026, 3, 2, 18, 0, 0, TimeSpan.Zero),
        WeeklyTimes.FirstOutside(
            [new() { From = new(8, 0), To = new(12, 0) }, new() { From = new(12, 0), To = new(18, 0) }],
            new DateTimeOffset(2026, 3, 2, 9, 0, 0, TimeSpan.Zero),
            TimeZoneInfo.Utc));

    [Fact]
    public void FirstOutside_QuietForEver_IsTwoWeeksLaterAtMost() =>
        Assert.InRange(WeeklyTimes.FirstOutside([new WeeklyHours()], DateTimeOffset.UnixEpoch, TimeZoneInfo.Utc) - DateTimeOffset.UnixEpoch, TimeSpan.FromDays(1), TimeSpan.FromDays(15));
}
