namespace Ambianic.Evaluation.Falls;

/// <summary>An alarm that was raised on a clip.</summary>
/// <param name="Time">In clip time, seconds.</param>
/// <param name="Confidence">0 to 1.</param>
/// <param name="Why">The evidence in a few words, for people.</param>
public sealed record ClipAlarm(double Time, float Confidence, string Why);

/// <summary>The result of a rule on a clip.</summary>
/// <param name="Clip">The clip.</param>
/// <param name="Duration">Of the clip in seconds, without the held last frame.</param>
/// <param name="Alarms">In the order of time.</param>
public sealed record ClipResult(LabelledClip Clip, double Duration, IReadOnlyList<ClipAlarm> Alarms)
{
    /// <summary>How much earlier than the labelled loss of balance an alarm may come, in seconds.</summary>
    public const double Tolerance = 0.5;

    /// <summary>How long the last frame is held, in seconds: a fixed camera would still show it.</summary>
    public const double Hold = 3;

    private const double MergeSeconds = 10;

    /// <summary>The alarm that found the fall, or null.</summary>
    public ClipAlarm? Detection => Clip.FallStart is { } start
        ? Alarms.FirstOrDefault(alarm => alarm.Time >= start - Tolerance && alarm.Time <= Duration + Hold)
        : null;

    /// <summary>Seconds until the alarm, from when the body is down if the manifest says so, else from the loss of balance; null when the fall was not detected.</summary>
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

    /// <summary>Seconds in which an alarm is false.</summary>
    public double NegativeSeconds => Clip.FallStart is { } start ? Math.Max(0, start - Tolerance) : Duration + Hold;
}

/// <summary>Sums over clips.</summary>
/// <param name="Falls">Clips with a fall.</param>
/// <param name="Detected">Falls that were detected.</param>
/// <param name="FalseAlarms">See <see cref="ClipResult.FalseAlarms"/>.</param>
/// <param name="NegativeSeconds">See <see cref="ClipResult.NegativeSeconds"/>.</param>
/// <param name="MedianDelay">See <see cref="ClipResult.Delay"/>; null when no fall was detected.</param>
/// <param name="FromGround">For how many of the detected falls the delay counts from when the body is down.</param>
public sealed record FallScore(int Falls, int Detected, int FalseAlarms, double NegativeSeconds, double? MedianDelay, int FromGround)
{
    /// <summary>Detected falls / falls; null when there are none.</summary>
    public double? Sensitivity => Falls == 0 ? null : (double)Detected / Falls;

    /// <summary>Detected falls / alarms; null when there are none.</summary>
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
