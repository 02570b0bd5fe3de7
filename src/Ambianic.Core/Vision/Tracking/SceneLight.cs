using Ambianic.Core.Frames;

namespace Ambianic.Core.Vision.Tracking;

/// <summary>Notices that the light of the whole picture changes, as when a lamp or infrared is switched on, and that it is too dark to tell.</summary>
internal sealed class SceneLight
{
    /// <summary>Below this correlation with the picture before, more than objects has changed.</summary>
    private const float LeastCorrelation = 0.95f;

    /// <summary>Grey levels by which the mean of the picture changes when a lamp is switched on.</summary>
    private const float Step = 10;

    /// <summary>Mean and contrast, in grey levels, below which nothing can be told.</summary>
    private const float Dark = 30;

    private const float Flat = 4;

    /// <summary>A camera needs so long to adapt to new light.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(3);

    private LumaGrid _now = new(16, 9);
    private LumaGrid _before = new(16, 9);
    private TimeSpan? _changedAt;
    private bool _started;

    /// <summary>True while the light changes.</summary>
    public bool IsChanging { get; private set; }

    /// <summary>True when the picture is too dark to tell what is in it.</summary>
    public bool IsDark => _now.Mean < Dark || _now.Contrast < Flat;

    /// <summary>Takes the next picture.</summary>
    public void Observe(TimeSpan time, Frame frame)
    {
        (_now, _before) = (_before, _now);
        _now.Read(frame, Box.Whole);
        if (_started && (MathF.Abs(_now.Mean - _before.Mean) > Step || _now.Correlation(_before) < LeastCorrelation))
        {
            _changedAt = time;
        }

        _started = true;
        IsChanging = _changedAt is { } at && time - at < Settling;
    }
}
