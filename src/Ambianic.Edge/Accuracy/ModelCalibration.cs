using Ambianic.Vision;

namespace Ambianic.Accuracy;

/// <summary>Fits a model's confidence to pictures of which it is known what they show.</summary>
public static class ModelCalibration
{
    /// <summary>
    /// Detections with a lower score are left out of the fit: there are thousands of them, nobody will ever ask for them,
    /// and they would decide the curve.
    /// </summary>
    public const float SmallestScore = 0.1f;

    /// <summary>The most likely calibration.</summary>
    /// <param name="judged">Detections with the model's own scores, not calibrated ones.</param>
    /// <exception cref="ArgumentException">There are too few detections to tell, or the scores say nothing.</exception>
    public static Calibration Fit(JudgedDetections judged) => Calibration.Fit(
        [.. judged.Detections.Where(item => item.Confidence >= SmallestScore).Select(item => (item.Confidence, item.Overlap > 0))]);
}
