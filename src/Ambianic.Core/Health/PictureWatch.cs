using Ambianic.Frames;

namespace Ambianic.Health;

/// <summary>Whether what a camera shows can be a view of a room.</summary>
public enum PictureState
{
    /// <summary>It moves, or it does not move for a short while only.</summary>
    Good,

    /// <summary>For a minute every picture has been exactly the same: a camera's noise alone would change it.</summary>
    Frozen,

    /// <summary>Dark all over for ten seconds.</summary>
    Black,

    /// <summary>One colour all over for ten seconds: something is before the lens, or the camera shows an empty picture.</summary>
    Covered,
}

/// <summary>Looks whether a camera that gives frames also sees something. Costs a few microseconds a second.</summary>
/// <remarks>One thread at a time shows frames; the state may be read from any.</remarks>
public sealed class PictureWatch(TimeProvider time)
{
    private const int Samples = 1024;

    /// <summary>Limited-range black is 16 and sensors are noisy; a dim room at night has bright spots, which the spread shows.</summary>
    private const double DarkMean = 28;
    private const double FlatSpread = 3;

    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FrozenAfter = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan FlatAfter = TimeSpan.FromSeconds(10);

    private long _seenAt;
    private long _changedAt;
    private long _textureAt;
    private ulong _last;
    private long _since;
    private long _connectedAt;
    private volatile bool _connects = true;
    private volatile PictureState _state;

    /// <summary>How long a camera has to be looked at until it is certain that it is not so.</summary>
    public static TimeSpan TimeToNotice(Sight sight) => sight switch
    {
        Sight.Frozen => FrozenAfter,
        Sight.Black or Sight.Covered => FlatAfter,
        _ => TimeSpan.Zero,
    };

    /// <summary>What the last frames were like.</summary>
    public PictureState State => _state;

    /// <summary>For how long they have been so; also the time before that was certain. Zero while they are good.</summary>
    public TimeSpan Lasts => _state == PictureState.Good ? TimeSpan.Zero : time.GetElapsedTime(Volatile.Read(ref _since));

    /// <summary>
    /// The next frame is of a new connection. What was good has to show anew that it is not; what was not is so still when it
    /// looks as before, but nothing is said of the time between.
    /// </summary>
    public void Connect() => _connects = true;

    /// <summary>Shows a frame, which is only read; more than one a second is not looked at.</summary>
    public void See(Frame frame)
    {
        var now = time.GetTimestamp();
        if (!_connects && time.GetElapsedTime(_seenAt, now) < Pace)
        {
            return;
        }

        if (_connects)
        {
            _connects = false;
            _connectedAt = now;
            (_changedAt, _textureAt) = _state == PictureState.Good ? (now, now) : (_changedAt, _textureAt);
        }

        _seenAt = now;
        var (print, mean, spread) = Measure(frame);
        _changedAt = print == _last ? _changedAt : now;
        _textureAt = spread < FlatSpread ? _textureAt : now;
        _last = print;
        var isFlat = time.GetElapsedTime(_textureAt, now) >= FlatAfter;
        Volatile.Write(ref _since, Math.Max(_connectedAt, isFlat ? _textureAt : _changedAt));
        _state = isFlat ? mean < DarkMean ? PictureState.Black : PictureState.Covered
            : time.GetElapsedTime(_changedAt, now) >= FrozenAfter ? PictureState.Frozen
            : PictureState.Good;
    }

    /// <summary>A fingerprint (FNV-1a, 64 bits), mean and standard deviation of bytes spread over the first plane.</summary>
    private static (ulong Print, double Mean, double Spread) Measure(Frame frame)
    {
        var plane = frame.Plane(0);
        var step = Math.Max(1, plane.Length / Samples) | 1; // odd, so that it does not stay in one column
        var print = 14695981039346656037UL;
        long sum = 0, squares = 0;
        var count = 0;
        for (var i = 0; i < plane.Length; i += step, count++)
        {
            var value = plane[i];
            print = (print ^ value) * 1099511628211UL;
            if (frame.Format == PixelFormat.I420 || i % 4 != 3) // an opaque alpha tells nothing
            {
                sum += value;
                squares += value * value;
            }
            else
            {
                count--;
            }
        }

        var mean = (double)sum / Math.Max(1, count);
        return (print, mean, Math.Sqrt(Math.Max(0, ((double)squares / Math.Max(1, count)) - (mean * mean))));
    }
}
