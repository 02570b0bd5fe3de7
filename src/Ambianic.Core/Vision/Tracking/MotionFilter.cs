namespace Ambianic.Core.Vision.Tracking;

/// <summary>
/// A Kalman filter for one coordinate that moves with a nearly constant velocity (R. E. Kalman, "A New Approach to Linear
/// Filtering and Prediction Problems", 1960; white-noise acceleration). Velocity fades while nothing is measured, so that a
/// hidden person is expected near where it was lost and not outside the house.
/// </summary>
/// <param name="position">The first coordinate.</param>
/// <param name="positionNoise">Its standard deviation.</param>
/// <param name="velocityNoise">Standard deviation of the first velocity, which is 0.</param>
/// <param name="fadeSeconds">Time constant with which the velocity fades while nothing is measured.</param>
internal struct MotionFilter(double position, double positionNoise, double velocityNoise, double fadeSeconds)
{
    private double _velocity;
    private double _varP = positionNoise * positionNoise;
    private double _covPV;
    private double _varV = velocityNoise * velocityNoise;

    /// <summary>The expected coordinate.</summary>
    public double Position { get; private set; } = position;

    /// <summary>The expected change of the coordinate in a second.</summary>
    public readonly double Velocity => _velocity;

    /// <summary>Variance of <see cref="Position"/>.</summary>
    public readonly double Variance => _varP;

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
    public void Fade(double seconds) => _velocity *= Math.Exp(-seconds / fadeSeconds);

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
