using Ambianic.Core.Vision.Falls.Rules;
using Ambianic.Core.Vision.Tracking;

namespace Ambianic.Core.Vision.Falls;

/// <summary>
/// Places where somebody is known to lie. A sleeper whom the model loses and finds again, or a second track that grew on the same
/// body, is not reported once more.
/// </summary>
internal sealed class KnownLying(LyingRule rule)
{
    private readonly List<(double X, double Y, double Size, TimeSpan Time)> _places = [];

    /// <summary>Takes a report before it is handed on, and remembers the place where somebody lies.</summary>
    /// <returns>False when the report says nothing new.</returns>
    public bool TryReport(FallKind kind, Track track, TimeSpan time)
    {
        _places.RemoveAll(place => time - place.Time > TimeSpan.FromSeconds(rule.PlaceSeconds));
        var (x, y) = Track.Centre(track.Body);
        var wasKnown = RemoveAt(x, y, track.Size) > 0;
        if (kind is not (FallKind.Recovered or FallKind.GotUp))
        {
            _places.Add((x, y, track.Size, time));
        }

        return !wasKnown || kind != FallKind.PersonDown;
    }

    /// <summary>Takes that somebody stands: the person who lay in that place has got up, if nobody is seen to lie there any more.</summary>
    /// <param name="standing">Who stands.</param>
    /// <param name="lying">Everybody who is followed and lies.</param>
    public void ObserveStanding(Track standing, IEnumerable<Track> lying)
    {
        var box = standing.Body.Box;
        var (x, feet) = (Track.Centre(standing.Body).X, box.YMax);
        if (_places.Count > 0 && !lying.Any(other => IsNear(x, feet, standing.Size, Track.Centre(other.Body), other.Size)))
        {
            RemoveAt(x, feet, standing.Size);
        }
    }

    private int RemoveAt(double x, double y, double size) =>
        _places.RemoveAll(place => IsNear(x, y, size, (place.X, place.Y), place.Size));

    private bool IsNear(double x, double y, double size, (double X, double Y) place, double placeSize) =>
        Math.Sqrt(((x - place.X) * (x - place.X)) + ((y - place.Y) * (y - place.Y))) < rule.PlaceDistance * Math.Max(size, placeSize);
}
