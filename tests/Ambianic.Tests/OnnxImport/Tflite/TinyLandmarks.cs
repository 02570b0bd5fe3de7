using static Ambianic.OnnxImport.Tflite.TfliteOperatorCode;

namespace Ambianic.Tests.OnnxImport.Tflite;

/// <summary>MediaPipe's operators for parts of faces, beside what plain loops make of the same numbers.</summary>
internal static class TinyLandmarks
{
    /// <summary>x, y, z of five landmarks.</summary>
    private static readonly float[] Five = [10, 20, 1, 40, 32, 2, 25, 41, 3, 18, 5, 4, 33, 30, 5];
    private static readonly float[] Halves = [0.5f, 0, 9, 0.25f, 0, 0.5f, 9, 0.25f, 0, 0, 1, 0, 0, 0, 0, 1];
    private static readonly float[] Turned = [0.8f, -0.6f, 0, 1.2f, 0.6f, 0.8f, 0, -0.7f, 0, 0, 1, 0, 0, 0, 0, 1];
    private static readonly float[] Same = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];

    public static IReadOnlyList<TinyOperator> All { get; } =
    [
        Crop("Landmarks2TransformMatrix, downwards", 0, 1, [2, 3, 4], 0, 16, 16, 1.5f, 1.5f),
        Crop("Landmarks2TransformMatrix, from right to left", 1, 0, [0, 1, 2, 3, 4], 0, 8, 16, 1.25f, 2),
        Crop("Landmarks2TransformMatrix, to a wanted angle", 3, 2, [4, 0], 0.7f, 20, 10, 1, 1),
        Crop("Landmarks2TransformMatrix, upright", 2, 2, [0, 1, 3], -1.1f, 16, 16, 1.5f, 1.5f),
        Move("TransformLandmarks of two dimensions", 2, Turned),
        Move("TransformLandmarks of three dimensions", 3, Halves),
        Cut("TransformTensorBilinear, all", Same, 5, 3),
        Cut("TransformTensorBilinear, more than there is", Same, 7, 6),
        Cut("TransformTensorBilinear, enlarged", Halves, 8, 4),
        Cut("TransformTensorBilinear, turned", Turned, 6, 5),
    ];

    /// <summary>Options of <c>Landmarks2TransformMatrix</c>.</summary>
    public static byte[] CropOptions(
        int left, int right, int[] subset, float angle, float width, float height, float scaleX, float scaleY) => TinyTflite.FlexMap(
        ("left_rotation_idx", left), ("output_height", height), ("output_width", width), ("right_rotation_idx", right),
        ("scale_x", scaleX), ("scale_y", scaleY), ("subset_idxs", subset), ("target_rotation_radians", angle));

    private static TinyOperator Crop(string name, int left, int right, int[] subset, float angle, int width, int height, float scaleX, float scaleY)
    {
        var options = CropOptions(left, right, subset, angle, width, height, scaleX, scaleY);
        var (x, y) = (Five.Where((_, i) => i % 3 == 0).ToArray(), Five.Where((_, i) => i % 3 == 1).ToArray());
        var (sin, cos) = Math.SinCos(angle - Math.Atan2(y[right] - y[left], x[right] - x[left]));
        var (minX, maxX, minY, maxY) = (double.MaxValue, double.MinValue, double.MaxValue, double.MinValue);
        foreach (var i in subset)
        {
            var (turnedX, turnedY) = ((x[i] * cos) - (y[i] * sin), (x[i] * sin) + (y[i] * cos));
            (minX, maxX) = (Math.Min(minX, turnedX), Math.Max(maxX, turnedX));
            (minY, maxY) = (Math.Min(minY, turnedY), Math.Max(maxY, turnedY));
        }

        var (stepX, stepY) = (scaleX * (maxX - minX) / width, scaleY * (maxY - minY) / height);
        var (cornerX, cornerY) = (((minX + maxX) / 2) - (stepX * width / 2), ((minY + maxY) / 2) - (stepY * height / 2));
        double[] expected =
        [
            cos * stepX, sin * stepY, 0, (cos * cornerX) + (sin * cornerY),
            -sin * stepX, cos * stepY, 0, (cos * cornerY) - (sin * cornerX),
            0, 0, 1, 0,
            0, 0, 0, 1,
        ];
        return TinyOperator.Of(name, [1, 5, 3], Five, [.. expected.Select(value => (float)value)], (model, input, output) =>
            model.Operator(CUSTOM, [input], [output], custom: "Landmarks2TransformMatrix", customOptions: options, version: 2), [1, 4, 4]);
    }

    private static TinyOperator Move(string name, int dimensions, float[] matrix)
    {
        float[] landmarks = [.. Five.Where((_, i) => i % 3 < dimensions)];
        var expected = landmarks.ToArray();
        for (var i = 0; i < landmarks.Length; i += dimensions)
        {
            (expected[i], expected[i + 1]) = Through(matrix, landmarks[i], landmarks[i + 1]);
        }

        return TinyOperator.Of(name, [1, 5, dimensions], landmarks, expected, (model, input, output) => model.Operator(
            CUSTOM, [input, model.Constant([1, 4, 4], matrix)], [output], custom: "TransformLandmarks", version: 2));
    }

    /// <summary>Cuts a part out of a picture of 5 columns, 3 rows and 2 channels.</summary>
    private static TinyOperator Cut(string name, float[] matrix, int width, int height)
    {
        var picture = TinyOperator.Count(5 * 3 * 2).Select(value => value * value % 17).ToArray();
        var expected = new float[width * height * 2];
        for (var i = 0; i < expected.Length; i++)
        {
            var (column, row, channel) = (i / 2 % width, i / 2 / width, i % 2);
            var (x, y) = Through(matrix, column + 0.5f, row + 0.5f);
            expected[i] = Between(picture, x - 0.5f, y - 0.5f, channel);
        }

        return TinyOperator.Of(name, [1, 3, 5, 2], picture, expected, (model, input, output) => model.Operator(
            CUSTOM, [input, model.Constant([1, 4, 4], matrix)], [output], custom: "TransformTensorBilinear",
            customOptions: TinyTflite.FlexMap(("output_height", height), ("output_width", width)), version: 2), [1, height, width, 2]);
    }

    private static float Between(float[] picture, float x, float y, int channel)
    {
        if (x < 0 || x > 4 || y < 0 || y > 2)
        {
            return 0;
        }

        var (left, top) = ((int)x, (int)y);
        var (right, bottom) = (Math.Min(left + 1, 4), Math.Min(top + 1, 2));
        return float.Lerp(
            float.Lerp(Pixel(left, top), Pixel(right, top), x - left), float.Lerp(Pixel(left, bottom), Pixel(right, bottom), x - left), y - top);

        float Pixel(int column, int row) => picture[(((row * 5) + column) * 2) + channel];
    }

    private static (float X, float Y) Through(float[] matrix, float x, float y) =>
        ((matrix[0] * x) + (matrix[1] * y) + matrix[3], (matrix[4] * x) + (matrix[5] * y) + matrix[7]);
}
