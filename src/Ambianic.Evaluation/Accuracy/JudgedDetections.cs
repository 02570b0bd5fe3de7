using Ambianic.Core.Vision;

namespace Ambianic.Evaluation.Accuracy;

/// <summary>All detections of a set of pictures, and how many objects there are.</summary>
/// <param name="Detections">Most confident first.</param>
/// <param name="Truth">How many objects of each label there are.</param>
public sealed record JudgedDetections(IReadOnlyList<JudgedDetection> Detections, IReadOnlyDictionary<string, int> Truth)
{
    /// <summary>Runs a detector on pictures and judges its detections.</summary>
    /// <param name="detector">The detector.</param>
    /// <param name="pictures">With their labels.</param>
    /// <param name="enough">The overlap that makes a detection right, see <see cref="JudgedDetection.EnoughFor"/>.</param>
    /// <param name="floor">Detections below this confidence are left out.</param>
    /// <param name="cancellation">Stops.</param>
    /// <exception cref="InvalidDataException">A picture cannot be read.</exception>
    /// <exception cref="InferenceException">The model could not be run.</exception>
    public static async Task<JudgedDetections> LookAsync(
        IDetector detector, IReadOnlyList<LabelledPicture> pictures, float enough, float floor, CancellationToken cancellation)
    {
        var files = new PictureDetector(detector, TimeProvider.System);
        var judged = new List<JudgedDetection>();
        foreach (var picture in pictures)
        {
            var found = await files.DetectAsync(picture.Path, floor, cancellation);
            judged.AddRange(JudgedDetection.Judge(found.Detections, picture.Boxes, enough));
        }

        return new JudgedDetections(
            [.. judged.OrderByDescending(detection => detection.Confidence)],
            pictures.SelectMany(picture => picture.Boxes).Where(box => !box.IsCrowd).CountBy(box => box.Label).ToDictionary());
    }

    /// <summary>Mean over the labels of the average precision when a detection has to overlap by <paramref name="overlap"/>; 0 to 1.</summary>
    /// <remarks>COCO's: precision made monotonic, taken at 101 recalls. T.-Y. Lin et al., "Microsoft COCO", 2014, and cocoapi.</remarks>
    public double AveragePrecision(float overlap) =>
        Truth.Count == 0 ? 0 : Truth.Keys.Average(label => AveragePrecision(label, overlap));

    /// <summary>Average precision of one label; 0 to 1.</summary>
    /// <param name="label">One of <see cref="Truth"/>.</param>
    /// <param name="overlap">One of <see cref="JudgedDetection.Overlaps"/>.</param>
    public double AveragePrecision(string label, float overlap)
    {
        var points = new List<(double Recall, double Precision)>();
        int right = 0, seen = 0;
        foreach (var verdict in Detections.Where(detection => detection.Label == label).Select(detection => detection.At(overlap)).Where(verdict => verdict != Verdict.Ignored))
        {
            seen++;
            right += verdict == Verdict.Right ? 1 : 0;
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
        JudgedDetection.Overlaps.Average(AveragePrecision);

    /// <summary>Precision and recall of the detections at or above a threshold, 0 to 1.</summary>
    /// <param name="threshold">0 to 1.</param>
    /// <param name="label">One label, or null for all.</param>
    public (double Precision, double Recall) At(float threshold, string? label = null)
    {
        var chosen = Detections.Where(item => !item.IsIgnored && item.Confidence >= threshold && (label is null || item.Label == label)).ToList();
        var right = chosen.Count(item => item.IsRight);
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
        var counted = Detections.Where(item => !item.IsIgnored && item.Confidence >= floor).ToList();
        return counted.Count == 0 ? 0 : counted
            .GroupBy(item => Math.Min(9, (int)(item.Confidence * 10)))
            .Sum(bin => Math.Abs(bin.Average(item => item.Confidence) - bin.Average(item => item.IsRight ? 1.0 : 0.0)) * bin.Count())
            / counted.Count;
    }

    /// <summary>The same detections with other confidences.</summary>
    public JudgedDetections With(Calibration calibration) => this with
    {
        Detections = [.. Detections.Select(item => item with { Confidence = calibration.ToProbability(item.Confidence) })],
    };
}
