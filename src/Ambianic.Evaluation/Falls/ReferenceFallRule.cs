using Ambianic.Core.Vision;
using Ambianic.Core.Vision.Falls;

namespace Ambianic.Evaluation.Falls;

/// <summary>
/// The rule of Ambianic Edge, kept for comparison: it follows one person and reports a fall when the line from hips to
/// shoulders has rotated by more than 60 degrees since one of two earlier poses, away from the vertical.
/// </summary>
/// <param name="threshold">Lowest confidence of a spine and of a fall, 0 to 1; 0.15 in Ambianic Edge.</param>
internal sealed class ReferenceFallRule(float threshold = 0.15f)
{
    private const float TurnedDegrees = 60;
    private static readonly TimeSpan LeastInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaximumAge = TimeSpan.FromSeconds(10);
    private readonly List<(TimeSpan Time, Spine Spine)> _earlier = [];

    /// <summary>Adds the most confident person of the next sample.</summary>
    /// <param name="time">Of the sample.</param>
    /// <param name="keypoints">COCO's 17, in square units; empty when nobody is seen.</param>
    /// <returns>Confidence of the fall; null when there is none.</returns>
    public float? Observe(TimeSpan time, IReadOnlyList<Keypoint> keypoints)
    {
        if (_earlier.Count > 0 && time - _earlier[^1].Time < LeastInterval)
        {
            return null;
        }

        _earlier.RemoveAll(pose => time - pose.Time > MaximumAge);
        if (Spine.Of(keypoints, threshold) is not { } spine || spine.Score < threshold)
        {
            return null;
        }

        float? fall = null;
        foreach (var (_, before) in _earlier)
        {
            var score = (before.Score + spine.Score) / 2;
            if (Turn(before, spine) > TurnedDegrees && spine.Angle > before.Angle && score >= threshold)
            {
                fall = MathF.Max(fall ?? 0, score);
            }
        }

        _earlier.Add((time, spine));
        if (_earlier.Count > 2)
        {
            _earlier.RemoveAt(0);
        }

        return fall;
    }

    /// <summary>Angle between two spines, 0 to 180 degrees.</summary>
    private static float Turn(Spine a, Spine b)
    {
        var turned = MathF.Abs(Direction(a) - Direction(b));
        return (turned > MathF.PI ? (2 * MathF.PI) - turned : turned) * (180 / MathF.PI);
    }

    private static float Direction(Spine spine) =>
        MathF.Atan2(spine.Shoulders.Y - spine.Hips.Y, spine.Shoulders.X - spine.Hips.X);
}
