using Ambianic.Core.Frames;
using Ambianic.Core.Vision.Input;

namespace Ambianic.Core.Vision.Falls;

/// <summary>Estimates the poses of the people in a part of a frame, turned or not.</summary>
public interface IPoseEstimator
{
    /// <summary>Runs once.</summary>
    /// <param name="frame">Borrowed until the call completes.</param>
    /// <param name="region">The part that is used, relative to the frame.</param>
    /// <param name="quarters">Quarter turns clockwise that the part is given before the model sees it, 0 to 3.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <returns>People with their key points, relative to the frame and upright in it, most certain first.</returns>
    /// <exception cref="InferenceException">The model could not be run.</exception>
    ValueTask<IReadOnlyList<Detection>> EstimateAsync(Frame frame, Box region, int quarters, CancellationToken cancellation);
}

/// <summary>Estimates with a pose model.</summary>
/// <param name="model">The model.</param>
/// <param name="threshold">Less certain persons are not returned, 0 to 1.</param>
/// <param name="pool">Lends the pixels of turned pictures.</param>
public sealed class PoseEstimator(IDetector model, float threshold, FramePool pool) : IPoseEstimator
{
    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<Detection>> EstimateAsync(
        Frame frame, Box region, int quarters, CancellationToken cancellation)
    {
        if (quarters == 0)
        {
            var whole = region == Box.Whole;
            var seen = await model.DetectAsync(frame, whole ? null : region, threshold, cancellation);
            return whole ? seen : [.. seen.Select(detection => Place(detection, region, 0))];
        }

        var (turned, shown) = pool.Rotate(frame, region, quarters);
        using (turned)
        {
            var seen = await model.DetectAsync(turned, null, threshold, cancellation);
            return [.. seen.Select(detection => Place(detection, shown, quarters))];
        }
    }

    private static Detection Place(Detection detection, Box region, int quarters) => detection with
    {
        Box = FrameRotation.RotateBack(detection.Box, quarters).Within(region),
        Keypoints = [.. detection.Keypoints.Select(point =>
        {
            var (x, y) = FrameRotation.RotateBack(point.X, point.Y, quarters);
            return point with { X = region.XMin + (x * region.Width), Y = region.YMin + (y * region.Height) };
        })],
    };
}
