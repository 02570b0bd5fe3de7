using Ambianic.Core.Frames;

namespace Ambianic.Core.Vision.Tracking;

/// <summary>
/// The time of a camera's pictures as trackers need it: it goes on when the medium begins anew, and does not jump with the clock.
/// </summary>
internal sealed class TrackClock
{
    private static readonly TimeSpan Least = TimeSpan.FromMilliseconds(10);
    private TimeSpan _before;
    private TimeSpan? _last;
    private TimeSpan _position;
    private DateTimeOffset _capturedAt;

    /// <summary>The time of the next picture, later than that of the one before. Between two connections the clock of the computer counts.</summary>
    public TimeSpan Next(Frame frame)
    {
        if (_last is { } last && frame.Position <= _position)
        {
            var pause = frame.CapturedAt - _capturedAt;
            _before = last + (pause > Least ? pause : Least) - frame.Position;
        }

        (_position, _capturedAt) = (frame.Position, frame.CapturedAt);
        _last = frame.Position + _before;
        return _last.Value;
    }
}
