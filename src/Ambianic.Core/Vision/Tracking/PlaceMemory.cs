using Ambianic.Core.Frames;

namespace Ambianic.Core.Vision.Tracking;

/// <summary>
/// How the place of a stationary object looks while the object is there. A detector loses a parked car in the dark, or when a lamp is
/// switched on; the picture of its place tells whether it went away.
/// </summary>
internal sealed class PlaceMemory
{
    private const int Cells = 12;

    /// <summary>Above this correlation the place looks the same.</summary>
    private const float SameCorrelation = 0.6f;

    /// <summary>How much of the memory comes from the latest picture.</summary>
    private const float Weight = 0.1f;

    private readonly LumaGrid _known = new(Cells, Cells);
    private readonly LumaGrid _now = new(Cells, Cells);
    private Box? _box;

    /// <summary>The object is there, in this box.</summary>
    public void Remember(Frame frame, Box box)
    {
        _now.Read(frame, box);
        _known.Blend(_now, _box is null || _known.Correlation(_now) < SameCorrelation ? 1 : Weight);
        _box = box;
    }

    /// <summary>The object was not found: whether its place looks as it does with it, or cannot be told. What changes with the light of the whole picture is not the object.</summary>
    public bool IsUnchanged(Frame frame, SceneLight light)
    {
        if (_box is not { } box)
        {
            return false;
        }

        if (light.IsDark)
        {
            return true;
        }

        _now.Read(frame, box);
        if (light.IsChanging)
        {
            _known.Blend(_now, 1);
            return true;
        }

        if (_known.Correlation(_now) < SameCorrelation)
        {
            return false;
        }

        _known.Blend(_now, Weight);
        return true;
    }
}
