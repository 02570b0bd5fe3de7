using Ambianic.Vision.Tracking;

namespace Ambianic.Vision.Falls;

/// <summary>
/// Places where somebody is known to lie. A sleeper whom the model loses and finds again, or a second track that grew on the same
/// body, is not reported once more.
/// </summary>
internal sealed class KnownLying
{
    /// <summary>Seen again at the place within this time, it is still the same person lying.</summary>
    private static readonly TimeSpan Memory = TimeSpan.FromHours(1);

    /// <summary>In body sizes.</summary>
    private const double Near = 1.2;

    private readonly List<(double X, double Y, double Size, TimeSpan Time)> _places = [];

    /// <summary>Takes a report before it is handed on.</summary>
    /// <returns>False when it says nothing new.</returns>
    public bool Admits(string label, Track track, TimeSpan time)
    {
        _places.RemoveAll(place => time - place.Time > Memory);
        var (x, y) = Track.Centre(track.Body);
        var near = Forget(x, y, track.Size);
        if (label is not (FallLabels.Recovered or FallLabels.GotUp))
        {
            _places.Add((x, y, track.Size, time));
        }

        return near == 0 || label != FallLabels.PersonDown;
    }

    /// <summary>Somebody stands there: who lay has got up, if nobody is seen to lie there still.</summary>
    /// <param name="standing">Who stands.</param>
    /// <param name="lying">Everybody who is followed and lies.</param>
    public void StandsAt(Track standing, IEnumerable<Track> lying)
    {
        var box = standing.Body.Box;
        var (x, feet) = (Track.Centre(standing.Body).X, box.YMax);
        if (_places.Count > 0 && !lying.Any(other => IsNear(x, feet, standing.Size, Track.Centre(other.Body), other.Size)))
        {
            Forget(x, feet, standing.Size);
        }
    }

    private int Forget(double x, double y, double size) =>
        _places.RemoveAll(place => IsNear(x, y, size, (place.X, place.Y), place.Size));

    private static bool IsNear(double x, double y, double size, (double X, double Y) place, double placeSize) =>
        Math.Sqrt(((x - place.X) * (x - place.X)) + ((y - place.Y) * (y - place.Y))) < Near * Math.Max(size, placeSize);
}
