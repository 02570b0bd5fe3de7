using System.Runtime.InteropServices;

namespace Ambianic.Core.Vision.Decoders;

/// <summary>The bounding box of a person, around the key points of a model that gives points alone.</summary>
internal static class KeypointBounds
{
    private const float Visible = 0.2f;

    /// <summary>Adds a candidate for the points from <paramref name="first"/> on: the box of the visible ones, the mean of all scores; removes the points when it is below the threshold.</summary>
    public static void AddAround(CandidateList found, int first, float threshold)
    {
        var points = CollectionsMarshal.AsSpan(found.Points)[first..];
        var sum = 0f;
        foreach (var point in points)
        {
            sum += point.Score;
        }

        Add(found, first, sum / points.Length, threshold);
    }

    /// <summary>As <see cref="AddAround(CandidateList, int, float)"/>, with a score that the model gives.</summary>
    public static void Add(CandidateList found, int first, float score, float threshold)
    {
        var box = new Box(float.MaxValue, float.MaxValue, float.MinValue, float.MinValue);
        foreach (var point in CollectionsMarshal.AsSpan(found.Points)[first..])
        {
            if (point.Score >= Visible)
            {
                box = new Box(MathF.Min(box.XMin, point.X), MathF.Min(box.YMin, point.Y), MathF.Max(box.XMax, point.X), MathF.Max(box.YMax, point.Y));
            }
        }

        if (score >= threshold && box.Area > 0)
        {
            found.Items.Add(new Candidate(0, score, box, first));
        }
        else
        {
            found.Points.RemoveRange(first, found.Points.Count - first);
        }
    }
}
