namespace Ambianic.Core.Vision.Tracking;

/// <summary>Whether an object stays where it is. Something that passes before it hides a part of it, which is no movement.</summary>
internal struct Standstill(in Place place, TimeSpan time, ObjectTrackingRule rule)
{
    /// <summary>Time constant with which the place follows the boxes, in seconds.</summary>
    private const double FollowSeconds = 4;

    /// <summary>A box smaller than this share of the place is that of a part.</summary>
    private const double WholeShare = 0.8;

    private TimeSpan _lastHere = time;
    private TimeSpan _time = time;

    /// <summary>Where it stands.</summary>
    public Place Place { get; private set; } = place;

    /// <summary>Since when.</summary>
    public TimeSpan Since { get; private set; } = time;

    /// <summary>True when it has stayed there for long.</summary>
    public readonly bool IsStationary => (_time - Since).TotalSeconds >= rule.StationarySeconds;

    /// <summary>True when it is stationary and was there when it was last seen.</summary>
    public readonly bool IsAtPlace => IsStationary && _lastHere == _time;

    /// <summary>Takes the next detection.</summary>
    /// <param name="seen">Its box.</param>
    /// <param name="time">Of the sample.</param>
    public void Observe(in Place seen, TimeSpan time)
    {
        var weight = Math.Min(1, (time - _time).TotalSeconds / FollowSeconds);
        _time = time;
        if (IsHere(seen))
        {
            _lastHere = time;
            if (seen.Width * seen.Height > WholeShare * Place.Width * Place.Height)
            {
                Place = Place.Towards(seen, weight);
            }
        }
        else if ((time - _lastHere).TotalSeconds >= rule.MovedSeconds)
        {
            (Place, Since, _lastHere) = (seen, time, time);
        }
    }

    private readonly bool IsHere(in Place seen) =>
        seen.SharedPart(Place) >= rule.SamePlaceShare && seen.Width * seen.Height <= rule.SamePlaceGrowth * Place.Width * Place.Height;
}
