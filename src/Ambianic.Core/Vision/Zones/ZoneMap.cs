using Ambianic.Core.Configuration;

namespace Ambianic.Core.Vision.Zones;

/// <summary>The zones of a source.</summary>
/// <remarks>Immutable; safe to use from several threads. Allocates only for detections that are in a zone.</remarks>
public sealed class ZoneMap
{
    private readonly List<Zone> _watched = [];
    private readonly List<Zone> _ignored = [];
    private readonly List<Zone> _still = [];

    /// <summary>Makes the zones of a source.</summary>
    public ZoneMap(IReadOnlyDictionary<string, ZoneOptions> zones)
    {
        foreach (var (name, options) in zones)
        {
            (options.Kind switch { ZoneKind.Ignore => _ignored, ZoneKind.IgnoreMotion => _still, _ => _watched }).Add(new Zone(name, options));
        }
    }

    /// <summary>A source without zones.</summary>
    public static ZoneMap None { get; } = new(new Dictionary<string, ZoneOptions>());

    /// <summary>True when no zone says anything of detections.</summary>
    public bool IsEmpty => _watched.Count == 0 && _ignored.Count == 0;

    /// <summary>True when motion somewhere in the picture does not count.</summary>
    public bool IgnoresMotion => _still.Count > 0;

    /// <summary>True when what was found there does not count.</summary>
    /// <param name="label">What.</param>
    /// <param name="box">Relative to the camera's picture.</param>
    public bool Ignores(string label, Box box)
    {
        foreach (var zone in _ignored)
        {
            if (zone.Holds(label, box))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>True when motion at this place does not count.</summary>
    public bool IgnoresMotionAt(float x, float y) => _still.Exists(zone => zone.Covers(x, y));

    /// <summary>Names of the zones in which something is, in the order of the configuration; mostly none.</summary>
    /// <param name="label">What.</param>
    /// <param name="box">Relative to the camera's picture.</param>
    public IReadOnlyList<string> Of(string label, Box box)
    {
        List<string>? names = null;
        foreach (var zone in _watched)
        {
            if (zone.Holds(label, box))
            {
                (names ??= []).Add(zone.Name);
            }
        }

        return names ?? (IReadOnlyList<string>)[];
    }
}
