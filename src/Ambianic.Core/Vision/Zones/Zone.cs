using Ambianic.Core.Configuration;

namespace Ambianic.Core.Vision.Zones;

/// <summary>A zone of a source, ready to be asked.</summary>
internal sealed class Zone(string name, ZoneOptions options)
{
    private readonly Polygon _polygon = new([.. options.Points.Select(point => ((float)point[0], (float)point[1]))]);

    public string Name => name;

    public ZoneKind Kind => options.Kind;

    /// <summary>True when something of this label at this place is in the zone.</summary>
    public bool Holds(string label, Box box) => IsAbout(label) && options.Test switch
    {
        ZoneTest.Overlap => _polygon.ShareOf(box) >= 0.5f,
        _ => _polygon.Contains((box.XMin + box.XMax) / 2, MathF.Min(box.YMax, Lowest)),
    };

    /// <summary>True when a place of the picture is in the zone.</summary>
    public bool Covers(float x, float y) => _polygon.Contains(x, y);

    /// <summary>Feet that the lower edge of the picture cuts off stand in a zone that reaches to it.</summary>
    private const float Lowest = 0.999f;

    private bool IsAbout(string label)
    {
        if (options.Labels is not { Count: > 0 } labels)
        {
            return true;
        }

        for (var i = 0; i < labels.Count; i++)
        {
            if (labels[i] == label)
            {
                return true;
            }
        }

        return false;
    }
}
