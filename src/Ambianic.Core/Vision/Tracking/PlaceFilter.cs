namespace Ambianic.Core.Vision.Tracking;

/// <summary>Where an object is expected: its centre and the logarithms of its width and height, each with a nearly constant velocity.</summary>
internal struct PlaceFilter
{
    private readonly ObjectTrackingRule _rule;
    private MotionFilter _x;
    private MotionFilter _y;
    private MotionFilter _width;
    private MotionFilter _height;

    /// <summary>Begins at a place, at rest as far as is known.</summary>
    public PlaceFilter(in Place place, ObjectTrackingRule rule)
    {
        _rule = rule;
        _x = new(place.X, rule.PlaceNoise * place.Width, rule.StartVelocity * place.Width, rule.FadeSeconds);
        _y = new(place.Y, rule.PlaceNoise * place.Height, rule.StartVelocity / 2 * place.Height, rule.FadeSeconds);
        _width = new(Math.Log(place.Width), rule.SizeNoise, rule.Growth, rule.FadeSeconds);
        _height = new(Math.Log(place.Height), rule.SizeNoise, rule.Growth, rule.FadeSeconds);
    }

    /// <summary>The expected place.</summary>
    public readonly Place Expected => new(_x.Position, _y.Position, Math.Exp(_width.Position), Math.Exp(_height.Position));

    /// <summary>Box sizes a second.</summary>
    public readonly double Speed => Math.Sqrt(
        (_x.Velocity * _x.Velocity / Math.Exp(2 * _width.Position)) + (_y.Velocity * _y.Velocity / Math.Exp(2 * _height.Position)));

    /// <summary>Goes ahead.</summary>
    /// <param name="seconds">At least 0.</param>
    /// <param name="isLost">Nothing was measured for so long.</param>
    public void Predict(double seconds, bool isLost)
    {
        if (isLost)
        {
            _x.Fade(seconds);
            _y.Fade(seconds);
            _width.Fade(seconds);
            _height.Fade(seconds);
        }

        _x.Predict(seconds, _rule.Acceleration * Math.Exp(_width.Position));
        _y.Predict(seconds, _rule.Acceleration / 2 * Math.Exp(_height.Position));
        _width.Predict(seconds, _rule.Growth);
        _height.Predict(seconds, _rule.Growth);
    }

    /// <summary>Takes a measured place into account.</summary>
    public void Correct(in Place place)
    {
        _x.Correct(place.X, _rule.PlaceNoise * place.Width);
        _y.Correct(place.Y, _rule.PlaceNoise * place.Height);
        _width.Correct(Math.Log(place.Width), _rule.SizeNoise);
        _height.Correct(Math.Log(place.Height), _rule.SizeNoise);
    }

    /// <summary>How far the centre of a place is from the expected one, in standard deviations (Mahalanobis distance).</summary>
    public readonly double Deviation(in Place place)
    {
        var x = place.X - _x.Position;
        var y = place.Y - _y.Position;
        var (noiseX, noiseY) = (_rule.PlaceNoise * place.Width, _rule.PlaceNoise * place.Height);
        return Math.Sqrt((x * x / (_x.Variance + (noiseX * noiseX))) + (y * y / (_y.Variance + (noiseY * noiseY))));
    }
}
