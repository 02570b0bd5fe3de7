namespace Ambianic.Core.Vision;

/// <summary>An axis-aligned bounding box, relative to the picture: 0 is left or top, 1 is right or bottom.</summary>
public readonly record struct Box(float XMin, float YMin, float XMax, float YMax)
{
    /// <summary>The whole picture.</summary>
    public static Box Whole { get; } = new(0, 0, 1, 1);

    /// <summary>Width, 0 when the box is inverted.</summary>
    public float Width => MathF.Max(0, XMax - XMin);

    /// <summary>Height, 0 when the box is inverted.</summary>
    public float Height => MathF.Max(0, YMax - YMin);

    /// <summary>Area, 0 to 1 within the picture.</summary>
    public float Area => Width * Height;

    /// <summary>The part of the box that lies within the picture.</summary>
    public Box Clip() => new(
        Math.Clamp(XMin, 0, 1), Math.Clamp(YMin, 0, 1), Math.Clamp(XMax, 0, 1), Math.Clamp(YMax, 0, 1));

    /// <summary>The box with a margin on each side, in parts of its width and height, as far as the picture goes.</summary>
    public Box Grow(float margin) => new Box(
        XMin - (margin * Width), YMin - (margin * Height), XMax + (margin * Width), YMax + (margin * Height)).Clip();

    /// <summary>Intersection over union with <paramref name="other"/>, 0 to 1; 0 when both are empty.</summary>
    public float IoU(Box other)
    {
        var intersection = Intersection(other);
        return intersection > 0 ? intersection / (Area + other.Area - intersection) : 0;
    }

    /// <summary>Which part of the box lies within <paramref name="other"/>, 0 to 1; 0 when it is empty.</summary>
    public float ShareWithin(Box other)
    {
        var intersection = Intersection(other);
        return intersection > 0 ? intersection / Area : 0;
    }

    /// <summary>Takes a box that is relative to <paramref name="region"/> and makes it relative to the picture that holds the region.</summary>
    public Box Within(Box region) => new(
        region.XMin + (XMin * region.Width),
        region.YMin + (YMin * region.Height),
        region.XMin + (XMax * region.Width),
        region.YMin + (YMax * region.Height));

    private float Intersection(Box other) =>
        MathF.Max(0, MathF.Min(XMax, other.XMax) - MathF.Max(XMin, other.XMin))
        * MathF.Max(0, MathF.Min(YMax, other.YMax) - MathF.Max(YMin, other.YMin));
}
