using System.Globalization;

namespace Ambianic.Configuration;

/// <summary>What the text of a scalar means when a value of some type is expected.</summary>
internal static class ScalarValues
{
    /// <summary>YAML 1.1's words: <c>yes</c> and <c>on</c> are true, as they were for the reference system.</summary>
    public static bool? ToBoolean(string text) => text.ToLowerInvariant() switch
    {
        "true" or "yes" or "on" => true,
        "false" or "no" or "off" => false,
        _ => null,
    };

    /// <summary>Words that say no to something that is more than a boolean.</summary>
    public static bool IsOff(string text) => ToBoolean(text) == false || text.Equals("none", StringComparison.OrdinalIgnoreCase);

    public static long? ToInteger(string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : null;

    public static double? ToNumber(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) ? value : null;

    /// <summary>A time span such as <c>90s</c>, <c>5m</c>, <c>2h</c> or <c>1d</c>; a number alone is seconds.</summary>
    public static TimeSpan? ToDuration(string text)
    {
        double? unit = text.Length == 0 ? null : text[^1] switch { 's' => 1, 'm' => 60, 'h' => 3600, 'd' => 86400, _ => null };
        return ToNumber(unit is null ? text : text[..^1].TrimEnd()) is { } count && Math.Abs(count * (unit ?? 1)) < TimeSpan.MaxValue.TotalSeconds / 2
            ? TimeSpan.FromSeconds(count * (unit ?? 1))
            : null;
    }

    /// <summary>A time span as <see cref="ToDuration"/> reads it.</summary>
    public static string Of(TimeSpan span) =>
        span.Ticks % TimeSpan.TicksPerDay == 0 && span > TimeSpan.Zero ? Text(span.TotalDays, "d")
        : span.Ticks % TimeSpan.TicksPerHour == 0 && span > TimeSpan.Zero ? Text(span.TotalHours, "h")
        : span.Ticks % TimeSpan.TicksPerMinute == 0 && span > TimeSpan.Zero ? Text(span.TotalMinutes, "m")
        : Text(span.TotalSeconds, "s");

    /// <summary>A time of the day such as <c>7:30</c> or <c>22:00</c>; <c>24:00</c> is midnight.</summary>
    public static TimeOnly? ToTimeOfDay(string text) =>
        text == "24:00" ? TimeOnly.MinValue
        : TimeOnly.TryParseExact(text, ["H:mm", "HH:mm"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? time : null;

    private static string Text(double count, string unit) => count.ToString(CultureInfo.InvariantCulture) + unit;

    /// <summary>A member of the enumeration by its name in snake case, in any case.</summary>
    public static object? ToEnum(Type type, string text)
    {
        var name = Enum.GetNames(type).FirstOrDefault(name => OptionKeys.NameOf(name).Equals(text, StringComparison.OrdinalIgnoreCase));
        return name is null ? null : Enum.Parse(type, name);
    }
}
