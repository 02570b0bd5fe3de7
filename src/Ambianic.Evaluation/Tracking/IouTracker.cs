using Ambianic.Core.Vision;

namespace Ambianic.Evaluation.Tracking;

/// <summary>
/// The simplest tracker, to compare with: a detection is the object whose last box it overlaps most, by at least .3 (E. Bochinski et
/// al., "High-Speed Tracking-by-Detection Without Using Image Information", AVSS 2017), and an object is forgotten after a second.
/// </summary>
internal sealed class IouTracker
{
    private const float LeastOverlap = 0.3f;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private readonly List<(int Id, Box Box, TimeSpan Seen)> _tracks = [];
    private int _last;

    /// <summary>Takes the next sample.</summary>
    /// <returns>The number of each detection.</returns>
    public int[] Update(TimeSpan time, IReadOnlyList<Detection> found)
    {
        _tracks.RemoveAll(track => time - track.Seen > Patience);
        var ids = new int[found.Count];
        var pairs = from track in Enumerable.Range(0, _tracks.Count)
                    from detection in Enumerable.Range(0, found.Count)
                    let overlap = _tracks[track].Box.IoU(found[detection].Box)
                    where overlap >= LeastOverlap
                    orderby overlap descending
                    select (track, detection);
        var used = new HashSet<int>();
        foreach (var (track, detection) in pairs.ToList())
        {
            if (ids[detection] == 0 && used.Add(track))
            {
                ids[detection] = _tracks[track].Id;
                _tracks[track] = (ids[detection], found[detection].Box, time);
            }
        }

        for (var detection = 0; detection < found.Count; detection++)
        {
            if (ids[detection] == 0)
            {
                ids[detection] = ++_last;
                _tracks.Add((_last, found[detection].Box, time));
            }
        }

        return ids;
    }
}
