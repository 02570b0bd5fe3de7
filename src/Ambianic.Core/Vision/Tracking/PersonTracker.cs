namespace Ambianic.Core.Vision.Tracking;

/// <summary>
/// Gives persons the same id from sample to sample. Certain detections are matched first, then what is left of the tracks with
/// the uncertain ones, so that a person who sinks to the floor is not lost when its score sinks too (the idea of Y. Zhang et al.,
/// "ByteTrack: Multi-Object Tracking by Associating Every Detection Box", ECCV 2022). Matching is by distance from where the
/// person is expected and by size, not by overlap: a falling body leaves its former box between two samples.
/// </summary>
/// <remarks>Not safe for several threads. Times must increase from call to call.</remarks>
/// <param name="rule">What counts.</param>
internal sealed class PersonTracker(TrackingRule rule)
{
    private readonly List<Track> _tracks = [];
    private readonly Assignment _assignment = new();
    private int _lastId;

    /// <summary>All persons being followed, seen or hidden, oldest first.</summary>
    public IReadOnlyList<Track> Tracks => _tracks;

    /// <summary>Drops everybody whom <paramref name="keep"/> does not want: the picture has nothing to do with the one before.</summary>
    public void Reset(Predicate<Track> keep) => _tracks.RemoveAll(track => !keep(track));

    /// <summary>Follows somebody who was followed elsewhere.</summary>
    /// <param name="id">Its number there.</param>
    /// <param name="body">As last seen.</param>
    /// <param name="time">Before that of the next sample.</param>
    public Track Resume(int id, Body body, TimeSpan time)
    {
        var track = new Track(id, body, time, rule);
        _lastId = Math.Max(_lastId, id);
        _tracks.Add(track);
        return track;
    }

    /// <summary>Takes the next sample.</summary>
    /// <param name="time">Later than that of the sample before.</param>
    /// <param name="bodies">Everybody found in it, in any order, duplicates allowed.</param>
    public void Update(TimeSpan time, IReadOnlyList<Body> bodies)
    {
        _tracks.RemoveAll(track => time - track.LastSeen > track.Patience);
        foreach (var track in _tracks)
        {
            track.Predict(time);
        }

        var (certain, uncertain) = Split(bodies);
        Match(_tracks, certain, time);
        Match([.. _tracks.Where(track => !track.IsSeen)], uncertain, time);
        foreach (var body in certain)
        {
            _tracks.Add(new Track(++_lastId, body, time, rule));
        }
    }

    private (List<Body> Certain, List<Body> Uncertain) Split(IReadOnlyList<Body> bodies)
    {
        List<Body> certain = [], uncertain = [];
        foreach (var body in bodies.OrderByDescending(body => body.Score))
        {
            if (!certain.Concat(uncertain).Any(better => better.Box.IoU(body.Box) > rule.DuplicateOverlap))
            {
                (body.Score >= rule.StartScore ? certain : uncertain).Add(body);
            }
        }

        return (certain, uncertain);
    }

    /// <summary>Updates tracks with the bodies that belong to them and takes those out of the list.</summary>
    private void Match(List<Track> tracks, List<Body> bodies, TimeSpan time)
    {
        if (tracks.Count == 0 || bodies.Count == 0)
        {
            return;
        }

        _assignment.Begin(tracks.Count, bodies.Count);
        for (var row = 0; row < tracks.Count; row++)
        {
            for (var column = 0; column < bodies.Count; column++)
            {
                _assignment[row, column] = Cost(tracks[row], bodies[column], time);
            }
        }

        var columns = _assignment.Solve(1).ToArray();
        for (var row = 0; row < columns.Length; row++)
        {
            if (columns[row] >= 0)
            {
                tracks[row].Update(bodies[columns[row]], time);
            }
        }

        foreach (var column in columns.Where(column => column >= 0).OrderDescending())
        {
            bodies.RemoveAt(column);
        }
    }

    /// <summary>Below 1 the body may be the person: 0 is exactly where and as large as expected.</summary>
    private double Cost(Track track, Body body, TimeSpan time)
    {
        var size = (track.Size + body.Size) / 2;
        var distance = Distance(Track.Centre(body), track.Expected) / size;
        if (track.IsFalling && track.IsLost && body.IsWide)
        {
            // Lies where it was last seen: the floor has stopped it.
            distance = Math.Min(distance, Distance(Track.Centre(body), Track.Centre(track.Body)) / size);
        }

        var growth = Math.Abs(Math.Log(body.Size / track.Size));

        // Somebody who lies has not moved while unseen: a person who appears further away is a visitor. So is somebody upright who
        // appears between two samples.
        var unseen = (time - track.LastSeen).TotalSeconds;
        var isSomebodyElse = track.IsLying && (track.IsLost ? !body.IsWide : body.IsSlender(rule.SlenderAspect));
        var staysThere = isSomebodyElse || (track.IsLying && unseen > rule.LyingLostSeconds);
        var gate = staysThere ? rule.LyingGate : Math.Min(rule.MaximumGate, rule.Gate + (rule.GateGrowth * unseen));
        return (distance / gate) + (rule.GrowthCost * growth);
    }

    private static double Distance((double X, double Y) a, (double X, double Y) b) =>
        Math.Sqrt(((a.X - b.X) * (a.X - b.X)) + ((a.Y - b.Y) * (a.Y - b.Y)));
}
