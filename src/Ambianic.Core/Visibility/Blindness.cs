namespace Ambianic.Core.Visibility;

/// <summary>
/// Adds up how much longer a pipeline was blind than it saw: a camera that comes for a moment and is gone again is as good as
/// away, though it never is for long.
/// </summary>
internal sealed class Blindness(TimeProvider time)
{
    private static readonly TimeSpan Most = TimeSpan.FromMinutes(1);

    /// <summary>After this long without a sample it is not certain that a pipeline still sees, though nobody has noticed yet.</summary>
    private static readonly TimeSpan Doubtful = TimeSpan.FromSeconds(2);

    private TimeSpan _sum;
    private Sight _before = Sight.Off;
    private long _at;

    /// <summary>Looks at the pipeline.</summary>
    /// <param name="now">What it sees.</param>
    /// <param name="silence">Since its last sample.</param>
    /// <returns>How much longer it was blind lately; zero when it was not.</returns>
    public TimeSpan Observe(Sight now, TimeSpan silence)
    {
        var at = time.GetTimestamp();
        var passed = _at == 0 || time.GetElapsedTime(_at, at) > Doubtful ? TimeSpan.Zero : time.GetElapsedTime(_at, at);
        _at = at;
        _sum += now switch
        {
            Sight.Blind when _before == Sight.Watching => silence,
            Sight.Blind => passed,
            Sight.Watching when silence < Doubtful => -passed,
            _ => TimeSpan.Zero,
        };
        _sum = now == Sight.Off || _sum < TimeSpan.Zero ? TimeSpan.Zero : _sum > Most ? Most : _sum;
        _before = now;
        return _sum;
    }

    /// <summary>Begins anew.</summary>
    public void Forget() => (_sum, _before, _at) = (TimeSpan.Zero, Sight.Off, 0);
}
