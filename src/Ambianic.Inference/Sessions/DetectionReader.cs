using Ambianic.Core.Vision;
using Ambianic.Core.Vision.Decoders;
using Ambianic.Core.Vision.Input;
using Ambianic.Inference.Labels;

namespace Ambianic.Inference.Sessions;

/// <summary>Makes detections of a model's outputs: decoded, overlaps removed where the graph has not done it, calibrated, labelled, in the picture's coordinates.</summary>
/// <remarks>Safe to use from several threads.</remarks>
internal sealed class DetectionReader(IDetectionDecoder decoder, Calibration calibration, IReadOnlyList<string> labels)
{
    public IDetectionDecoder Decoder => decoder;

    /// <summary>By class index.</summary>
    public IReadOnlyList<string> Labels => labels;

    /// <summary>What the outputs of one run say.</summary>
    /// <param name="outputs">In the order of the graph.</param>
    /// <param name="letterbox">Where the picture lay in the tensor.</param>
    /// <param name="threshold">The least confidence, 0 to 1.</param>
    /// <param name="candidates">The caller's, to be used again for each picture.</param>
    public IReadOnlyList<Detection> Read(
        IReadOnlyList<ModelOutput> outputs, in Letterbox letterbox, float threshold, CandidateList candidates)
    {
        candidates.Clear();
        decoder.Decode(outputs, letterbox, calibration.ToScore(threshold), candidates);
        NonMaximumSuppression.Apply(candidates.Items, decoder.Overlap(outputs, letterbox.TensorWidth, letterbox.TensorHeight));
        if (candidates.Items.Count == 0)
        {
            return [];
        }

        var detections = new List<Detection>(candidates.Items.Count);
        foreach (var candidate in candidates.Items)
        {
            var box = letterbox.ToRegion(candidate.Box);
            var confidence = calibration.ToProbability(candidate.Score);
            if (box.Area > 0 && confidence >= threshold)
            {
                detections.Add(new Detection(LabelOf(candidate.Label), confidence, box)
                {
                    Keypoints = PointsOf(candidate, candidates, letterbox),
                });
            }
        }

        return detections;
    }

    private string LabelOf(int index) => index >= 0 && index < labels.Count ? labels[index] : LabelSets.Unnamed(index);

    private Keypoint[] PointsOf(in Candidate candidate, CandidateList candidates, in Letterbox letterbox)
    {
        if (decoder.PointNames.Count == 0)
        {
            return [];
        }

        var points = new Keypoint[decoder.PointNames.Count];
        for (var i = 0; i < points.Length; i++)
        {
            var point = candidates.Points[candidate.FirstPoint + i];
            var (x, y) = letterbox.ToRegion(point.X, point.Y);
            points[i] = new Keypoint(decoder.PointNames[i], x, y, point.Score);
        }

        return points;
    }
}
