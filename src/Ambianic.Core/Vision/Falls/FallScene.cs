using Ambianic.Core.Frames;
using Ambianic.Core.Vision.Falls.Rules;
using Ambianic.Core.Vision.Tracking;

namespace Ambianic.Core.Vision.Falls;

/// <summary>
/// Watches everybody that one camera sees. Time is that within the medium, so clocks may step; it goes on when the medium begins
/// anew, so that who has fallen is not forgotten with a connection.
/// </summary>
/// <param name="poses">Finds people and their poses.</param>
/// <param name="rule">What counts as a fall.</param>
/// <param name="restingZones">Where lying is normal, relative to the picture.</param>
/// <param name="recall">Asked at the first frame who lay there when this camera was last watched; null, or its null, is nobody.</param>
public sealed class FallScene(IPoseEstimator poses, FallRule rule, IReadOnlyList<Box> restingZones, Func<FallMemory?>? recall = null)
{
    private readonly PersonSearch _search = new(poses, rule);
    private readonly PersonTracker _tracker = new(rule.Tracking);
    private readonly SceneCut _cut = new(rule.Continuity);
    private readonly Dictionary<int, FallWatch> _watches = [];
    private readonly KnownLying _lying = new(rule.Lying);
    private readonly string _fingerprint = rule.Fingerprint();
    private TimeSpan? _last;
    private TimeSpan _before;

    /// <summary>Everybody being followed.</summary>
    public IReadOnlyList<Track> Tracks => _tracker.Tracks;

    /// <summary>Who lies after a report, as of the latest frame.</summary>
    public FallMemory Memory =>
        new(_last ?? default, [.. _tracker.Tracks.Select(track => _watches.GetValueOrDefault(track.Id)?.Save(track)).OfType<OpenFall>()]);

    /// <summary>
    /// Whether the person of a track is on their feet in the latest frame; null when they are not seen in it. Who appeared beside them at the moment
    /// in which they were lost is taken for them: the tracker does not believe that somebody who lies is on their feet at once.
    /// </summary>
    public bool? LooksUp(int track) =>
        _tracker.Tracks.FirstOrDefault(person => person.Id == track) is { } person
        && (person.IsSeen ? person : _tracker.Tracks.FirstOrDefault(other => other.IsSeen && TookOver(other, person))) is { } found
            ? _watches[found.Id].LooksUp
            : null;

    /// <summary>Takes the next frame.</summary>
    /// <param name="frame">Upright; borrowed until the call completes.</param>
    /// <param name="persons">Persons that an object detector found, relative to the frame; may be empty.</param>
    /// <param name="cancellation">Stops waiting for the model.</param>
    /// <returns>What there is to report; mostly nothing.</returns>
    /// <exception cref="InferenceException">The model could not be run.</exception>
    public async ValueTask<IReadOnlyList<PersonReport>> ObserveAsync(
        Frame frame, IReadOnlyList<Detection> persons, CancellationToken cancellation)
    {
        var aspect = (float)frame.Width / frame.Height;
        if (_last is null && recall?.Invoke() is { } memory)
        {
            Resume(memory, aspect);
        }

        var time = frame.Position + _before;
        var isStraggler = time <= _last && _last - time < TimeSpan.FromSeconds(rule.Continuity.RestartSeconds);
        if (isStraggler)
        {
            return [];
        }

        var reconnect = TimeSpan.FromSeconds(rule.Continuity.ReconnectSeconds);
        var longestGap = TimeSpan.FromSeconds(rule.Continuity.LongestGapSeconds);
        if (time < _last)
        {
            _before += _last.Value - time + reconnect;
            time = _last.Value + reconnect;
            Reset();
        }
        else if (_last is { } last && time - last > longestGap)
        {
            _before -= time - last - longestGap;
            time = last + longestGap;
            Reset();
        }
        else if (_cut.Observe(frame))
        {
            Reset();
        }

        _last = time;
        var bodies = await _search.FindAsync(frame, persons, _tracker.Tracks, time, cancellation);
        _tracker.Update(time, bodies);
        return Watch(time, aspect);
    }

    private void Resume(FallMemory memory, float aspect)
    {
        _last = memory.At;
        foreach (var fall in memory.Falls)
        {
            var watch = NewWatch(aspect);
            if (watch.Resume(fall, memory.At))
            {
                _watches[fall.Track] = watch;
                var track = _tracker.Resume(fall.Track, fall.Body, memory.At);
                (track.Patience, track.IsLying) = (watch.Patience, watch.IsLying);
            }
        }
    }

    private bool TookOver(Track track, Track lost) =>
        (track.FirstSeen - lost.LastSeen).Duration() <= TimeSpan.FromSeconds(rule.Continuity.TakeOverSeconds)
        && track.Body.DistanceTo(lost.Body) < MathF.Max(lost.Body.Box.Width, track.Body.Box.Height);

    private static bool IsAt(Body body, Body other) => body.DistanceTo(other) < MathF.Max(body.Size, other.Size);

    private FallWatch NewWatch(float aspect) => new(
        rule, [.. restingZones.Select(zone => zone with { XMin = zone.XMin * aspect, XMax = zone.XMax * aspect })], aspect);

    /// <summary>
    /// Who was falling where a body now lies that belongs to nobody: tracks are led astray by what looks like a person beside it, for
    /// pose models know people mostly upright.
    /// </summary>
    private FallWatch? FallingAt(Body body) => body.IsWide
        ? _tracker.Tracks
            .Where(track => track.IsFalling && IsAt(track.Body, body))
            .Select(track => _watches[track.Id])
            .FirstOrDefault()
        : null;

    /// <summary>What people did before says nothing about what they do now; but who lay on the floor still lies there.</summary>
    private void Reset() => _tracker.Reset(keep: track => _watches.TryGetValue(track.Id, out var watch) && watch.IsFallen);

    private List<PersonReport> Watch(TimeSpan time, float aspect)
    {
        List<PersonReport> reports = [];
        foreach (var track in _tracker.Tracks)
        {
            if (!_watches.TryGetValue(track.Id, out var watch))
            {
                _watches[track.Id] = watch = NewWatch(aspect);
                if (FallingAt(track.Body) is { } falling)
                {
                    watch.ShareDescent(falling, time);
                }
            }

            if (watch.Observe(track, time) is { } kind && _lying.TryReport(kind, track, time))
            {
                reports.Add(new PersonReport(kind, track.Body, new FallReport
                {
                    Track = track.Id,
                    State = watch.State,
                    LeaningAngle = watch.LeaningAngle,
                    DownSeconds = (time - watch.Evidence.DownAt).TotalSeconds,
                    Evidence = watch.Evidence,
                    Rule = rule,
                    RuleFingerprint = _fingerprint,
                }));
            }

            if (watch.IsStanding && track.IsSeen)
            {
                _lying.ObserveStanding(track, _tracker.Tracks.Where(other => other.IsLying));
            }

            track.Patience = watch.Patience;
            track.IsLying = watch.IsLying;
            track.IsFalling = watch.IsFalling;
        }

        foreach (var gone in _watches.Keys.Except(_tracker.Tracks.Select(track => track.Id)).ToList())
        {
            _watches.Remove(gone);
        }

        return reports;
    }
}
