using Ambianic.Core.Frames;
using Ambianic.Core.Vision.Zones;

namespace Ambianic.Core.Vision.Motion;

/// <summary>
/// Decides which frames of one camera a model looks at. It saves work only where nothing moves and nobody is followed, and never for longer
/// than <see cref="MotionRule.FullLookSeconds"/>.
/// </summary>
/// <remarks>Not safe for several threads. Allocates nothing once the size of the pictures is known.</remarks>
/// <param name="rule">What counts as motion.</param>
/// <param name="zones">Where it does not count.</param>
internal sealed class MotionGate(MotionRule rule, ZoneMap zones)
{
    private readonly LumaCells _grid = new(rule.Lines);
    private readonly BackgroundModel _background = new(rule);
    private readonly MotionMap _map = new(rule);
    private bool[] _ignored = []; // cells
    private TimeSpan? _last; // position of the frame before
    private TimeSpan _began;
    private TimeSpan _moved = TimeSpan.MinValue;
    private TimeSpan _looked = TimeSpan.MinValue;

    /// <summary>Where the latest frame moves.</summary>
    public MotionMap Map => _map;

    /// <summary>Takes the next frame.</summary>
    /// <param name="frame">Borrowed.</param>
    /// <param name="isFollowing">True while something is followed that has to be looked at.</param>
    public LookReason Decide(Frame frame, bool isFollowing)
    {
        var reason = Judge(frame, isFollowing);
        if (reason != LookReason.Quiet)
        {
            _looked = frame.Position;
        }

        return reason;
    }

    private LookReason Judge(Frame frame, bool isFollowing)
    {
        var now = frame.Position;
        var isOther = _grid.Read(frame);
        if (isOther)
        {
            Mask();
        }

        if (isOther || _last is not { } last || now <= last)
        {
            return Restart(now);
        }

        _last = now;
        _background.Observe(_grid.Cells, _ignored, (float)(now - last).TotalSeconds);
        if (_background.MovingShare > rule.SceneShare)
        {
            Restart(now);
            return LookReason.SceneChange;
        }

        _map.Update(_background.Moving, _grid.Columns);
        if (_map.Regions.Count > 0)
        {
            _moved = now;
        }

        return now - _began < Seconds(rule.StartSeconds) ? LookReason.Starting
            : _moved != TimeSpan.MinValue && now - _moved <= Seconds(rule.HoldSeconds) ? LookReason.Motion
            : isFollowing ? LookReason.Followed
            : now - _looked >= Seconds(rule.FullLookSeconds) ? LookReason.FullLook
            : LookReason.Quiet;
    }

    private LookReason Restart(TimeSpan now)
    {
        _background.Restart(_grid.Cells);
        _map.Update(_background.Moving, _grid.Columns);
        (_last, _began, _moved) = (now, now, TimeSpan.MinValue);
        return LookReason.Starting;
    }

    private void Mask()
    {
        _ignored = new bool[_grid.Cells.Length];
        for (var i = 0; zones.IgnoresMotion && i < _ignored.Length; i++)
        {
            var (x, y) = (i % _grid.Columns, i / _grid.Columns);
            _ignored[i] = zones.IgnoresMotionAt((x + 0.5f) / _grid.Columns, (y + 0.5f) / _grid.Rows);
        }
    }

    private static TimeSpan Seconds(float seconds) => TimeSpan.FromSeconds(seconds);
}
