namespace Ambianic.Core.Health;

/// <summary>Something happened to the whole machine, so nobody in particular is to blame.</summary>
/// <param name="Stood">Time that the whole program stood still while the monotonic clock ran.</param>
/// <param name="Reason">What it looks like, for people.</param>
internal sealed record Interruption(TimeSpan Stood, string Reason);

/// <summary>Notices from the rhythm of a loop that the machine slept, was starved of processor time, or had its clock set.</summary>
/// <param name="interval">How often it is asked.</param>
/// <param name="time">Both clocks.</param>
internal sealed class PauseWatch(TimeSpan interval, TimeProvider time)
{
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(5);

    private readonly ClockComparison _clocks = new(time);

    /// <summary>What happened since it was last asked, or null.</summary>
    public Interruption? Observe()
    {
        var (passed, step) = _clocks.Observe();
        if (passed - interval >= Tolerance)
        {
            return new Interruption(passed - interval, $"the program stood still for {passed.TotalSeconds:0} s: it was paused or got no processor time");
        }

        return step.Duration() < Tolerance ? null : new Interruption(TimeSpan.Zero, step > TimeSpan.Zero
            ? $"the clock moved forward by {step.TotalSeconds:0} s: it was set, or the machine slept"
            : $"the clock was set back by {-step.TotalSeconds:0} s");
    }
}
