using Ambianic.Core.Frames;
using Ambianic.Core.Vision.Falls;
using Ambianic.Core.Vision.Motion;

namespace Ambianic.Core.Pipelines;

/// <summary>
/// What a pipeline sees now, for those who show it. Outlives every recreation of the pipeline. What is asked of it costs the pipeline
/// nothing but the copy of a frame. Safe to use from several threads.
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
    private volatile bool _isFrameWanted;
    private Frame? _frame;

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

    /// <summary>Asks for a copy of the next frame that all elements have looked at and that is not damaged.</summary>
    public void AskForFrame() => _isFrameWanted = true;

    /// <summary>Hands over the copy that was asked for; null while it has not come. The caller owns it. With <c>skeleton_only</c> it shows no person.</summary>
    public Frame? TakeFrame()
    {
        lock (_gate)
        {
            var frame = _frame;
            _frame = null;
            return frame;
        }
    }

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
            _current.Clear();
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
        if (_isFrameWanted && sample.Frame.Damage != PictureDamage.Damaged)
        {
            Copy(sample.Frame);
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

    private void Copy(Frame frame)
    {
        var copy = _pool.Rent(frame.Width, frame.Height, frame.Format, frame.Sequence, frame.CapturedAt, frame.Position, frame.Damage);
        frame.Buffer.CopyTo(copy.Buffer);
        lock (_gate)
        {
            _frame?.Dispose();
            _frame = copy;
            _isFrameWanted = false;
        }
    }
}
