namespace Ambianic.Core.Vision.Tracking;

/// <summary>Where an object was in the last samples that showed it.</summary>
internal sealed class RecentPlaces
{
    private const int Count = 16;
    private readonly (TimeSpan Time, Place Place)[] _places = new (TimeSpan, Place)[Count];
    private int _added;

    /// <summary>Adds the latest.</summary>
    public void Add(TimeSpan time, in Place place) => _places[_added++ % Count] = (time, place);

    /// <summary>Forgets all.</summary>
    public void Clear() => _added = 0;

    /// <summary>The latest place that is at least so old; the oldest when none is.</summary>
    public Place At(TimeSpan time)
    {
        var kept = Math.Min(_added, Count);
        for (var back = 1; back < kept; back++)
        {
            if (_places[(_added - back) % Count] is var (then, place) && then <= time)
            {
                return place;
            }
        }

        return _places[(_added - kept) % Count].Place;
    }
}
