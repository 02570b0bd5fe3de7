using System.Globalization;
using Ambianic.OnnxImport.Graphs;

namespace Ambianic.OnnxImport.Tflite;

/// <content>MediaPipe's operators for parts of a face. Their options are FlexBuffers.</content>
internal sealed partial class TfliteReader
{
    private const string ToCrop = "Landmarks2TransformMatrix", TransformTensor = "TransformTensorBilinear", TransformPoints = "TransformLandmarks";

    /// <summary>The first versions have the same names and another meaning.</summary>
    private const int SupportedVersion = 2;
    private const int LargestSide = 4096;

    private LandmarkTransforms Transforms(TfliteOperator item) => item.Version == SupportedVersion
        ? new LandmarkTransforms(_builder)
        : throw new GraphException($"its version {item.Version} is not supported, only {SupportedVersion}");

    /// <summary>Landmarks: [1, n, 3]. Result: [1, 4, 4].</summary>
    private string LandmarksToMatrix(TfliteOperator item)
    {
        var transforms = Transforms(item);
        var options = FlexMap.Read(item.CustomOptions);
        var landmarks = Sizes(item, 0, "landmarks", [1, null, 3]);
        var subset = FlexMap.ReadIntegers(item.CustomOptions, "subset_idxs");
        var crop = new LandmarkCrop(
            (long)Number(options, "left_rotation_idx", 0, landmarks[1] - 1),
            (long)Number(options, "right_rotation_idx", 0, landmarks[1] - 1),
            subset,
            (float)Number(options, "target_rotation_radians", -Math.Tau, Math.Tau),
            (Side(options, "output_width"), Side(options, "output_height")),
            ((float)Number(options, "scale_x", float.Epsilon, LargestSide), (float)Number(options, "scale_y", float.Epsilon, LargestSide)));
        return subset.Length > 0 && Array.TrueForAll(subset, index => index >= 0 && index < landmarks[1])
            ? transforms.ToCrop(In(item, 0), crop)
            : throw new GraphException($"its option subset_idxs must name some of the {landmarks[1]} landmarks");
    }

    /// <summary>Picture and matrix.</summary>
    private string SampledPicture(TfliteOperator item)
    {
        var transforms = Transforms(item);
        var options = FlexMap.Read(item.CustomOptions);
        var to = (Width: Side(options, "output_width"), Height: Side(options, "output_height"));
        var picture = Sizes(item, 0, "picture", [1, null, null, null]);
        _ = Sizes(item, 1, "matrix", [1, 4, 4]);
        return picture[1] > 0 && picture[2] > 0
            ? transforms.Sample(In(item, 0), (picture[2], picture[1]), In(item, 1), to)
            : throw new GraphException($"a picture of {picture[2]}x{picture[1]} has no parts");
    }

    /// <summary>Landmarks, [1, n, 2 or 3], and matrix; without options.</summary>
    private string TransformedLandmarks(TfliteOperator item)
    {
        var transforms = Transforms(item);
        var dimensions = Sizes(item, 0, "landmarks", [1, null, null])[2];
        _ = Sizes(item, 1, "matrix", [1, 4, 4]);
        return dimensions is 2 or 3
            ? transforms.Transform(In(item, 0), In(item, 1), dimensions)
            : throw new GraphException($"landmarks of {dimensions} dimensions are not supported, only of 2 and 3");
    }

    /// <summary>Sizes that an input must have; null is any size.</summary>
    private IReadOnlyList<int> Sizes(TfliteOperator item, int index, string what, int?[] wanted)
    {
        var shape = TensorOf(Input(item, index)).Shape;
        return shape.Count == wanted.Length && shape.Zip(wanted).All(axis => axis.Second is not { } size || axis.First == size)
            ? shape
            : throw new GraphException(
                $"its input '{what}' has the shape [{string.Join(", ", shape)}], not [{string.Join(", ", wanted.Select(size => size?.ToString(CultureInfo.InvariantCulture) ?? "?"))}]");
    }

    private static int Side(Dictionary<string, double> options, string name) => (int)Number(options, name, 1, LargestSide);

    private static double Number(Dictionary<string, double> options, string name, double least, double most) =>
        !options.TryGetValue(name, out var value) ? throw new GraphException($"its option {name} is missing")
        : value >= least && value <= most ? value
        : throw new GraphException(string.Create(CultureInfo.InvariantCulture, $"its option {name} is {value}, not between {least} and {most}"));
}
