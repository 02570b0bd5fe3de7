using Ambianic.Core.Vision.Tracking;

namespace Ambianic.Core.Visits;

/// <summary>A visit that goes on, or whose last pictures are not stored yet.</summary>
/// <param name="pipeline">Of the visit.</param>
/// <param name="source">Of the visit.</param>
/// <param name="track">The object.</param>
/// <param name="start">When it was first seen.</param>
internal sealed class OpenVisit(string pipeline, string source, ObjectTrack track, DateTimeOffset start)
{
    private readonly string _id = Guid.NewGuid().ToString("N");
    private readonly VisitPath _path = new();
    private readonly List<VisitPicture> _pictures = [];
    private readonly TimeSpan _begin = track.LastSeen;
    private TimeSpan _last = track.LastSeen;
    private double _stationary;
    private double _moving;
    private double _distance;
    private float _confidence;
    private TimeSpan _storedAt = track.LastSeen;
    private bool _isUrgent = true;
    private bool _isChanged = true;

    /// <summary>Number of the object.</summary>
    public int TrackId { get; } = track.Id;

    /// <summary>Pictures that are to be stored.</summary>
    public int Waiting { get; set; }

    /// <summary>True when the object is gone.</summary>
    public bool IsOver { get; private set; }

    /// <summary>When it last got a picture, in the time of its track.</summary>
    public TimeSpan PicturedAt { get; set; } = track.LastSeen;

    /// <summary>When it last stood still, in the same time; before the visit when it never did.</summary>
    public TimeSpan StoodAt { get; private set; } = TimeSpan.MinValue;

    /// <summary>The best picture since then.</summary>
    public Candidate? Best { get; set; }

    /// <summary>The latest picture.</summary>
    public Candidate? Latest { get; set; }

    /// <summary>How well the best stored picture shows it.</summary>
    public float BestScore { get; set; }

    /// <summary>True when the object has stood still for most of the time.</summary>
    public bool WasStationary => _stationary > _moving;

    /// <summary>Takes a sample that shows the object.</summary>
    public void See()
    {
        var seconds = Math.Max(0, (track.LastSeen - _last).TotalSeconds);
        if (track.IsStationary)
        {
            _stationary += seconds;
            StoodAt = track.LastSeen;
        }
        else
        {
            _moving += seconds;
            _distance += seconds * track.Speed;
        }

        _last = track.LastSeen;
        _confidence = MathF.Max(_confidence, track.Confidence);
        _path.Add((track.LastSeen - _begin).TotalSeconds, track.Box);
        _isChanged = true;
    }

    /// <summary>The object is gone.</summary>
    public void End() => IsOver = _isChanged = _isUrgent = true;

    /// <summary>A picture that was waited for was stored, or given up.</summary>
    public void Settle()
    {
        Waiting--;
        _isChanged = _isUrgent = true;
    }

    /// <summary>It has one more picture.</summary>
    public void Add(VisitPicture picture)
    {
        if (_pictures.Exists(other => other.EventId == picture.EventId))
        {
            return;
        }

        _pictures.Add(picture);
        _isChanged = _isUrgent = true;
    }

    /// <summary>Takes what is to be stored: what has changed, at once when it has a new picture, began or ended, else now and then.</summary>
    /// <param name="every">While it moves.</param>
    /// <param name="stationaryEvery">While it stands still.</param>
    public Visit? TakeChange(TimeSpan every, TimeSpan stationaryEvery)
    {
        if (!_isChanged || !(_isUrgent || _last - _storedAt >= (track.IsStationary ? stationaryEvery : every)))
        {
            return null;
        }

        _isChanged = _isUrgent = false;
        _storedAt = _last;
        return ToVisit();
    }

    private Visit ToVisit() => new()
    {
        Id = _id,
        Pipeline = pipeline,
        Source = source,
        TrackId = TrackId,
        Start = start,
        End = start + (_last - _begin),
        IsOpen = !IsOver || Waiting > 0,
        Label = track.Label,
        Confidence = _confidence,
        StationarySeconds = Math.Round(_stationary, 1),
        Speed = (_moving > 0 ? _distance / _moving : 0) switch
        {
            < 0.3 => VisitSpeed.Still,
            < 1 => VisitSpeed.Slow,
            < 3 => VisitSpeed.Medium,
            _ => VisitSpeed.Fast,
        },
        Path = _path.Points,
        Pictures = [.. _pictures.OrderBy(picture => picture.At)],
    };

    /// <summary>A picture that may be stored.</summary>
    /// <param name="Kept">The picture, held.</param>
    /// <param name="Picture">Its place in the visit, without an event.</param>
    /// <param name="Time">When it was seen, in the time of the track.</param>
    internal sealed record Candidate(KeptPicture Kept, VisitPicture Picture, TimeSpan Time);
}
