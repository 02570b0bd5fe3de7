using Ambianic.Core.Configuration;

namespace Ambianic.Core.Alerts;

/// <summary>Times of the week by the clock on the wall, over changes of daylight saving time.</summary>
internal static class WeeklyTimes
{
    /// <summary>Periods that touch each other are followed this far; who is quiet for ever is told after two weeks.</summary>
    private const int MostPeriods = 14;

    /// <summary>Nothing is held back for longer.</summary>
    public static TimeSpan Longest { get; } = TimeSpan.FromDays(MostPeriods);

    /// <summary>True when one of the periods holds the moment.</summary>
    public static bool Contain(IReadOnlyList<WeeklyHours> periods, DateTimeOffset at, TimeZoneInfo zone) =>
        EndOfPeriod(periods, at, zone) is not null;

    /// <summary>The first moment from <paramref name="at"/> on that no period holds.</summary>
    public static DateTimeOffset FirstOutside(IReadOnlyList<WeeklyHours> periods, DateTimeOffset at, TimeZoneInfo zone)
    {
        for (var count = 0; count < MostPeriods && EndOfPeriod(periods, at, zone) is { } end && end > at; count++)
        {
            at = end;
        }

        return at;
    }

    /// <summary>The first moment from <paramref name="at"/> on that one of the periods holds; <paramref name="at"/> when there are none.</summary>
    public static DateTimeOffset FirstInside(IReadOnlyList<WeeklyHours> periods, DateTimeOffset at, TimeZoneInfo zone)
    {
        if (periods.Count == 0 || Contain(periods, at, zone))
        {
            return at;
        }

        var today = TimeZoneInfo.ConvertTime(at, zone).Date;
        return Enumerable.Range(0, 8)
            .SelectMany(days => periods.Select(period => (Period: period, Begin: today.AddDays(days) + period.From.ToTimeSpan())))
            .Where(one => IsOn(one.Period, one.Begin.DayOfWeek))
            .Select(one => At(one.Begin, zone))
            .Where(begin => begin > at)
            .DefaultIfEmpty(at)
            .Min();
    }

    /// <summary>The latest end of the periods that hold the moment; null when none does.</summary>
    private static DateTimeOffset? EndOfPeriod(IReadOnlyList<WeeklyHours> periods, DateTimeOffset at, TimeZoneInfo zone)
    {
        var local = TimeZoneInfo.ConvertTime(at, zone).DateTime;
        DateTimeOffset? latest = null;
        foreach (var period in periods)
        {
            // The one that began today, and the one that began yesterday and lasts past midnight.
            for (var days = 0; days >= -1; days--)
            {
                var begin = local.Date.AddDays(days) + period.From.ToTimeSpan();
                var end = local.Date.AddDays(period.To > period.From ? days : days + 1) + period.To.ToTimeSpan();
                if (local >= begin && local < end && IsOn(period, begin.DayOfWeek) && At(end, zone) is var until && !(latest >= until))
                {
                    latest = until;
                }
            }
        }

        return latest;
    }

    private static bool IsOn(WeeklyHours period, DayOfWeek day) => period.Days.Count == 0 || period.Days.Contains((Weekday)day);

    /// <summary>A time that the clock skips is the moment of the skip; of one that it shows twice, the second.</summary>
    private static DateTimeOffset At(DateTime local, TimeZoneInfo zone)
    {
        while (zone.IsInvalidTime(local))
        {
            local = local.AddMinutes(1);
        }

        var offset = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Min() : zone.GetUtcOffset(local);
        return new DateTimeOffset(local, offset);
    }
}
