namespace Ambianic.Vision.Tracking;

/// <summary>
/// Smooths a coordinate: strongly while it rests, hardly while it moves fast (G. Casiez, N. Roussel, D. Vogel, "1€ Filter:
/// A Simple Speed-based Low-pass Filter for Noisy Input in Interactive Systems", CHI 2012).
/// </summary>
internal struct OneEuroFilter
{
    private const double MinimumCutoff = 1.5;
    private const double SpeedCutoff = 1.0;
    private double _value;
    private double _speed;
    private bool _started;

    /// <summary>Filters the next value.</summary>
    /// <param name="value">In body sizes or any other unit in which 1 a second is fast.</param>
    /// <param name="seconds">Since the last value, more than 0.</param>
    /// <param name="beta">Cut-off gained per unit of speed, in 1/unit.</param>
    public double Next(double value, double seconds, double beta)
    {
        if (!_started)
        {
            _started = true;
            _value = value;
            return value;
        }

        var speed = (value - _value) / seconds;
        _speed += Weight(SpeedCutoff, seconds) * (speed - _speed);
        _value += Weight(MinimumCutoff + (beta * Math.Abs(_speed)), seconds) * (value - _value);
        return _value;
    }

    private static double Weight(double cutoff, double seconds)
    {
        var r = 2 * Math.PI * cutoff * seconds;
        return r / (r + 1);
    }
}
