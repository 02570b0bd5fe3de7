using Ambianic.Core.Vision;

namespace Ambianic.Core.Visits;

/// <summary>The path of a visit in few points: when there is no room, every other point goes and later ones are further apart.</summary>
internal sealed class VisitPath
{
    private const int Most = 32;
    private const float FirstSpacing = 0.01f;
    private readonly List<PathPoint> _points = new(Most);
    private float _spacing = FirstSpacing;

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<PathPoint> Points => [.. _points];

    /// <summary>Adds where the object is, unless that is where it was.</summary>
    public void Add(double seconds, Box box)
    {
        var (x, y) = ((box.XMin + box.XMax) / 2, box.YMax);
        if (_points is [.., var last] && MathF.Sqrt(((x - last.X) * (x - last.X)) + ((y - last.Y) * (y - last.Y))) < _spacing)
        {
            return;
        }

        if (_points.Count == Most)
        {
            for (var i = Most - 1; i > 0; i -= 2)
            {
                _points.RemoveAt(i);
            }

            _spacing *= 2;
        }

        _points.Add(new PathPoint(seconds, x, y));
    }
}
