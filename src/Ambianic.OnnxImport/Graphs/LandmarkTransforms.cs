namespace Ambianic.OnnxImport.Graphs;

/// <summary>A part of a picture around some landmarks, rotated so that the line through two of them has a given angle.</summary>
/// <param name="Left">Index of the landmark where the line that is turned begins.</param>
/// <param name="Right">Index of the landmark where it ends.</param>
/// <param name="Subset">Indices of the landmarks that the part holds.</param>
/// <param name="Angle">Of the line from left to right in the part, in radians; 0 is level.</param>
/// <param name="Size">Columns and rows of the part, in its own pixels.</param>
/// <param name="Scale">How much wider and higher the part is than the landmarks' bounding box.</param>
internal sealed record LandmarkCrop(
    long Left, long Right, long[] Subset, float Angle, (int Width, int Height) Size, (float X, float Y) Scale);

/// <summary>
/// Builds as a <see cref="Graph"/> how MediaPipe's networks work on a part of a face: a matrix maps the pixels of the part to the
/// picture, another operator cuts the part out with it, and a third maps landmarks back.
/// </summary>
/// <remarks>
/// Matrices are [1, 4, 4], of which the first two rows count: a point (x, y) goes to <c>M (x, y, 0, 1)</c>. Semantics: the
/// second versions in MediaPipe's <c>mediapipe/util/tflite/operations</c>.
/// </remarks>
internal sealed class LandmarkTransforms(GraphBuilder builder)
{
    /// <summary>A place outside the picture, whose sides are at -1 and 1: GridSample gives zero there.</summary>
    private const float Outside = -4;

    /// <summary>The matrix from the pixels of a crop to those of the picture.</summary>
    /// <param name="landmarks">[1, n, 2 or more]: x, y in pixels of the picture.</param>
    /// <param name="crop">Its indices less than n.</param>
    public string ToCrop(string landmarks, LandmarkCrop crop)
    {
        var points = FirstTwo(landmarks);
        var turn = Turn(points, crop);

        // In the crop's direction, where the bounding box is upright.
        var upright = builder.Emit("MatMul", [builder.Gather(points, builder.Integers(crop.Subset), 1, 0), turn]);
        var (least, most) = (Reduce("ReduceMin", upright, 1), Reduce("ReduceMax", upright, 1));
        var middle = builder.Emit("Mul", [builder.Emit("Add", [least, most]), builder.Scalar(0.5f)]);
        var pixel = builder.Emit("Mul", [builder.Emit("Sub", [most, least]), Pair(crop.Scale.X / crop.Size.Width, crop.Scale.Y / crop.Size.Height)]);
        var corner = builder.Emit("Sub", [middle, builder.Emit("Mul", [pixel, Pair(crop.Size.Width / 2f, crop.Size.Height / 2f)])]);

        var rows = builder.Concat(
            [
                builder.Emit("Mul", [turn, pixel]),
                builder.Constant(Tensor.Of([1, 2, 1], 0f, 0f)),
                builder.Emit("MatMul", [turn, builder.Transpose(corner, [0, 2, 1])]),
            ], 2);
        return builder.Concat([rows, builder.Constant(Tensor.Of([1, 2, 4], 0f, 0, 1, 0, 0, 0, 0, 1))], 1);
    }

    /// <summary>Landmarks mapped by a matrix; values beside x and y stay.</summary>
    /// <param name="landmarks">[1, n, dimensions].</param>
    /// <param name="matrix">[1, 4, 4].</param>
    /// <param name="dimensions">2 or 3.</param>
    public string Transform(string landmarks, string matrix, int dimensions) => dimensions == 2
        ? Transform(landmarks, matrix)
        : builder.Concat([Transform(FirstTwo(landmarks), matrix), builder.Slice(landmarks, [0, 0, 2], [-1, -1, -1])], 2);

