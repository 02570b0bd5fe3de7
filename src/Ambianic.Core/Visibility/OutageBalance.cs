using Ambianic.Core.Health;

namespace Ambianic.Core.Visibility;

/// <summary>
/// Adds up how much longer a pipeline had no video than it had: a camera that comes for a moment and is gone again is as good
/// as away, though it never is for long.
/// </summary>
internal sealed class OutageBalance(TimeProvider time)
{
    private static readonly TimeSpan Most = TimeSpan.FromMinutes(1);

    /// <summary>After this long without a sample it is not certain that a pipeline still has video, though nobody has noticed yet.</summary>
    private static readonly TimeSpan Doubtful = TimeSpan.FromSeconds(2);

    private TimeSpan _sum;
    private VisibilityState _before = VisibilityState.Off;
    private long _at;

    /// <summary>Adds a moment.</summary>
    /// <param name="now">The visibility.</param>
    /// <param name="silence">Since the last sample.</param>
    /// <param name="at">The moment, on the monotonic clock.</param>
    /// <returns>How much longer it had no video lately; zero when it had not.</returns>
    public TimeSpan Add(VisibilityState now, TimeSpan silence, long at)
    {
        var passed = _at == 0 || time.GetElapsedTime(_at, at) > Doubtful ? TimeSpan.Zero : time.GetElapsedTime(_at, at);
        _at = at;
        _sum += now switch
        {
            VisibilityState.NoVideo when _before == VisibilityState.Visible => silence,
            VisibilityState.NoVideo => passed,
            VisibilityState.Visible when silence < Doubtful => -passed,
            _ => TimeSpan.Zero,
        };
        _sum = now == VisibilityState.Off || _sum < TimeSpan.Zero ? TimeSpan.Zero : _sum > Most ? Most : _sum;
        _before = now;
        return _sum;
    }

    /// <summary>Starts from zero.</summary>
    public void Reset() => (_sum, _before, _at) = (TimeSpan.Zero, VisibilityState.Off, 0);
}
