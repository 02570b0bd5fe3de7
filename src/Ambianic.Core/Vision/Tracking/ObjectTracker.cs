using Ambianic.Core.Frames;

namespace Ambianic.Core.Vision.Tracking;

/// <summary>
/// Gives objects the same number from sample to sample. Certain detections are matched first and then, with what is left of the
/// tracks, uncertain ones (Y. Zhang et al., "ByteTrack: Multi-Object Tracking by Associating Every Detection Box", ECCV 2022).
/// Direction of movement counts, an object found again gets the path between, and one that stopped is found where it was last seen
/// (J. Cao et al., "Observation-Centric SORT: Rethinking SORT for Robust Multi-Object Tracking", CVPR 2023). Places are compared by
/// distance and not by overlap: at two samples a second somebody who walks leaves their former box.
/// </summary>
/// <remarks>Not safe for several threads. Allocates only for new objects and to grow.</remarks>
/// <param name="rule">What counts.</param>
/// <param name="nextId">Gives the number of a new track.</param>
internal sealed class ObjectTracker(ObjectTrackingRule rule, Func<int> nextId)
{
    /// <summary>A cost that no pair may have.</summary>
    public const double Never = 1000;

    private readonly List<ObjectTrack> _tracks = [];
    private readonly List<ObjectTrack> _rows = [];
    private readonly List<int> _open = [];
    private readonly Assignment _assignment = new();
    private readonly SceneLight _light = new();
    private Place[] _places = [];
    private int[] _ids = [];

    private delegate double Costs(ObjectTrack track, Detection detection, in Place place, TimeSpan time);

    /// <summary>What counts.</summary>
    public ObjectTrackingRule Rule => rule;

    /// <summary>All objects being followed, seen or hidden, oldest first. Changed by each call of <see cref="Update"/>.</summary>
    public IReadOnlyList<ObjectTrack> Tracks => _tracks;

    /// <summary>Takes the next sample.</summary>
    /// <param name="time">Later than that of the sample before.</param>
    /// <param name="frame">The picture, borrowed: whether a parked car that is not found is still there.</param>
    /// <param name="found">Detections relative to the picture, most confident first.</param>
    /// <param name="certain">A detection as confident as this starts a track, 0 to 1.</param>
    /// <returns>For each detection the number of its track, or 0 when it belongs to none; valid until the next call.</returns>
    public ReadOnlySpan<int> Update(TimeSpan time, Frame frame, IReadOnlyList<Detection> found, float certain)
    {
        foreach (var track in _tracks)
        {
            track.Predict(time);
        }

        Read(found, (double)frame.Width / frame.Height);
        var sure = 0;
        while (sure < found.Count && found[sure].Confidence >= certain)
        {
            sure++;
        }

        Collect(found, 0, sure);
        Match(found, time, static (track, detection, in place, time) => track.Cost(detection, place, time), 1);
        Match(found, time, static (track, detection, in place, _) => track.CostOfStop(detection, place), rule.StoppedLimit);
        Begin(found, time);
        Collect(found, sure, found.Count);
        Match(found, time, static (track, detection, in place, time) => track.CostOfUncertain(detection, place, time), rule.UncertainLimit);
        NumberDuplicates(found.Count);
        LookAtPlaces(time, frame);
        Forget(time);
        return _ids.AsSpan(0, found.Count);
    }

    private void Read(IReadOnlyList<Detection> found, double aspect)
    {
        if (_places.Length < found.Count)
        {
            _places = new Place[2 * found.Count];
            _ids = new int[2 * found.Count];
        }

        for (var i = 0; i < found.Count; i++)
        {
            (_places[i], _ids[i]) = (Place.Of(found[i].Box, aspect), 0);
        }
    }

    /// <summary>Makes those detections open that are not another label of a more confident one; these are marked with its index.</summary>
    private void Collect(IReadOnlyList<Detection> found, int from, int to)
    {
        _open.Clear();
        for (var i = from; i < to; i++)
        {
            var better = 0;
            while (better < i && (_ids[better] < 0 || found[better].Box.IoU(found[i].Box) < rule.DuplicateOverlap))
            {
                better++;
            }

            if (better < i)
            {
                _ids[i] = -1 - better;
            }
            else
            {
                _open.Add(i);
            }
        }
    }

    /// <summary>Gives open detections to tracks that have none yet.</summary>
    private void Match(IReadOnlyList<Detection> found, TimeSpan time, Costs costs, double limit)
    {
        _rows.Clear();
        foreach (var track in _tracks)
        {
            if (!track.IsSeen)
            {
                _rows.Add(track);
            }
        }

        if (_rows.Count == 0 || _open.Count == 0)
        {
            return;
        }

        _assignment.Begin(_rows.Count, _open.Count);
        for (var row = 0; row < _rows.Count; row++)
        {
            for (var column = 0; column < _open.Count; column++)
            {
                _assignment[row, column] = costs(_rows[row], found[_open[column]], _places[_open[column]], time);
            }
        }

        var columns = _assignment.Solve(limit);
        for (var row = 0; row < columns.Length; row++)
        {
            if (columns[row] >= 0)
            {
                var index = _open[columns[row]];
                _rows[row].Update(found[index], _places[index], time);
                _ids[index] = _rows[row].Id;
            }
        }

        for (var i = _open.Count - 1; i >= 0; i--)
        {
            if (_ids[_open[i]] != 0)
            {
                _open.RemoveAt(i);
            }
        }
    }

    /// <summary>Begins a track for each detection that is left.</summary>
    private void Begin(IReadOnlyList<Detection> found, TimeSpan time)
    {
        foreach (var index in _open)
        {
            var track = new ObjectTrack(nextId(), found[index], _places[index], time, rule);
            _tracks.Add(track);
            _ids[index] = track.Id;
        }
    }

    private void NumberDuplicates(int count)
    {
        for (var i = 0; i < count; i++)
        {
            _ids[i] = _ids[i] < 0 ? _ids[-1 - _ids[i]] : _ids[i];
        }
    }

    private void LookAtPlaces(TimeSpan time, Frame frame)
    {
        _light.Observe(time, frame);
        foreach (var track in _tracks)
        {
            if (track.IsStationary)
            {
                track.LookAtPlace(time, frame, _light);
            }
        }
    }

    private void Forget(TimeSpan time)
    {
        for (var i = _tracks.Count - 1; i >= 0; i--)
        {
            if (time - _tracks[i].LastThere > _tracks[i].Patience)
            {
                _tracks.RemoveAt(i);
            }
        }
    }
}
