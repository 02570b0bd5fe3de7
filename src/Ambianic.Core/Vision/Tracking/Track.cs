namespace Ambianic.Core.Vision.Tracking;

/// <summary>One person followed over samples.</summary>
public sealed class Track
{
    private const int KeypointCount = 17;
    private readonly OneEuroFilter[] _x = new OneEuroFilter[KeypointCount];
    private readonly OneEuroFilter[] _y = new OneEuroFilter[KeypointCount];
    private readonly TimeSpan[] _pointSeen = new TimeSpan[KeypointCount];
    private readonly TrackingRule _rule;
    private TimeSpan _predictedAt;
    private MotionFilter _centreX;
    private MotionFilter _centreY;
    private double _size;

    internal Track(int id, Body body, TimeSpan time, TrackingRule rule)
    {
        _rule = rule;
        Patience = TimeSpan.FromSeconds(rule.PatienceSeconds);
        Id = id;
        FirstSeen = _predictedAt = time;
        _size = body.Size;
        var velocityNoise = Math.Sqrt(rule.StartVelocityVariance) * _size;
        _centreX = new MotionFilter(Centre(body).X, _size, velocityNoise, rule.FadeSeconds);
        _centreY = new MotionFilter(Centre(body).Y, _size, velocityNoise, rule.FadeSeconds);
        Array.Fill(_pointSeen, TimeSpan.MinValue);
        Body = Smooth(body, time);
        LastSeen = time;
        IsSeen = true;
    }

    /// <summary>From 1, never used again.</summary>
    public int Id { get; }

    /// <summary>When the person appeared.</summary>
    public TimeSpan FirstSeen { get; }

    /// <summary>When the person was last found in the picture.</summary>
    public TimeSpan LastSeen { get; private set; }

    /// <summary>True when the last sample showed the person.</summary>
    public bool IsSeen { get; private set; }

    /// <summary>The person as last seen, key points smoothed.</summary>
    public Body Body { get; private set; }

    /// <summary>How long the track outlives its last detection; who watches the person may ask for more patience.</summary>
    public TimeSpan Patience { get; set; }

    /// <summary>True when the person is taken to lie, and so will be where it was last seen.</summary>
    public bool IsLying { get; set; }

    /// <summary>True when the person came down: the floor stops it, so it may have gone no further.</summary>
    public bool IsFalling { get; set; }

    /// <summary>Expected centre, in picture heights.</summary>
    internal (double X, double Y) Expected => (_centreX.Position, _centreY.Position);

    /// <summary>See <see cref="Body.Size"/>, averaged.</summary>
    internal double Size => _size;

    /// <summary>True when not even the sample before showed the person.</summary>
    internal bool IsLost { get; private set; }

    internal static (double X, double Y) Centre(Body body) =>
        ((body.Box.XMin + body.Box.XMax) / 2, (body.Box.YMin + body.Box.YMax) / 2);

    internal void Predict(TimeSpan time)
    {
        var seconds = (time - _predictedAt).TotalSeconds;
        _predictedAt = time;
        IsLost = !IsSeen;
        if (IsLost)
        {
            _centreX.Fade(seconds);
            _centreY.Fade(seconds);
        }

        _centreX.Predict(seconds, _rule.Acceleration * _size);
        _centreY.Predict(seconds, _rule.Acceleration * _size);
        IsSeen = false;
    }

    internal void Update(Body body, TimeSpan time)
    {
        var noise = _rule.PlaceNoise * _size;
        _centreX.Correct(Centre(body).X, noise);
        _centreY.Correct(Centre(body).Y, noise);
        _size += _rule.SizeWeight * (body.Size - _size);
        Body = Smooth(body, time);
        LastSeen = time;
        IsSeen = true;
    }

    private Body Smooth(Body body, TimeSpan time)
    {
        if (body.Keypoints.Count != KeypointCount)
        {
            return body;
        }

        var points = new Keypoint[KeypointCount];
        for (var i = 0; i < KeypointCount; i++)
        {
            var point = body.Keypoints[i];
            var seconds = _pointSeen[i] == TimeSpan.MinValue ? double.PositiveInfinity : (time - _pointSeen[i]).TotalSeconds;
            if (seconds > _rule.PointSeconds)
            {
                (_x[i], _y[i]) = (default, default); // too old to say anything about now
            }

            _pointSeen[i] = time;
            points[i] = point with
            {
                X = (float)(_x[i].Next(point.X / _size, seconds, _rule) * _size),
                Y = (float)(_y[i].Next(point.Y / _size, seconds, _rule) * _size),
            };
        }

        return body with { Keypoints = points };
    }
}
