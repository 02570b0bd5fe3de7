using System.Buffers;

namespace Ambianic.Core.Vision.Decoders;

/// <summary>
/// What TensorFlow Lite's custom operator <c>TFLite_Detection_PostProcess</c> does at the end of an SSD detector: decodes
/// boxes relative to anchors and suppresses those that overlap better ones. Imported models leave it to this class.
/// </summary>
/// <remarks>
/// An imported model has the four outputs named here instead. Method: J. Huang et al., "Speed/accuracy trade-offs for modern
/// convolutional object detectors", 2017 (box coder), and the operator's own behaviour for ties and limits.
/// </remarks>
internal sealed record DetectionPostProcess
{
    /// <summary>Output of encoded boxes: [1, anchors, 4] of y, x, height, width.</summary>
    public const string Boxes = "postprocess/boxes";

    /// <summary>Output of scores: [1, anchors, classes], those of a background class first when there is one more than <see cref="Classes"/>.</summary>
    public const string Scores = "postprocess/scores";

    /// <summary>Output of anchors: [anchors, 4] of centre y, centre x, height, width, relative to the picture.</summary>
    public const string Anchors = "postprocess/anchors";

    /// <summary>Output of this record's values, see <see cref="FromTensor"/>.</summary>
    public const string Parameters = "postprocess/parameters";

    private const int ParameterCount = 11;

    /// <summary>Boxes in the result at most.</summary>
    public required int MostDetections { get; init; }

    /// <summary>In fast mode, how many of its best classes a box is reported with.</summary>
    public required int ClassesPerDetection { get; init; }

    /// <summary>In regular mode, boxes of one class at most.</summary>
    public required int DetectionsPerClass { get; init; }

    /// <summary>True: boxes are suppressed class by class. False: only the best score of each box counts, which is fast.</summary>
    public required bool IsRegular { get; init; }

    /// <summary>Lower scores are left out, 0 to 1.</summary>
    public required float ScoreThreshold { get; init; }

    /// <summary>A box that overlaps a better one by more is suppressed; intersection over union, 0 to 1.</summary>
    public required float OverlapThreshold { get; init; }

    /// <summary>Number of classes without background.</summary>
    public required int Classes { get; init; }

    /// <summary>Encoded y is divided by it.</summary>
    public required float ScaleY { get; init; }

    /// <summary>Encoded x is divided by it.</summary>
    public required float ScaleX { get; init; }

    /// <summary>Encoded height is divided by it.</summary>
    public required float ScaleHeight { get; init; }

    /// <summary>Encoded width is divided by it.</summary>
    public required float ScaleWidth { get; init; }

    /// <summary>Reads the output <see cref="Parameters"/>.</summary>
    /// <exception cref="InferenceException">It has another length.</exception>
    public static DetectionPostProcess FromTensor(ReadOnlySpan<float> values) => values.Length != ParameterCount
        ? throw new InferenceException($"the output {Parameters} has {values.Length} elements instead of {ParameterCount}")
        : new DetectionPostProcess
        {
            MostDetections = (int)values[0],
            ClassesPerDetection = (int)values[1],
            DetectionsPerClass = (int)values[2],
            IsRegular = values[3] != 0,
            ScoreThreshold = values[4],
            OverlapThreshold = values[5],
            Classes = (int)values[6],
            ScaleY = values[7],
            ScaleX = values[8],
            ScaleHeight = values[9],
            ScaleWidth = values[10],
        };

    /// <summary>Finds the boxes that remain, best first.</summary>
    /// <param name="boxes">Values of the output <see cref="Boxes"/>.</param>
    /// <param name="scores">Values of the output <see cref="Scores"/>.</param>
    /// <param name="anchors">Values of the output <see cref="Anchors"/>.</param>
    /// <param name="found">Empty; receives the boxes, relative to the tensor and not clipped. Its memory is reused.</param>
    /// <exception cref="InferenceException">The outputs do not belong together.</exception>
    public void Apply(
        ReadOnlySpan<float> boxes, ReadOnlySpan<float> scores, ReadOnlySpan<float> anchors, List<Candidate> found)
    {
        var count = anchors.Length / 4;
        var columns = count == 0 ? 0 : scores.Length / count;
        if (boxes.Length != anchors.Length || count * 4 != anchors.Length || Classes <= 0 || columns < Classes || scores.Length != count * columns)
        {
            throw new InferenceException("the model's boxes, scores and anchors do not belong together");
        }

        var decoded = ArrayPool<Box>.Shared.Rent(count);
        var ranks = ArrayPool<ulong>.Shared.Rent(count);
        try
        {
            Decode(boxes, anchors, decoded);
            var work = new Work(scores, columns, decoded, ranks);
            if (IsRegular)
            {
                SuppressByClass(work, found);
            }
            else
            {
                SuppressByBox(work, found);
            }
        }
        finally
        {
            ArrayPool<Box>.Shared.Return(decoded);
            ArrayPool<ulong>.Shared.Return(ranks);
        }
    }

