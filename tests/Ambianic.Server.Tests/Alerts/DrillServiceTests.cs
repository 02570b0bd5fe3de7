using System.Globalization;
using Ambianic.Core.Configuration;
using Ambianic.Server.Alerts;

namespace Ambianic.Server.Tests.Alerts;

public sealed class DrillServiceTests
{
    private static readonly TimeZoneInfo Berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");

    [Theory]
    [InlineData(1, "10:00", "2026-05-01T09:59:50+02:00", "2026-05-01T10:00:20+02:00", true)]
    [InlineData(1, "10:00", "2026-05-01T10:00:20+02:00", "2026-05-01T10:00:50+02:00", false)]
    [InlineData(1, "10:00", "2026-05-02T09:59:50+02:00", "2026-05-02T10:00:20+02:00", false)]
    [InlineData(1, "00:00", "2026-04-30T23:59:50+02:00", "2026-05-01T00:00:20+02:00", true)]
    [InlineData(28, "23:59", "2026-02-28T23:58:50+01:00", "2026-03-01T00:00:10+01:00", true)]
    [InlineData(29 - 1, "23:59", "2028-02-28T23:58:50+01:00", "2028-02-29T00:00:10+01:00", true)]
    public void IsDue_OnceInAMonth(int day, string at, string last, string now, bool expected) => Assert.Equal(expected, IsDue(day, at, last, now));

    [Theory]
    [InlineData(28, "02:30", "2027-03-28T01:59:50+01:00", "2027-03-28T03:30:20+02:00", true)]
    [InlineData(25, "02:30", "2026-10-25T02:29:50+02:00", "2026-10-25T02:30:20+02:00", true)]
    [InlineData(25, "02:30", "2026-10-25T02:29:50+01:00", "2026-10-25T02:30:20+01:00", false)]
    public void IsDue_WhenTheClocksChange_HappensOnce(int day, string at, string last, string now, bool expected) => Assert.Equal(expected, IsDue(day, at, last, now));

    [Theory]
    [InlineData("2026-04-29T10:00:00+02:00", "2026-05-02T10:00:00+02:00")]
    [InlineData("2026-05-01T10:30:00+02:00", "2026-05-01T09:30:00+02:00")]
    public void IsDue_ClockIsSetOverIt_RehearsesNothing(string last, string now) => Assert.False(IsDue(1, "10:00", last, now));

    private static bool IsDue(int day, string at, string last, string now) => DrillService.IsDue(
        new DrillOptions { Pipeline = "hall", Day = day, At = TimeOnly.Parse(at, CultureInfo.InvariantCulture) },
        DateTimeOffset.Parse(last, CultureInfo.InvariantCulture),
        DateTimeOffset.Parse(now, CultureInfo.InvariantCulture),
        Berlin);
}
