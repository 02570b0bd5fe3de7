namespace Ambianic.Core.Vision.Tracking;

/// <summary>
/// A Kalman filter for one coordinate that moves with a nearly constant velocity (R. E. Kalman, "A New Approach to Linear
/// Filtering and Prediction Problems", 1960; white-noise acceleration). Velocity fades while nothing is measured, so that a
/// hidden person is expected near where it was lost and not outside the house.
/// </summary>
/// <param name="position">The first coordinate.</param>
/// <param name="positionNoise">Its standard deviation.</param>
/// <param name="rule">What is expected of people.</param>
internal struct MotionFilter(double position, double positionNoise, TrackingRule rule)
{
    private double _velocity;
    private double _varP = positionNoise * positionNoise;
    private double _covPV;
    private double _varV = rule.StartVelocityVariance * positionNoise * positionNoise;

    /// <summary>The expected coordinate.</summary>
    public double Position { get; private set; } = position;

    /// <summary>Goes <paramref name="seconds"/> ahead.</summary>
    /// <param name="seconds">At least 0.</param>
    /// <param name="acceleration">Standard deviation of what the velocity changes by in a second.</param>
    public void Predict(double seconds, double acceleration)
    {
        var noise = acceleration * acceleration;
        Position += _velocity * seconds;
        _varP += (2 * seconds * _covPV) + (seconds * seconds * _varV) + (noise * seconds * seconds * seconds / 3);
        _covPV += (seconds * _varV) + (noise * seconds * seconds / 2);
        _varV += noise * seconds;
    }

    /// <summary>Nothing was measured for the last <paramref name="seconds"/>.</summary>
    public void Fade(double seconds) => _velocity *= Math.Exp(-seconds / rule.FadeSeconds);

    /// <summary>Takes a measurement with the standard deviation <paramref name="noise"/> into account.</summary>
    public void Correct(double measured, double noise)
    {
        var total = _varP + (noise * noise);
        var gainP = _varP / total;
        var gainV = _covPV / total;
        var error = measured - Position;
        Position += gainP * error;
        _velocity += gainV * error;
        _varV -= gainV * _covPV;
        _covPV *= 1 - gainP;
        _varP *= 1 - gainP;
    }
}
