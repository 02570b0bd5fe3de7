using System.Globalization;

namespace Ambianic.Core.Health;

/// <summary>
/// Decides what the log says of a camera that is away, or whose picture is of no use, so that a day of it is a few lines an hour: that
/// it begins and why, each new reason once, that it goes on every ten minutes, and that it is over. Outlives the pipeline that reads
/// the camera. Safe to use from several threads.
/// </summary>
internal sealed class FaultLog(TimeProvider time)
{
    /// <summary>From one line that says the same to the next.</summary>
    public static readonly TimeSpan SummaryEvery = TimeSpan.FromMinutes(10);

    /// <summary>
    /// How long all must be well until it is over: a camera that gives a picture and breaks off again is still away. Twice as long, up to
    /// <see cref="SummaryEvery"/>, for each time that it began again soon after it was over: what comes and goes is one outage.
    /// </summary>
    public static readonly TimeSpan OverAfter = TimeSpan.FromSeconds(10);

    /// <summary>Reasons that are told at once; more of them are one camera's way of saying the same.</summary>
    private const int MostReasons = 8;

    private readonly Lock _gate = new();
    private readonly HashSet<string> _reasons = [];
    private volatile bool _isOpen;
    private DateTimeOffset _since;
    private long _began;
    private long _summedUpAt;
    private long? _wellSince;
    private long? _overAt;
    private TimeSpan _overAfter = OverAfter;
    private int _attempts;

    /// <summary>True from a failure until it is over.</summary>
    public bool IsOpen => _isOpen;

    /// <summary>A connection failed or ended, or a picture was of no use.</summary>
    /// <param name="reason">Why; numbers in it make no new reason.</param>
    public FaultLogReport Fail(string reason)
    {
        lock (_gate)
        {
            var now = time.GetTimestamp();
            var cause = string.Concat(reason.Where(letter => !char.IsDigit(letter)));
            if (!_isOpen)
            {
                if (!IsRepeated(now))
                {
                    (_overAfter, _overAt) = (OverAfter, null);
                    _reasons.Clear();
                }
                else if (_overAfter < SummaryEvery)
                {
                    _overAfter *= 2;
                }

                _reasons.Add(cause);
                (_isOpen, _since, _began, _summedUpAt, _attempts) = (true, time.GetLocalNow(), now, now, 0);
                return Report(FaultChange.Begun, now);
            }

            _wellSince = null;
            if (_reasons.Count < MostReasons && _reasons.Add(cause))
            {
                return Report(FaultChange.OtherReason, now);
            }

            if (time.GetElapsedTime(_summedUpAt, now) < SummaryEvery)
            {
                return Report(FaultChange.None, now);
            }

            _summedUpAt = now;
            return Report(FaultChange.GoesOn, now);
        }
    }

    /// <summary>A picture was of use.</summary>
    /// <returns>What is over; null when nothing is, or when it is too early to say.</returns>
    public FaultLogReport? Succeed()
    {
        if (!_isOpen)
        {
            return null;
        }

        lock (_gate)
        {
            var now = time.GetTimestamp();
            _wellSince ??= now;
            if (!_isOpen || time.GetElapsedTime(_wellSince.Value, now) < _overAfter)
            {
                return null;
            }

            var report = new FaultLogReport(FaultChange.Over, _since, time.GetElapsedTime(_began, _wellSince.Value), _attempts);
            (_isOpen, _wellSince, _overAt) = (false, null, now);
            return report;
        }
    }

    /// <summary>It was over for no longer than a summary takes.</summary>
    private bool IsRepeated(long now) => _overAt is { } over && time.GetElapsedTime(over, now) < SummaryEvery;

    private FaultLogReport Report(FaultChange change, long now) => new(change, _since, time.GetElapsedTime(_began, now), ++_attempts);
}

/// <summary>What became of a fault.</summary>
/// <param name="Change">What is new.</param>
/// <param name="Since">When it began, local time.</param>
/// <param name="Lasted">How long it has lasted.</param>
/// <param name="Attempts">Failures in it.</param>
internal readonly record struct FaultLogReport(FaultChange Change, DateTimeOffset Since, TimeSpan Lasted, int Attempts)
{
    /// <summary>Two units are enough: <c>2 h 3 min</c>.</summary>
    public string Duration => Lasted switch
    {
        { TotalSeconds: < 60 } => string.Create(CultureInfo.InvariantCulture, $"{Lasted.TotalSeconds:0.0} s"),
        { TotalMinutes: < 60 } => $"{Lasted.Minutes} min {Lasted.Seconds} s",
        { TotalHours: < 24 } => $"{Lasted.Hours} h {Lasted.Minutes} min",
        _ => $"{Lasted.Days} d {Lasted.Hours} h",
    };

    /// <summary>For people.</summary>
    public string Count => Attempts == 1 ? "1 attempt" : string.Create(CultureInfo.InvariantCulture, $"{Attempts} attempts");
}

/// <summary>What is new of a fault.</summary>
internal enum FaultChange
{
    /// <summary>Nothing that people have to hear.</summary>
    None,

    /// <summary>It begins.</summary>
    Begun,

    /// <summary>It has a reason that was not told yet.</summary>
    OtherReason,

    /// <summary>It is time to say that it goes on.</summary>
    GoesOn,

    /// <summary>It is over.</summary>
    Over,
}
