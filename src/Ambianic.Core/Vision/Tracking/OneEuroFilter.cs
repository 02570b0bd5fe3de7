namespace Ambianic.Core.Vision.Tracking;

/// <summary>
/// Smooths a coordinate: strongly while it rests, hardly while it moves fast (G. Casiez, N. Roussel, D. Vogel, "1€ Filter:
/// A Simple Speed-based Low-pass Filter for Noisy Input in Interactive Systems", CHI 2012).
/// </summary>
internal struct OneEuroFilter
{
    private double _value;
    private double _speed;
    private bool _started;

    /// <summary>Filters the next value.</summary>
    /// <param name="value">In body sizes or any other unit in which 1 a second is fast.</param>
    /// <param name="seconds">Since the last value, more than 0.</param>
    /// <param name="rule">How strongly.</param>
    public double Next(double value, double seconds, TrackingRule rule)
    {
        if (!_started)
        {
            _started = true;
            _value = value;
            return value;
        }

        var speed = (value - _value) / seconds;
        _speed += Weight(rule.PointSpeedCutoff, seconds) * (speed - _speed);
        _value += Weight(rule.PointCutoff + (rule.PointSpeedGain * Math.Abs(_speed)), seconds) * (value - _value);
        return _value;
    }

    private static double Weight(double cutoff, double seconds)
    {
        var r = 2 * Math.PI * cutoff * seconds;
        return r / (r + 1);
    }
}
