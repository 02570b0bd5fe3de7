using Ambianic.Core.Vision;

namespace Ambianic.Evaluation.Accuracy;

/// <summary>A calibration and how good it is; errors are expected calibration errors, 0 to 1.</summary>
/// <param name="Calibration">What to put into the configuration.</param>
/// <param name="Detections">How many it was fitted to.</param>
/// <param name="ErrorBefore">Of the model's own scores.</param>
/// <param name="ErrorAfter">On the pictures it was fitted to.</param>
/// <param name="ErrorOfConfident">The same, only of detections whose calibrated confidence is .1 and more: most others are wrong, and their confidence says so.</param>
/// <param name="ErrorElsewhere">Fitted on every other picture and measured on the rest, then the reverse; null when half of the pictures are too few.</param>
public sealed record CalibrationReport(
    Calibration Calibration, int Detections, double ErrorBefore, double ErrorAfter, double ErrorOfConfident, double? ErrorElsewhere);

/// <summary>Fits a model's confidence to labelled pictures.</summary>
public static class ModelCalibration
{
    /// <summary>
    /// Detections with a lower score are left out: there are thousands of them, nobody uses them, and they would dominate the
    /// curve.
    /// </summary>
    public const float SmallestScore = 0.1f;

    /// <summary>Fewest right detections, and fewest wrong ones: with fewer, the curve follows single pictures.</summary>
    public const int FewestDetections = 20;

    /// <summary>Runs the detector on the pictures and fits.</summary>
    /// <param name="detector">With the model's own scores: configured with <see cref="Calibration.None"/>.</param>
    /// <param name="role">What it looks for.</param>
    /// <param name="pictures">From <see cref="LabelledPicture.Load"/>.</param>
    /// <param name="cancellation">Stops.</param>
    /// <exception cref="ArgumentException">There are too few detections, or their scores do not tell right from wrong.</exception>
    /// <exception cref="InvalidDataException">A picture cannot be read.</exception>
    /// <exception cref="InferenceException">The model could not be run.</exception>
    public static async Task<CalibrationReport> FitAsync(
        IDetector detector, ModelRole role, IReadOnlyList<LabelledPicture> pictures, CancellationToken cancellation)
    {
        var enough = JudgedDetection.EnoughFor(role);
        var even = await JudgedDetections.LookAsync(detector, [.. pictures.Where((_, index) => index % 2 == 0)], enough, SmallestScore, cancellation);
        var odd = await JudgedDetections.LookAsync(detector, [.. pictures.Where((_, index) => index % 2 == 1)], enough, SmallestScore, cancellation);
        return Fit(even, odd);
    }

    /// <summary>Fits to both sets together, and measures each set with the fit of the other.</summary>
    /// <exception cref="ArgumentException">There are too few detections, or their scores do not tell right from wrong.</exception>
    public static CalibrationReport Fit(JudgedDetections one, JudgedDetections other)
    {
        var all = one with { Detections = [.. one.Detections, .. other.Detections] };
        var counted = all.Detections.Where(IsCounted).ToList();
        var right = counted.Count(item => item.IsRight);
        if (right < FewestDetections || counted.Count - right < FewestDetections)
        {
            throw new ArgumentException(
                $"a calibration needs {FewestDetections} right and {FewestDetections} wrong detections of a score of {SmallestScore} and more; on these pictures the model makes {right} right and {counted.Count - right} wrong ones. "
                + (right > 0 ? "Take more pictures" : $"It says {Some(counted.Select(item => item.Label))}, the labels say {Some(one.Truth.Keys.Concat(other.Truth.Keys))}: are those the same things?"));
        }

        var calibration = Fit(all);
        return new CalibrationReport(
            calibration, counted.Count, Error(all, Calibration.None), Error(all, calibration), all.With(calibration).CalibrationError(SmallestScore), ErrorElsewhere(one, other));
    }

    /// <summary>Expected calibration error of scores that a calibration is applied to; 0 to 1.</summary>
    public static double Error(JudgedDetections scores, Calibration calibration) =>
        scores.With(calibration).CalibrationError(calibration.ToProbability(SmallestScore));

    private static double? ErrorElsewhere(JudgedDetections one, JudgedDetections other)
    {
        try
        {
            return (Error(one, Fit(other)) + Error(other, Fit(one))) / 2;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private static string Some(IEnumerable<string> labels) =>
        labels.Distinct().Take(5).ToList() is { Count: > 0 } some ? string.Join(", ", some) : "nothing";

    private static Calibration Fit(JudgedDetections judged) =>
        Calibration.Fit([.. judged.Detections.Where(IsCounted).Select(item => (item.Confidence, item.IsRight))]);

    private static bool IsCounted(JudgedDetection detection) => !detection.IsIgnored && detection.Confidence >= SmallestScore;
}
