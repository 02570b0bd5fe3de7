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
        var near = _places.RemoveAll(place =>
            Math.Sqrt(((x - place.X) * (x - place.X)) + ((y - place.Y) * (y - place.Y))) < Near * Math.Max(place.Size, track.Size));
        if (label is not (FallLabels.Recovered or FallLabels.GotUp))
        {
            _places.Add((x, y, track.Size, time));
        }

        return near == 0 || label != FallLabels.PersonDown;
    }
}
