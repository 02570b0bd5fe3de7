using Ambianic.Inference;
using Ambianic.Vision;

namespace Ambianic.Accuracy;

/// <summary>A detection and whether it is right.</summary>
/// <param name="Label">What it says it is.</param>
/// <param name="Confidence">0 to 1.</param>
/// <param name="Overlap">Intersection over union with the thing it was matched to; 0 when there was none left.</param>
public readonly record struct JudgedDetection(string Label, float Confidence, float Overlap);

/// <summary>All detections of a set of pictures beside what there is to be found.</summary>
/// <param name="Detections">Most confident first.</param>
/// <param name="Truth">How many things of each label there are.</param>
public sealed record JudgedDetections(IReadOnlyList<JudgedDetection> Detections, IReadOnlyDictionary<string, int> Truth)
{
    /// <summary>Below this overlap a detection has found nothing.</summary>
    public const float SmallestOverlap = 0.5f;

    /// <summary>Looks at pictures and judges what is found.</summary>
    /// <param name="detector">Looks.</param>
    /// <param name="pictures">What there is.</param>
    /// <param name="floor">Detections below this confidence are left out.</param>
    /// <param name="cancellation">Stops.</param>
    /// <exception cref="InvalidDataException">A picture cannot be read.</exception>
    /// <exception cref="InferenceException">The model could not be run.</exception>
    public static async Task<JudgedDetections> LookAsync(
        IDetector detector, IReadOnlyList<LabelledPicture> pictures, float floor, CancellationToken cancellation)
    {
        var files = new PictureDetector(detector, TimeProvider.System);
        var judged = new List<JudgedDetection>();
        foreach (var picture in pictures)
        {
            var found = await files.DetectAsync(picture.Path, floor, cancellation);
            judged.AddRange(Judge(found.Detections, picture.Boxes));
        }

        return new JudgedDetections(
            [.. judged.OrderByDescending(detection => detection.Confidence)],
            pictures.SelectMany(picture => picture.Boxes).CountBy(box => box.Label).ToDictionary());
    }

    /// <summary>Matches the detections of one picture, most confident first, each to the thing of its label that it overlaps most and that is not taken yet.</summary>
    public static IEnumerable<JudgedDetection> Judge(IEnumerable<Detection> detections, IReadOnlyList<TrueBox> truth)
    {
        var taken = new bool[truth.Count];
        foreach (var detection in detections.OrderByDescending(detection => detection.Confidence))
        {
            var (best, overlap) = (-1, 0f);
            for (var i = 0; i < truth.Count; i++)
            {
                var candidate = taken[i] || truth[i].Label != detection.Label ? 0 : truth[i].Box.IoU(detection.Box);
                if (candidate >= SmallestOverlap && candidate > overlap)
                {
                    (best, overlap) = (i, candidate);
                }
            }

            if (best >= 0)
            {
                taken[best] = true;
            }

            yield return new JudgedDetection(detection.Label, detection.Confidence, overlap);
        }
    }

    /// <summary>Mean over the labels of the average precision when a detection has to overlap by <paramref name="overlap"/>; 0 to 1.</summary>
    /// <remarks>COCO's: precision made monotonic, taken at 101 recalls. T.-Y. Lin et al., "Microsoft COCO", 2014, and cocoapi.</remarks>
    public double AveragePrecision(float overlap) =>
        Truth.Count == 0 ? 0 : Truth.Keys.Average(label => AveragePrecision(label, overlap));

    /// <summary>Average precision of one label; 0 to 1.</summary>
    public double AveragePrecision(string label, float overlap)
    {
        var points = new List<(double Recall, double Precision)>();
        int right = 0, seen = 0;
        foreach (var detection in Detections.Where(detection => detection.Label == label))
        {
            seen++;
            right += detection.Overlap >= overlap ? 1 : 0;
            points.Add(((double)right / Truth[label], (double)right / seen));
        }

        for (var i = points.Count - 2; i >= 0; i--)
        {
            points[i] = points[i] with { Precision = Math.Max(points[i].Precision, points[i + 1].Precision) };
        }

        return Enumerable.Range(0, 101).Average(percent =>
            points.Find(point => point.Recall >= (percent / 100.0) - 1e-9).Precision);
    }

    /// <summary>Mean of the average precisions at overlaps .5, .55, … .95; 0 to 1.</summary>
    public double AveragePrecisionOverOverlaps() =>
        Enumerable.Range(0, 10).Average(step => AveragePrecision(0.5f + (0.05f * step)));

    /// <summary>Of those at or above a threshold, how many are right; and of all there is, how much they are.</summary>
    /// <param name="threshold">0 to 1.</param>
    /// <param name="label">One label, or null for all.</param>
    public (double Precision, double Recall) At(float threshold, string? label = null)
    {
        var chosen = Detections.Where(item => item.Confidence >= threshold && (label is null || item.Label == label)).ToList();
        var right = chosen.Count(item => item.Overlap > 0);
        var truth = label is null ? Truth.Values.Sum() : Truth.GetValueOrDefault(label);
        return (chosen.Count == 0 ? 1 : (double)right / chosen.Count, truth == 0 ? 1 : (double)right / truth);
    }

    /// <summary>
    /// Expected calibration error, 0 to 1: detections in ten bins of equally wide confidence; the difference of mean
    /// confidence and share of right ones in each bin, averaged with the bins' sizes as weights.
    /// </summary>
    /// <param name="floor">Detections below this confidence are left out.</param>
    /// <remarks>C. Guo et al., "On Calibration of Modern Neural Networks", 2017.</remarks>
    public double CalibrationError(float floor)
    {
        var counted = Detections.Where(item => item.Confidence >= floor).ToList();
        return counted.Count == 0 ? 0 : counted
            .GroupBy(item => Math.Min(9, (int)(item.Confidence * 10)))
            .Sum(bin => Math.Abs(bin.Average(item => item.Confidence) - bin.Average(item => item.Overlap > 0 ? 1.0 : 0.0)) * bin.Count())
            / counted.Count;
    }

    /// <summary>The same detections with other confidences.</summary>
    public JudgedDetections With(Calibration calibration) => this with
    {
        Detections = [.. Detections.Select(item => item with { Confidence = calibration.ToProbability(item.Confidence) })],
    };
}
