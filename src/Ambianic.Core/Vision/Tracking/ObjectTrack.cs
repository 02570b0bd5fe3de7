using Ambianic.Core.Frames;

namespace Ambianic.Core.Vision.Tracking;

/// <summary>One object followed over samples.</summary>
internal sealed class ObjectTrack
{
    private readonly ObjectTrackingRule _rule;
    private readonly LabelVotes _votes = new();
    private readonly RecentPlaces _recent = new();
    private PlaceFilter _filter;
    private PlaceFilter _filterWhenSeen;
    private Standstill _standstill;
    private TimeSpan _predictedAt;
    private Place _last;
    private bool _isLost;
    private TimeSpan _missedAt;
    private PlaceMemory? _memory;

    public ObjectTrack(int id, Detection detection, in Place place, TimeSpan time, ObjectTrackingRule rule)
    {
        _rule = rule;
        Id = id;
        FirstSeen = _predictedAt = time;
        Confidence = detection.Confidence;
        _filter = new PlaceFilter(place, rule);
        _standstill = new Standstill(place, time, rule);
        Take(detection, place, time);
    }

    /// <summary>Unique within a run of the pipeline, from 1.</summary>
    public int Id { get; }

    /// <summary>When it appeared.</summary>
    public TimeSpan FirstSeen { get; }

    /// <summary>When it was last found in the picture.</summary>
    public TimeSpan LastSeen { get; private set; }

    /// <summary>When it was last found, or its place last looked as it does with it.</summary>
    public TimeSpan LastThere { get; private set; }

    /// <summary>How long it is kept after <see cref="LastThere"/>. False detections are mostly alone.</summary>
    public TimeSpan Patience => TimeSpan.FromSeconds(
        Sightings == 1 ? Math.Min(_rule.FirstPatienceSeconds, _rule.PatienceSeconds)
        : _standstill.IsAtPlace ? Math.Max(_rule.StationaryPatienceSeconds, _rule.PatienceSeconds)
        : _rule.PatienceSeconds);

    /// <summary>True when the last sample showed it.</summary>
    public bool IsSeen { get; private set; }

    /// <summary>Samples that showed it.</summary>
    public int Sightings { get; private set; }

    /// <summary>What it was taken for most.</summary>
    public string Label => _votes.Winner;

    /// <summary>How certain its detections were of late, 0 to 1.</summary>
    public float Confidence { get; private set; }

    /// <summary>Where it was last seen, relative to the picture.</summary>
    public Box Box { get; private set; }

    /// <summary>True when it has stayed where it is for long, like a parked car.</summary>
    public bool IsStationary => _standstill.IsStationary;

    /// <summary>How fast it moves, in sizes of its box a second.</summary>
    public double Speed => IsStationary ? 0 : _filter.Speed;

    /// <summary>Goes ahead to the next sample.</summary>
    public void Predict(TimeSpan time)
    {
        var seconds = (time - _predictedAt).TotalSeconds;
        _predictedAt = time;
        _isLost = !IsSeen;
        _missedAt = IsSeen ? time : _missedAt;
        _filter.Predict(seconds, _isLost);
        IsSeen = false;
    }

    /// <summary>Below 1 the detection may be the object: 0 is exactly where, as large as and what it is expected to be.</summary>
    public double Cost(Detection detection, in Place place, TimeSpan time)
    {
        var unseen = Math.Min(_rule.PatienceSeconds, (time - _missedAt).TotalSeconds);
        var cost = _standstill.IsAtPlace ? Math.Min(CostFrom(_standstill.Place, place), CostOfMove(place, unseen)) : CostOfMove(place, unseen);
        cost += _votes.Has(detection.Label) ? 0 : _rule.LabelCost;
        return cost + (_rule.UnseenCost * unseen);
    }

    /// <summary>The same for an uncertain detection: one of something that was seen a moment ago.</summary>
    public double CostOfUncertain(Detection detection, in Place place, TimeSpan time) =>
        (time - LastSeen).TotalSeconds > _rule.UncertainSeconds && !_standstill.IsAtPlace ? ObjectTracker.Never : Cost(detection, place, time);

    /// <summary>The same for an object that is where it was last seen.</summary>
    public double CostOfStop(Detection detection, in Place place) =>
        CostFrom(_last, place) + (_votes.Has(detection.Label) ? 0 : _rule.LabelCost);

    /// <summary>Takes the detection that shows it.</summary>
    public void Update(Detection detection, in Place place, TimeSpan time)
    {
        var seconds = (time - LastSeen).TotalSeconds;
        var steps = (int)Math.Round(seconds / _rule.FillSeconds);
        if (_isLost && steps > 1)
        {
            Fill(place, seconds, steps);
        }
        else
        {
            _filter.Correct(place);
        }

        _standstill.Observe(place, time);
        Confidence += (float)(1 - Math.Exp(-seconds / _rule.ConfidenceSeconds)) * (detection.Confidence - Confidence);
        Take(detection, place, time);
    }

    /// <summary>Looks whether a stationary object that is not found is there nevertheless.</summary>
    public void LookAtPlace(TimeSpan time, Frame frame, SceneLight light)
    {
        _memory ??= new PlaceMemory();
        if (IsSeen)
        {
            _memory.Remember(frame, _standstill.Place.RelativeTo((double)frame.Width / frame.Height));
        }
        else if (_standstill.IsAtPlace && _memory.IsUnchanged(frame, light) && time - LastSeen < TimeSpan.FromHours(_rule.UnseenHours))
        {
            LastThere = time;
        }
    }

    /// <summary>
    /// Goes from where it was last seen to where it was found again in equal steps, so that what was expected of it meanwhile does not
    /// lead it astray (observation-centric re-update).
    /// </summary>
    private void Fill(in Place place, double seconds, int steps)
    {
        _filter = _filterWhenSeen;
        for (var step = 1; step <= steps; step++)
        {
            _filter.Predict(seconds / steps, isLost: false);
            _filter.Correct(_last.Towards(place, (double)step / steps));
        }
    }

    private void Take(Detection detection, in Place place, TimeSpan time)
    {
        _votes.Add(detection.Label, detection.Confidence);
        _recent.Add(time, place);
        _filterWhenSeen = _filter;
        (_last, Box, LastSeen, LastThere, IsSeen) = (place, detection.Box, time, time, true);
        Sightings++;
    }

    private double CostOfMove(in Place place, double unseen) => _filter.Deviation(place) > _rule.Gate
        ? ObjectTracker.Never
        : CostFrom(_filter.Expected, place, 1 + (_rule.UnseenReach * unseen)) + (_rule.TurnCost * Turn(place));

    private double CostFrom(in Place expected, in Place place, double reach = 1) =>
        (_rule.DistanceCost * expected.DistanceTo(place) / reach) + (_rule.SizeCost * expected.GrowthTo(place));

    /// <summary>How far the detection is out of the direction in which the object moved, 0 to 1; 0 when it had none.</summary>
    private double Turn(in Place place)
    {
        var from = _recent.At(LastSeen - TimeSpan.FromSeconds(_rule.DirectionSeconds));
        if (from.DistanceTo(_last) < _rule.DirectionDistance)
        {
            return 0;
        }

        var before = Math.Atan2(_last.Y - from.Y, _last.X - from.X);
        var now = Math.Atan2(place.Y - from.Y, place.X - from.X);
        return Math.Abs(Math.IEEERemainder(now - before, 2 * Math.PI)) / Math.PI;
    }
}
