using System.Globalization;
using System.Text.Json.Nodes;

namespace Ambianic.Server.Doctor;

/// <summary>Clock and time zone: events, schedules and retention count by them.</summary>
internal static class ClockExam
{
    private const string Check = "clock";
    private const int FirstYear = 2026; // of this program
    private const int LastYear = FirstYear + 25;

    public static IReadOnlyList<Finding> Run(Examination examination)
    {
        var now = examination.Time.GetLocalNow();
        var said = now.ToString("yyyy-MM-dd HH:mm:ss zzz", CultureInfo.InvariantCulture);
        return
        [
            now.Year is < FirstYear or > LastYear
                ? Finding.Problem(Check, $"it is {said} by this computer: years wrong", "set the time (sudo timedatectl set-ntp true); a computer without battery clock needs a time service, or new events are taken for old ones")
                : examination.IsClockSynchronised() == false
                    ? Finding.Warning(Check, $"{said}; the system says that its clock is not synchronised", "start a time service: sudo timedatectl set-ntp true, or install chrony")
                    : Finding.Ok(Check, said) with { Values = new JsonObject { ["now"] = now.ToString("O"), ["synchronised"] = examination.IsClockSynchronised() } },
            Zone(examination.Time.LocalTimeZone),
        ];
    }

    private static Finding Zone(TimeZoneInfo zone)
    {
        var named = Environment.GetEnvironmentVariable("TZ");
        return named is { Length: > 0 } && !TimeZoneInfo.TryFindSystemTimeZoneById(named.TrimStart(':'), out _) && !named.Contains('/', StringComparison.Ordinal) && zone.BaseUtcOffset == TimeSpan.Zero && named is not ("UTC" or "UTC0")
                ? Finding.Warning("time_zone", $"TZ names {named}, which this computer does not know: it counts by UTC", "write a name such as TZ=Europe/Berlin, and install tzdata")
            : string.IsNullOrEmpty(named) && !File.Exists("/etc/localtime") && OperatingSystem.IsLinux()
                ? Finding.Warning("time_zone", "none is set: schedules and quiet hours count by UTC", "sudo timedatectl set-timezone Europe/Berlin; in a container mount /etc/localtime, or set TZ")
            : Finding.Ok("time_zone", $"{zone.Id} (UTC{(zone.BaseUtcOffset < TimeSpan.Zero ? "-" : "+")}{zone.BaseUtcOffset:hh\\:mm})");
    }
}
