using Ambianic.Core.Frames;
using Ambianic.Core.Vision;

namespace Ambianic.Core.Pipelines;

/// <summary>
/// The newest whole picture of a pipeline and what was detected in it. Keeping one copies its pixels into a buffer that stays, and
/// allocates nothing; asking for it rents a frame. Safe to use from several threads.
/// </summary>
internal sealed class LatestPicture
{
    private readonly Lock _gate = new();
    private readonly List<(IReadOnlyList<Detection> Detections, Box? Region)> _found = [];
    private byte[] _pixels = [];
    private (int Width, int Height, PixelFormat Format, DateTimeOffset At) _shape;
    private Frame? _kept;
    private bool _isEmpty = true;
    private long _number;
    private TaskCompletionSource? _next;

    /// <summary>Number of the newest picture: one more for each, from 1, over all connections; 0 when there is none.</summary>
    public long Number
    {
        get
        {
            lock (_gate)
            {
                return _isEmpty ? 0 : _number;
            }
        }
    }

    /// <summary>Another frame is being looked at: it is no part of the picture that is kept.</summary>
    public void Begin() => _kept = null;

    /// <summary>Keeps a frame. Of several samples of one frame the pixels are copied once.</summary>
    /// <param name="frame">Borrowed.</param>
    /// <param name="found">What was detected in it so far, relative to the regions.</param>
    public void Keep(Frame frame, List<(IReadOnlyList<Detection> Detections, Box? Region)> found)
    {
        TaskCompletionSource? next;
        lock (_gate)
        {
            if (!ReferenceEquals(_kept, frame))
            {
                var source = frame.Buffer.Span;
                _pixels = _pixels.Length == source.Length ? _pixels : GC.AllocateUninitializedArray<byte>(source.Length);
                source.CopyTo(_pixels);
                _shape = (frame.Width, frame.Height, frame.Format, frame.CapturedAt);
                (_kept, _isEmpty) = (frame, false);
                _number++;
            }

            _found.Clear();
            _found.AddRange(found);
            (next, _next) = (_next, null);
        }

        next?.TrySetResult();
    }

    /// <summary>A copy of the newest picture, which the caller owns; null when there is none with a greater number.</summary>
    public ScenePicture? Copy(FramePool pool, long after)
    {
        lock (_gate)
        {
            if (_isEmpty || _number <= after)
            {
                return null;
            }

            var frame = pool.Rent(_shape.Width, _shape.Height, _shape.Format, _number, _shape.At);
            _pixels.CopyTo(frame.Buffer);
            return new ScenePicture(_number, frame, Found());
        }
    }

    /// <summary>Completes when there is a picture with a greater number.</summary>
    public Task After(long number, CancellationToken cancellation)
    {
        lock (_gate)
        {
            if (!_isEmpty && _number > number)
            {
                return Task.CompletedTask;
            }

            _next ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _next.Task.WaitAsync(cancellation);
        }
    }

    /// <summary>The pipeline has stopped: what it saw last is not shown any more.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            (_pixels, _kept, _isEmpty) = ([], null, true);
            _found.Clear();
        }
    }

    private List<Detection> Found() =>
        [.. _found.SelectMany(found => found.Detections.Select(detection => found.Region is { } region ? detection.Within(region) : detection)).Distinct()];
}