    /// <summary>The part of a picture that a matrix maps to, interpolated linearly; zero beyond the centres of the outermost pixels.</summary>
    /// <param name="picture">Batch of one, row, column, channel.</param>
    /// <param name="from">Columns and rows of the picture.</param>
    /// <param name="matrix">[1, 4, 4], from the part to the picture.</param>
    /// <param name="to">Columns and rows of the part.</param>
    public string Sample(string picture, (int Width, int Height) from, string matrix, (int Width, int Height) to)
    {
        var fromMiddle = builder.Emit("Sub", [Transform(Centres(to.Width, to.Height), matrix), Pair(from.Width / 2f, from.Height / 2f)]);
        var beyond = Reduce("ReduceMax", builder.Emit("Sub", [builder.Emit("Abs", [fromMiddle]), Pair((from.Width - 1) / 2f, (from.Height - 1) / 2f)]), 2);
        var places = builder.Emit(
            "Where",
            [
                builder.Emit("LessOrEqual", [beyond, builder.Scalar(0)]),
                builder.Emit("Mul", [fromMiddle, Pair(2f / from.Width, 2f / from.Height)]),
                builder.Scalar(Outside),
            ]);
        return builder.Emit(
            "GridSample",
            [picture, builder.Emit("Reshape", [places, builder.Integers(1, to.Height, to.Width, 2)])],
            ("mode", "bilinear"),
            ("padding_mode", "zeros"),
            ("align_corners", 0L));
    }

    /// <summary>[1, 2, 2]: takes columns from the crop's direction to the picture's, and rows the other way.</summary>
    private string Turn(string points, LandmarkCrop crop)
    {
        var line = builder.Emit("Sub", [Point(crop.Right), Point(crop.Left)]);
        var length = builder.Emit("Sqrt", [Reduce("ReduceSum", builder.Square(line), 2)]);

        // Two landmarks at one place make a horizontal line, as atan2(0, 0) is 0.
        var isPoint = builder.Cast(builder.Emit("Equal", [length, builder.Scalar(0)]), ElementType.Float);
        var direction = builder.Emit(
            "Div", [builder.Emit("Add", [line, builder.Emit("Mul", [isPoint, Pair(1, 0)])]), builder.Emit("Add", [length, isPoint])]);

        // From the line's cosine and sine to those of the wanted angle minus the line's: cos, sin, -sin, cos.
        var (sin, cos) = MathF.SinCos(crop.Angle);
        var turned = builder.Emit(
            "MatMul", [direction, builder.Constant(Tensor.Of([2, 4], cos, sin, -sin, cos, sin, -cos, cos, sin))]);
        return builder.Emit("Reshape", [turned, builder.Integers(1, 2, 2)]);

        string Point(long index) => builder.Gather(points, builder.Integers(index), 1, 0);
    }

    private string Transform(string points, string matrix)
    {
        var columns = builder.Transpose(matrix, [0, 2, 1]);
        return builder.Emit(
            "Add",
            [
                builder.Emit("MatMul", [points, builder.Slice(columns, [0, 0, 0], [-1, 2, 2])]),
                builder.Slice(columns, [0, 3, 0], [-1, 1, 2]),
            ]);
    }

    /// <summary>[1, height * width, 2]: x and y of all pixels' centres, row by row; pixel <c>i</c> is at <c>i + 0.5</c>.</summary>
    private string Centres(int width, int height)
    {
        builder.Allow(2L * sizeof(float) * width * height);
        var centres = new float[2 * width * height];
        for (var i = 0; i < width * height; i++)
        {
            centres[2 * i] = (i % width) + 0.5f;
            centres[(2 * i) + 1] = (i / width) + 0.5f;
        }

        return builder.Constant(Tensor.Of([1, width * height, 2], centres));
    }

    private string FirstTwo(string landmarks) => builder.Slice(landmarks, [0, 0, 0], [-1, -1, 2]);

    private string Reduce(string op, string value, long axis) => builder.Reduce(op, value, builder.Integers(axis), keep: true);

    private string Pair(float x, float y) => builder.Constant(Tensor.Of([2], x, y));
}
