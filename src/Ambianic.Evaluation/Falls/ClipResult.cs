namespace Ambianic.Evaluation.Falls;

/// <summary>An alarm that was raised on a clip.</summary>
/// <param name="Time">In clip time, seconds.</param>
/// <param name="Confidence">0 to 1.</param>
/// <param name="Why">Evidence in short, for people.</param>
public sealed record ClipAlarm(double Time, float Confidence, string Why);

/// <summary>What a rule made of a clip.</summary>
/// <param name="Clip">The clip.</param>
/// <param name="Duration">Of the clip in seconds, without the held last frame.</param>
/// <param name="Alarms">In the order of time.</param>
public sealed record ClipResult(LabelledClip Clip, double Duration, IReadOnlyList<ClipAlarm> Alarms)
{
    /// <summary>How much earlier than the labelled loss of balance an alarm may come, in seconds.</summary>
    public const double Tolerance = 0.5;

    /// <summary>How long the last frame is held, in seconds, as a fixed camera would go on seeing it.</summary>
    public const double Hold = 3;

    private const double MergeSeconds = 10;

    /// <summary>The alarm that found the fall, or null.</summary>
    public ClipAlarm? Detection => Clip.FallStart is { } start
        ? Alarms.FirstOrDefault(alarm => alarm.Time >= start - Tolerance && alarm.Time <= Duration + Hold)
        : null;

    /// <summary>To the alarm in seconds, from the body being down if the manifest says when, else from the loss of balance; null when the fall was not found.</summary>
    public double? Delay => Detection?.Time - (Clip.FallGround ?? Clip.FallStart);

    /// <summary>Alarms where nobody falls; those within 10 s of the first count once.</summary>
    public int FalseAlarms
    {
        get
        {
            var count = 0;
            var last = double.NegativeInfinity;
            foreach (var alarm in Alarms.Where(alarm => Clip.FallStart is not { } start || alarm.Time < start - Tolerance))
            {
                if (alarm.Time - last > MergeSeconds)
                {
                    count++;
                    last = alarm.Time;
                }
            }

            return count;
        }
    }

    /// <summary>Time in which an alarm is a false one, in seconds.</summary>
    public double NegativeSeconds => Clip.FallStart is { } start ? Math.Max(0, start - Tolerance) : Duration + Hold;
}

/// <summary>Sums over clips.</summary>
/// <param name="Falls">Clips with a fall.</param>
/// <param name="Detected">Falls that were found.</param>
/// <param name="FalseAlarms">See <see cref="ClipResult.FalseAlarms"/>.</param>
/// <param name="NegativeSeconds">See <see cref="ClipResult.NegativeSeconds"/>.</param>
/// <param name="MedianDelay">See <see cref="ClipResult.Delay"/>; null when nothing was found.</param>
/// <param name="FromGround">In how many of the falls that were found the delay counts from the body being down.</param>
public sealed record FallScore(int Falls, int Detected, int FalseAlarms, double NegativeSeconds, double? MedianDelay, int FromGround)
{
    /// <summary>Falls found / falls; null when there are none.</summary>
    public double? Sensitivity => Falls == 0 ? null : (double)Detected / Falls;

    /// <summary>Falls found / alarms; null when there are none.</summary>
    public double? Precision => Detected + FalseAlarms == 0 ? null : (double)Detected / (Detected + FalseAlarms);

    /// <summary>Per hour in which nobody falls; null when there is no such time.</summary>
    public double? FalseAlarmsPerHour => NegativeSeconds == 0 ? null : FalseAlarms / (NegativeSeconds / 3600);

    /// <summary>Sums up.</summary>
    public static FallScore Of(IEnumerable<ClipResult> results)
    {
        var all = results.ToList();
        var delays = all.Select(result => result.Delay).OfType<double>().Order().ToList();
        return new FallScore(
            all.Count(result => result.Clip.FallStart is not null),
            delays.Count,
            all.Sum(result => result.FalseAlarms),
            all.Sum(result => result.NegativeSeconds),
            delays.Count == 0 ? null : (delays[(delays.Count - 1) / 2] + delays[delays.Count / 2]) / 2,
            all.Count(result => result.Detection is not null && result.Clip.FallGround is not null));
    }
}
