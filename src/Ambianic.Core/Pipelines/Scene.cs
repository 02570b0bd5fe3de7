using Ambianic.Core.Frames;
using Ambianic.Core.Vision;
using Ambianic.Core.Vision.Falls;
using Ambianic.Core.Vision.Motion;

namespace Ambianic.Core.Pipelines;

/// <summary>
/// What a pipeline sees now, for those who show it. Outlives every recreation of the pipeline. Costs the pipeline the copy of each
/// frame into a buffer that stays; nothing is allocated. Safe to use from several threads.
/// </summary>
public sealed class Scene
{
    /// <summary>A count holds for at least this long and at most twice as long: detections come and go between two frames, things do not.</summary>
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(3);

    private readonly Lock _gate = new();
    private readonly FramePool _pool;
    private readonly TimeProvider _time;
    private readonly List<(string Label, int Place, int Count)> _current = []; // of the frame that is being looked at
    private readonly Dictionary<string, (int Now, int Before)> _counts = new(StringComparer.Ordinal);
    private long _windowAt;
    private long _samples;
    private long _ticks;
    private readonly long[] _looks = new long[Enum.GetValues<LookReason>().Length];
    private volatile LookReason _reason;
    private volatile bool _isPersonFollowed;
    private readonly LatestPicture _picture = new();
    private readonly List<(IReadOnlyList<Detection> Detections, Box? Region)> _found = []; // in the frame that is being looked at

    internal Scene(FramePool pool, TimeProvider time) => (_pool, _time, _windowAt) = (pool, time, time.GetTimestamp());

    /// <summary>
    /// Labels that were ever seen, and how many of each were found in one frame of the last seconds: the most that one element found in
    /// one frame. Reports of falls do not count.
    /// </summary>
    public IReadOnlyDictionary<string, int> Counts
    {
        get
        {
            lock (_gate)
            {
                Turn();
                return _counts.ToDictionary(count => count.Key, count => Math.Max(count.Value.Now, count.Value.Before), StringComparer.Ordinal);
            }
        }
    }

    /// <summary>Frames that all elements have looked at, and the time that this took.</summary>
    public (long Samples, TimeSpan Time) Work => (Interlocked.Read(ref _samples), TimeSpan.FromTicks(Interlocked.Read(ref _ticks)));

    /// <summary>Why the model looked at the latest frame, or did not.</summary>
    public LookReason Reason => _reason;

    /// <summary>True while <c>detect_falls</c> follows somebody: every frame is looked at.</summary>
    public bool IsPersonFollowed => _isPersonFollowed;

    /// <summary>Frames for which this was the reason to look, or not.</summary>
    public long Looks(LookReason reason) => Interlocked.Read(ref _looks[(int)reason]);

    /// <summary>Number of the newest picture: it grows with each, until the program ends; 0 when there is none.</summary>
    public long Number => _picture.Number;

    /// <summary>
    /// A copy of the newest frame that all elements have looked at and that is not damaged, and what they detected in it. The caller disposes it.
    /// </summary>
    /// <param name="after">Only one with a greater number.</param>
    /// <returns>Null when there is none: the pipeline has shown nothing yet, or has stopped. A pipeline that is stuck keeps its last one.</returns>
    public ScenePicture? Newest(long after = 0) => _picture.Copy(_pool, after);

    /// <summary>Completes when there is a picture with a greater number.</summary>
    public Task NextAsync(long after, CancellationToken cancellation) => _picture.After(after, cancellation);

    /// <summary>The pipeline has stopped: what it saw last is shown no more.</summary>
    internal void Clear() => _picture.Clear();

    /// <summary>It was decided whether a model looks at a frame.</summary>
    internal void Decided(LookReason reason)
    {
        _reason = reason;
        Interlocked.Increment(ref _looks[(int)reason]);
    }

    /// <summary>Somebody is followed, or nobody.</summary>
    internal void FollowPerson(bool isFollowed) => _isPersonFollowed = isFollowed;

    /// <summary>The elements begin to look at a frame.</summary>
    internal void Begin()
    {
        lock (_gate)
        {
            _picture.Begin();
            _current.Clear();
            _found.Clear();
        }
    }

    /// <summary>A sample has come to a place in the chain.</summary>
    internal void Pass(Sample sample, int place)
    {
        if (sample.Detections.Count == 0)
        {
            return;
        }

        lock (_gate)
        {
            if (_found.Count == 0 || !ReferenceEquals(_found[^1].Detections, sample.Detections))
            {
                _found.Add((sample.Detections, sample.Region));
            }

            for (var i = 0; i < sample.Detections.Count; i++)
            {
                if (sample.Detections[i].Fall is null)
                {
                    Count(sample.Detections[i].Label, place);
                }
            }
        }
    }

    /// <summary>A sample has come to the end of the chain.</summary>
    internal void Arrive(Sample sample, int place)
    {
        Pass(sample, place);
        if (sample.Frame.Damage != PictureDamage.Damaged)
        {
            lock (_gate)
            {
                _picture.Keep(sample.Frame, _found); // a call that was abandoned may come here too
            }
        }
    }

    /// <summary>The elements have looked at a frame.</summary>
    internal void End(TimeSpan took)
    {
        Interlocked.Increment(ref _samples);
        Interlocked.Add(ref _ticks, took.Ticks);
        lock (_gate)
        {
            Turn();
            foreach (var (label, _, count) in _current)
            {
                var held = _counts.GetValueOrDefault(label);
                _counts[label] = held with { Now = Math.Max(held.Now, count) };
            }

            _current.Clear();
        }
    }

    private void Count(string label, int place)
    {
        for (var i = 0; i < _current.Count; i++)
        {
            if (_current[i].Place == place && _current[i].Label == label)
            {
                _current[i] = (label, place, _current[i].Count + 1);
                return;
            }
        }

        _current.Add((label, place, 1));
    }

    private void Turn()
    {
        var elapsed = _time.GetElapsedTime(_windowAt);
        if (elapsed < Window)
        {
            return;
        }

        _windowAt = _time.GetTimestamp();
        foreach (var (label, count) in _counts)
        {
            _counts[label] = (0, elapsed < 2 * Window ? count.Now : 0);
        }
    }
}
