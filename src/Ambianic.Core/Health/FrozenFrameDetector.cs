using Ambianic.Core.Frames;

namespace Ambianic.Core.Health;

/// <summary>Whether what a camera shows can be a view of a room.</summary>
public enum PictureState
{
    /// <summary>It shows something, and changes, be it by a sensor's noise alone.</summary>
    Good,

    /// <summary>For a minute the same few pictures came again and again, exactly: a camera's noise alone would change them.</summary>
    Frozen,

    /// <summary>For ten seconds nothing could be made out in it, and it is dark.</summary>
    Black,

    /// <summary>For ten seconds nothing could be made out in it but shade: something is before the lens, or the camera shows an empty picture.</summary>
    Covered,
}

/// <summary>Looks whether a camera that gives frames also sees something. Costs a fraction of a millisecond a second.</summary>
/// <remarks>One thread at a time shows frames; the state may be read from any.</remarks>
internal sealed class FrozenFrameDetector(TimeProvider time)
{
    /// <summary>Limited-range black is 16, and a sensor's noise lifts it.</summary>
    private const float DarkMean = 28;

    /// <summary>A frozen picture that is encoded at changing quality becomes a few, which differ by less than these levels of 255.</summary>
    private const float Alike = 3;
    private const int Versions = 8;

    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FrozenAfter = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan FlatAfter = TimeSpan.FromSeconds(10);

    /// <summary>A picture says no more of the time before it: a program or a camera that stood still saw nothing meanwhile.</summary>
    private static readonly TimeSpan LongestGap = TimeSpan.FromSeconds(5);

    private readonly FrameFeatures _features = new();
    private readonly ulong[] _prints = new ulong[Versions];
    private int _oldest;
    private long _seenAt;
    private long _changedAt;
    private long _textureAt;
    private long _since;
    private long _connectedAt;
    private volatile bool _connects = true;
    private volatile PictureState _state;

    /// <summary>How long a camera has to be looked at until it is certain that it is not so.</summary>
    public static TimeSpan TimeToNotice(PictureState state) => state switch
    {
        PictureState.Frozen => FrozenAfter,
        PictureState.Black or PictureState.Covered => FlatAfter,
        _ => TimeSpan.Zero,
    };

    /// <summary>What the last frames were like.</summary>
    public PictureState State => _state;

    /// <summary>For how long they have been so; also the time before that was certain. Zero while they are good.</summary>
    public TimeSpan Lasts => _state == PictureState.Good ? TimeSpan.Zero : time.GetElapsedTime(Volatile.Read(ref _since));

    /// <summary>
    /// The next frame is of a new connection. A picture that looks as before goes on being looked at, without the time between;
    /// another starts again. Nothing that is found is said of the time before.
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

        var longest = _connects ? Pace : LongestGap;
        if (time.GetElapsedTime(_seenAt, now) - longest is { Ticks: > 0 } unseen)
        {
            var ticks = (long)(unseen.TotalSeconds * time.TimestampFrequency);
            (_changedAt, _textureAt) = (_changedAt + ticks, _textureAt + ticks);
        }

        if (_connects)
        {
            (_connects, _connectedAt) = (false, now);
        }

        _seenAt = now;
        _features.At(frame);
        _changedAt = IsKnown ? _changedAt : now;
        Remember();
        _textureAt = _features.IsFlat ? _textureAt : now;
        var isFlat = time.GetElapsedTime(_textureAt, now) >= FlatAfter;
        Volatile.Write(ref _since, Math.Max(_connectedAt, isFlat ? _textureAt : _changedAt));
        _state = isFlat ? _features.Mean < DarkMean ? PictureState.Black : PictureState.Covered
            : time.GetElapsedTime(_changedAt, now) >= FrozenAfter ? PictureState.Frozen
            : PictureState.Good;
    }

    /// <summary>True when the picture is exactly one of the last few, and those are alike.</summary>
    private bool IsKnown => _prints.Contains(_features.Print) && _features.Change <= Alike;

    /// <summary>Remembers the picture in place of the oldest; does nothing when it is among the remembered.</summary>
    private void Remember()
    {
        if (!_prints.Contains(_features.Print))
        {
            _prints[_oldest] = _features.Print;
            _oldest = (_oldest + 1) % Versions;
        }
    }
}
