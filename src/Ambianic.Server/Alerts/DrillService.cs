using Ambianic.Core.Alerts;
using Ambianic.Core.Configuration;
using Ambianic.Server.Hosting;

namespace Ambianic.Server.Alerts;

/// <summary>Rehearses an alert every month, as the section <c>drill</c> says.</summary>
internal sealed class DrillService(CurrentConfiguration configuration, IAlertDesk desk, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(30);

    /// <summary>A clock that is set back repeats no rehearsal.</summary>
    private static readonly TimeSpan OnceIn = TimeSpan.FromDays(2);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            var (last, drilled) = (time.GetLocalNow(), DateTimeOffset.MinValue);
            using var timer = new PeriodicTimer(LookEvery, time);
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                var (now, options) = (time.GetLocalNow(), configuration.Result.Configuration.Drill);
                if (options.Pipeline.Length > 0 && IsDue(options, last, now, time.LocalTimeZone) && (now - drilled).Duration() > OnceIn)
                {
                    drilled = now;
                    await desk.DrillAsync(options.Pipeline, stoppingToken);
                }

                last = now;
            }
        }
        catch (OperationCanceledException)
        {
            // the program stops
        }
    }

    /// <summary>True when the time of the drill lies after <paramref name="last"/> and not after <paramref name="now"/>; a clock that is set over a day rehearses nothing.</summary>
    internal static bool IsDue(DrillOptions options, DateTimeOffset last, DateTimeOffset now, TimeZoneInfo zone) =>
        now - last < TimeSpan.FromDays(1) && new[] { In(last, options, zone), In(now, options, zone) }.Any(due => last < due && due <= now);

    private static DateTimeOffset In(DateTimeOffset month, DrillOptions options, TimeZoneInfo zone)
    {
        var due = new DateTime(month.Year, month.Month, options.Day).Add(options.At.ToTimeSpan());
        return new DateTimeOffset(due, zone.IsAmbiguousTime(due) ? zone.GetAmbiguousTimeOffsets(due).Max() : zone.GetUtcOffset(due)); // the first of two
    }
}