    private void Decode(ReadOnlySpan<float> boxes, ReadOnlySpan<float> anchors, Span<Box> decoded)
    {
        for (var i = 0; i < anchors.Length; i += 4)
        {
            var (anchorHeight, anchorWidth) = (anchors[i + 2], anchors[i + 3]);
            var y = (boxes[i] / ScaleY * anchorHeight) + anchors[i];
            var x = (boxes[i + 1] / ScaleX * anchorWidth) + anchors[i + 1];
            var halfHeight = 0.5f * MathF.Exp(boxes[i + 2] / ScaleHeight) * anchorHeight;
            var halfWidth = 0.5f * MathF.Exp(boxes[i + 3] / ScaleWidth) * anchorWidth;
            decoded[i / 4] = new Box(x - halfWidth, y - halfHeight, x + halfWidth, y + halfHeight);
        }
    }

    private void SuppressByBox(Work work, List<Candidate> found)
    {
        var background = work.Columns - Classes;
        foreach (var rank in Best(work, background, Classes, MostDetections))
        {
            var box = IndexOf(rank);
            AddBestClasses(work.Scores.Slice((box * work.Columns) + background, Classes), work.Decoded[box], found);
        }
    }

    private void AddBestClasses(ReadOnlySpan<float> scores, Box box, List<Candidate> found)
    {
        var (last, lastScore) = (-1, float.PositiveInfinity);
        for (var n = 0; n < ClassesPerDetection; n++)
        {
            var best = -1;
            for (var label = 0; label < scores.Length; label++)
            {
                var isNext = scores[label] < lastScore || (scores[label] == lastScore && label > last);
                if (isNext && (best < 0 || scores[label] > scores[best]))
                {
                    best = label;
                }
            }

            if (best < 0)
            {
                return;
            }

            found.Add(new Candidate(best, scores[best], box));
            (last, lastScore) = (best, scores[best]);
        }
    }

    private void SuppressByClass(Work work, List<Candidate> found)
    {
        var background = work.Columns - Classes;
        for (var label = 0; label < Classes; label++)
        {
            foreach (var rank in Best(work, background + label, 1, DetectionsPerClass))
            {
                var box = IndexOf(rank);
                found.Add(new Candidate(label, work.Scores[(box * work.Columns) + background + label], work.Decoded[box]));
            }
        }

        found.Sort(static (a, b) => b.Score.CompareTo(a.Score) is var order && order != 0 ? order : a.Label.CompareTo(b.Label));
        if (found.Count > MostDetections)
        {
            found.RemoveRange(MostDetections, found.Count - MostDetections);
        }
    }

    /// <summary>Ranks boxes by the best of their scores in some columns and suppresses greedily.</summary>
    private Span<ulong> Best(Work work, int firstColumn, int columns, int most)
    {
        var candidates = 0;
        for (var box = 0; box < work.Scores.Length / work.Columns; box++)
        {
            var score = float.NegativeInfinity;
            foreach (var one in work.Scores.Slice((box * work.Columns) + firstColumn, columns))
            {
                score = MathF.Max(score, one);
            }

            if (score >= ScoreThreshold)
            {
                work.Ranks[candidates++] = Rank(score, box);
            }
        }

        var ranks = work.Ranks[..candidates];
        ranks.Sort();
        var kept = 0;
        for (var i = 0; i < candidates && kept < most; i++)
        {
            if (!OverlapsAny(work.Decoded[IndexOf(ranks[i])], ranks[..kept], work.Decoded))
            {
                ranks[kept++] = ranks[i];
            }
        }

        return ranks[..kept];
    }

    private bool OverlapsAny(Box box, ReadOnlySpan<ulong> better, ReadOnlySpan<Box> decoded)
    {
        foreach (var rank in better)
        {
            if (box.IoU(decoded[IndexOf(rank)]) > OverlapThreshold)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Sorts by descending score, then by ascending index: a float's bits, made monotonic and turned round, above the index.</summary>
    private static ulong Rank(float score, int index)
    {
        var bits = BitConverter.SingleToUInt32Bits(score);
        var ascending = (bits & 0x8000_0000) != 0 ? ~bits : bits | 0x8000_0000;
        return ((ulong)~ascending << 32) | (uint)index;
    }

    private static int IndexOf(ulong rank) => (int)(uint)rank;

    private readonly ref struct Work(ReadOnlySpan<float> scores, int columns, Span<Box> decoded, Span<ulong> ranks)
    {
        public ReadOnlySpan<float> Scores { get; } = scores;

        public int Columns { get; } = columns;

        public Span<Box> Decoded { get; } = decoded;

        public Span<ulong> Ranks { get; } = ranks;
    }
}
