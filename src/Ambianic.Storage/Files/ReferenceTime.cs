using System.Globalization;
using System.Text;

namespace Ambianic.Storage.Files;

/// <summary>
/// Finds the offset that the reference system left out of an event's <c>datetime</c>: the timeline also says the moment, as
/// <c>created</c>, and clocks differ from UTC by quarters of an hour.
/// </summary>
internal static class ReferenceTime
{
    private const double QuarterMinutes = 15;
    private const double MillisecondsBegin = 1e11; // as seconds, the year 5138

    /// <summary>The event is written down soon after its picture was taken.</summary>
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(1);

    /// <summary>No clock of the world is further from UTC.</summary>
    private static readonly TimeSpan LargestOffset = TimeSpan.FromHours(14);

    /// <summary>The moment that <c>created</c> says: seconds or milliseconds since 1970, or a text with an offset; null for anything else.</summary>
    public static DateTimeOffset? Moment(string? created)
    {
        if (double.TryParse(created, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds))
        {
            seconds = seconds >= MillisecondsBegin ? seconds / 1000 : seconds;
            return seconds is > 0 and < MillisecondsBegin ? DateTimeOffset.UnixEpoch + TimeSpan.FromSeconds(seconds) : null;
        }

        return DateTime.TryParse(created, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var time) && time.Kind != DateTimeKind.Unspecified
            && DateTimeOffset.TryParse(created, CultureInfo.InvariantCulture, out var moment)
            ? moment
            : null;
    }

    /// <summary>
    /// The moment that a <c>datetime</c> without offset means, in local time with its offset: the offset that it was written with is the difference to
    /// <paramref name="created"/>, where that is a multiple of a quarter of an hour within a minute. Null when it has an offset
    /// already, or the difference is no offset.
    /// </summary>
    public static string? WithOffset(string? datetime, DateTimeOffset created, TimeZoneInfo local) =>
        DateTime.TryParse(datetime, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var time) && time.Kind == DateTimeKind.Unspecified
            && Offset(time, created) is { } offset
            ? EventJson.Text(TimeZoneInfo.ConvertTime(new DateTimeOffset(time, offset), local))
            : null;

    /// <summary>The offset that a time was written with; null when its difference to <paramref name="created"/> is none.</summary>
    public static TimeSpan? Offset(DateTime time, DateTimeOffset created)
    {
        var difference = time - created.UtcDateTime;
        var offset = TimeSpan.FromMinutes(Math.Round(difference.TotalMinutes / QuarterMinutes) * QuarterMinutes);
        return (difference - offset).Duration() <= LongestDelay && offset.Duration() <= LargestOffset ? offset : null;
    }

    /// <summary>The JSON of an event, its <c>datetime</c> with the offset; unchanged when there is none to add.</summary>
    public static byte[] WithOffset(byte[] json, DateTimeOffset created, TimeZoneInfo local)
    {
        var datetime = EventJson.DatetimeOf(json);
        return WithOffset(datetime, created, local) is { } complete
            ? Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(json).Replace($"\"{datetime}\"", $"\"{complete}\"", StringComparison.Ordinal))
            : json;
    }
}
