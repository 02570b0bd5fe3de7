namespace Ambianic.Core.Vision.Zones;

/// <summary>A polygon in a picture, 0 to 1 from the left and from the top. Its edges may cross; then the even-odd rule says what is inside.</summary>
internal sealed class Polygon(IReadOnlyList<(float X, float Y)> corners)
{
    private const int Samples = 8; // in each direction of a box

    /// <summary>The even-odd rule (M. Shimrat, "Algorithm 112: Position of point relative to polygon", CACM 1962).</summary>
    public bool Contains(float x, float y)
    {
        var isInside = false;
        for (var (i, before) = (0, corners.Count - 1); i < corners.Count; before = i++)
        {
            var (one, other) = (corners[i], corners[before]);
            if (one.Y > y != other.Y > y && x < ((other.X - one.X) * (y - one.Y) / (other.Y - one.Y)) + one.X)
            {
                isInside = !isInside;
            }
        }

        return isInside;
    }

    /// <summary>Which part of a box lies inside, 0 to 1, to about a sixteenth.</summary>
    public float ShareOf(Box box)
    {
        var inside = 0;
        for (var i = 0; i < Samples * Samples; i++)
        {
            var (x, y) = ((i % Samples) + 0.5f, (i / Samples) + 0.5f);
            inside += Contains(box.XMin + (x / Samples * box.Width), box.YMin + (y / Samples * box.Height)) ? 1 : 0;
        }

        return (float)inside / (Samples * Samples);
    }
}
