using System.ComponentModel.DataAnnotations;
using Ambianic.Core.Configuration;

namespace Ambianic.Core.Vision;

/// <summary>
/// Turns a model's own score into the probability that the detection is right, so that one threshold means the same for
/// every model: <c>logit(probability) = Slope * logit(score) + Intercept</c>. The order of detections does not change.
/// </summary>
/// <remarks>
/// J. Platt, "Probabilistic Outputs for Support Vector Machines", 1999, on the logit of the score. Two parameters, because
/// they can be fitted on a few hundred detections.
/// </remarks>
[ConfigurationOff(nameof(None))]
public sealed record Calibration
{
    private const double Smallest = 1e-6;

    /// <summary>Logits that lie closer together say nothing of a slope; a hundredth is a quarter of a percent in the middle.</summary>
    private const double SmallestSpread = 0.01;

    /// <summary>Greater than 0; less than 1 when the model's scores lie too far apart. The default is 1.</summary>
    [Range(0.01, 100)]
    public float Slope { get; init; } = 1;

    /// <summary>Less than 0 when the model is right less often than it says. The default is 0.</summary>
    [Range(-100.0, 100)]
    public float Intercept { get; init; }

    /// <summary>The score as it is.</summary>
    public static Calibration None { get; } = new();

    /// <summary>The probability of being right, 0 to 1, of a score, 0 to 1.</summary>
    public float ToProbability(float score) => (float)Sigmoid((Slope * Logit(score)) + Intercept);

    /// <summary>The score that stands for a probability; the inverse of <see cref="ToProbability"/>.</summary>
    public float ToScore(float probability) => probability switch
    {
        <= 0 => 0,
        >= 1 => 1,
        _ => (float)Sigmoid((Logit(probability) - Intercept) / Slope),
    };

    /// <summary>The most likely calibration for detections of which it is known whether they are right.</summary>
    /// <param name="judged">Score and whether it was right; in any order.</param>
    /// <exception cref="ArgumentException">There are no right or no wrong ones, scores do not differ, or higher scores are not more often right.</exception>
    /// <remarks>
    /// Newton's method on the likelihood with Platt's smoothed targets, as in H.-T. Lin, C.-J. Lin, R. Weng, "A Note on
    /// Platt's Probabilistic Outputs for Support Vector Machines", 2007.
    /// </remarks>
    public static Calibration Fit(IReadOnlyCollection<(float Score, bool IsRight)> judged)
    {
        var right = judged.Count(item => item.IsRight);
        var wrong = judged.Count - right;
        if (right == 0 || wrong == 0)
        {
            throw new ArgumentException($"a calibration needs right and wrong detections; there are {right} right and {wrong} wrong ones");
        }

        var (targetOfRight, targetOfWrong) = ((right + 1.0) / (right + 2.0), 1 / (wrong + 2.0));
        var points = judged
            .Select(item => (X: Logit(item.Score), Target: item.IsRight ? targetOfRight : targetOfWrong))
            .ToArray();
        if (points.Max(point => point.X) - points.Min(point => point.X) < SmallestSpread)
        {
            throw new ArgumentException("the scores do not differ, so they cannot be calibrated");
        }

        double slope = 1, intercept = Math.Log((right + 1.0) / (wrong + 1.0));
        var loss = Loss(points, slope, intercept);
        for (var step = 0; step < 100; step++)
        {
            var (slopeStep, interceptStep) = NewtonStep(points, slope, intercept);
            var length = 1.0;
            var next = Loss(points, slope - slopeStep, intercept - interceptStep);
            while (next > loss && length > 1e-10)
            {
                length /= 2;
                next = Loss(points, slope - (length * slopeStep), intercept - (length * interceptStep));
            }

            slope -= length * slopeStep;
            intercept -= length * interceptStep;
            if (loss - next < 1e-9)
            {
                break;
            }

            loss = next;
        }

        return slope > 0
            ? new Calibration { Slope = (float)slope, Intercept = (float)intercept }
            : throw new ArgumentException("higher scores are not more often right in these pictures, so the scores cannot be calibrated");
    }

    private static (double Slope, double Intercept) NewtonStep((double X, double Target)[] points, double slope, double intercept)
    {
        double gradientSlope = 0, gradientIntercept = 0, xx = 1e-12, x1 = 0, one = 1e-12;
        foreach (var (x, target) in points)
        {
            var p = Sigmoid((slope * x) + intercept);
            var curvature = p * (1 - p);
            gradientSlope += x * (p - target);
            gradientIntercept += p - target;
            xx += x * x * curvature;
            x1 += x * curvature;
            one += curvature;
        }

        var determinant = (xx * one) - (x1 * x1);
        return (((one * gradientSlope) - (x1 * gradientIntercept)) / determinant, ((xx * gradientIntercept) - (x1 * gradientSlope)) / determinant);
    }

    private static double Loss((double X, double Target)[] points, double slope, double intercept) =>
        points.Sum(point =>
        {
            var logit = (slope * point.X) + intercept;
            return Math.Max(logit, 0) - (point.Target * logit) + Math.Log(1 + Math.Exp(-Math.Abs(logit)));
        });

    private static double Logit(double probability)
    {
        var p = Math.Clamp(probability, Smallest, 1 - Smallest);
        return Math.Log(p / (1 - p));
    }

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));
}
