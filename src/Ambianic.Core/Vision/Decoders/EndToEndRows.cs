using System.Runtime.InteropServices;
using Ambianic.Core.Vision.Input;

namespace Ambianic.Core.Vision.Decoders;

/// <summary>
/// End-to-end detectors, which have suppression in the graph, that give rows of seven numbers, the first the picture's: [1, 1, n, 7] of class, score, corners
/// (SSD of Caffe and OpenVINO, classes counted from 1); [1, n, 7] of top, left, bottom, right, score, class
/// (TensorFlow's EfficientDet, classes counted from 1); [n, 7] of corners, class, score (YOLO v7) or corners, score, class (YOLO-NAS).
/// Corners are left, top, right, bottom, in pixels of the tensor or parts of it.
/// </summary>
internal sealed class EndToEndRows : IDetectionDecoder
{
    private const int Columns = 7;

    private enum Form
    {
        None,
        OpenVino,
        EfficientDet,
        ClassScore,
        ScoreClass,
    }

    /// <inheritdoc/>
    public string Name => "finished-rows";

    /// <inheritdoc/>
    public bool Reads(IReadOnlyList<ModelOutput> outputs, int width, int height) =>
        FormOf(outputs) switch
        {
            Form.None => false,
            Form.OpenVino => true,
            Form.EfficientDet => outputs[0].Name.Contains("detection", StringComparison.OrdinalIgnoreCase),
            var form => ArePlausible(outputs[0], form), // an output of seven classes has this shape too
        };

    /// <inheritdoc/>
    public int FirstClass(IReadOnlyList<ModelOutput> outputs) => FormOf(outputs) is Form.OpenVino or Form.EfficientDet ? 1 : 0;

    /// <summary>Nothing: the graph has suppressed.</summary>
    public float Overlap(IReadOnlyList<ModelOutput> outputs, int width, int height) => NonMaximumSuppression.KeepAll;

    /// <inheritdoc/>
    public ModelInput Usual(ModelInput tensor) => tensor with { Scale = ModelInput.UnitScale, Placement = LetterboxPlacement.Centred, Pad = 114 };

    /// <summary>OpenVINO's models want pixels as they are, blue first.</summary>
    public ModelInput Usual(ModelInput tensor, IReadOnlyList<ModelOutput> outputs) => FormOf(outputs) switch
    {
        Form.OpenVino => tensor with { Order = ChannelOrder.Bgr, Placement = LetterboxPlacement.TopLeft },
        Form.EfficientDet => tensor.AsInImageNet() with { Placement = LetterboxPlacement.TopLeft },
        _ => Usual(tensor),
    };

    /// <inheritdoc/>
    public void Decode(IReadOnlyList<ModelOutput> outputs, in Letterbox letterbox, float threshold, CandidateList found)
    {
        var form = FormOf(outputs);
        if (form == Form.None)
        {
            throw new InferenceException($"the outputs {outputs.Describe()} are not rows of {Columns} numbers; try another decoder");
        }

        var first = found.Items.Count;
        for (var rows = outputs[0].Values.Span; rows.Length >= Columns; rows = rows[Columns..])
        {
            var (label, score, box) = form switch
            {
                Form.OpenVino => (rows[1] - 1, rows[2], new Box(rows[3], rows[4], rows[5], rows[6])),
                Form.EfficientDet => (rows[6] - 1, rows[5], new Box(rows[2], rows[1], rows[4], rows[3])),
                Form.ClassScore => (rows[5], rows[6], new Box(rows[1], rows[2], rows[3], rows[4])),
                _ => (rows[6], rows[5], new Box(rows[1], rows[2], rows[3], rows[4])),
            };
            if (score >= threshold && rows[0] >= 0) // OpenVINO ends its rows with one of picture -1
            {
                found.Add((int)label, score, box);
            }
        }

        BoxUnits.ToPixels(CollectionsMarshal.AsSpan(found.Items)[first..], letterbox);
    }

    private static bool ArePlausible(ModelOutput output, Form form)
    {
        var (score, label) = form == Form.ScoreClass ? (5, 6) : (6, 5);
        var hasBox = output.Values.IsEmpty;
        for (var rows = output.Values.Span; rows.Length >= Columns; rows = rows[Columns..])
        {
            if (rows[0] != 0 || rows[score] is not (>= 0 and <= 1) || rows[label] < 0 || !float.IsInteger(rows[label]))
            {
                return false;
            }

            hasBox |= rows[3] > rows[1] && rows[4] > rows[2];
        }

        return hasBox;
    }

    private static Form FormOf(IReadOnlyList<ModelOutput> outputs) => outputs.Count == 1 ? FormOf(outputs[0]) : Form.None;

    private static Form FormOf(ModelOutput output) =>
        output.FromLast(1) != Columns ? Form.None
        : output.Shape is [1, 1, _, _] ? Form.OpenVino
        : output.Shape is [1, _, _] ? Form.EfficientDet
        : output.Shape is not [_, _] ? Form.None
        : HasScoreBeforeClass(output) ? Form.ScoreClass
        : Form.ClassScore;

    /// <summary>The sixth column is the score where it holds a number that is not whole.</summary>
    private static bool HasScoreBeforeClass(ModelOutput output)
    {
        for (var rows = output.Values.Span; rows.Length >= Columns; rows = rows[Columns..])
        {
            if (!float.IsInteger(rows[5]) || !float.IsInteger(rows[6]))
            {
                return !float.IsInteger(rows[5]);
            }
        }

        return output.Name.Contains("flat", StringComparison.OrdinalIgnoreCase);
    }
}
