namespace Ambianic.Core.Vision.Tracking;

/// <summary>Where an object is: centre and size of its box in picture heights, horizontally too, so that directions are true.</summary>
internal readonly record struct Place(double X, double Y, double Width, double Height)
{
    private const double LeastSize = 1e-3;

    /// <summary>Takes a box relative to a picture of the given width / height.</summary>
    public static Place Of(Box box, double aspect) => new(
        (box.XMin + box.XMax) / 2 * aspect,
        (box.YMin + box.YMax) / 2,
        Math.Max(LeastSize, box.Width * aspect),
        Math.Max(LeastSize, box.Height));

    /// <summary>The box relative to a picture of the given width / height again, as far as the picture goes.</summary>
    public Box RelativeTo(double aspect) => new Box(
        (float)((X - (Width / 2)) / aspect),
        (float)(Y - (Height / 2)),
        (float)((X + (Width / 2)) / aspect),
        (float)(Y + (Height / 2))).Clip();

    /// <summary>The share of the smaller of two boxes that lies within the other, 0 to 1.</summary>
    public double SharedPart(in Place other)
    {
        var width = Overlap(X, Width, other.X, other.Width);
        var height = Overlap(Y, Height, other.Y, other.Height);
        return width * height / Math.Min(Width * Height, other.Width * other.Height);
    }

    /// <summary>Distance of the centres, in sizes of the two boxes: 1 is as far as boxes that touch side by side.</summary>
    public double DistanceTo(in Place other)
    {
        var x = (X - other.X) / ((Width + other.Width) / 2);
        var y = (Y - other.Y) / ((Height + other.Height) / 2);
        return Math.Sqrt((x * x) + (y * y));
    }

    /// <summary>The larger of the ratios of widths and heights, as a natural logarithm; 0 for boxes of one size.</summary>
    public double GrowthTo(in Place other) =>
        Math.Max(Math.Abs(Math.Log(other.Width / Width)), Math.Abs(Math.Log(other.Height / Height)));

    /// <summary>A place on the way to another: 0 is here, 1 there.</summary>
    public Place Towards(in Place other, double part) => new(
        X + (part * (other.X - X)),
        Y + (part * (other.Y - Y)),
        Width + (part * (other.Width - Width)),
        Height + (part * (other.Height - Height)));

    private static double Overlap(double a, double aLength, double b, double bLength) =>
        Math.Max(0, Math.Min(a + (aLength / 2), b + (bLength / 2)) - Math.Max(a - (aLength / 2), b - (bLength / 2)));
}
