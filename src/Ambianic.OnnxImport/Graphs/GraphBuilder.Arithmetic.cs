namespace Ambianic.OnnxImport.Graphs;

/// <content>Operators that calculate.</content>
internal sealed partial class GraphBuilder
{
    /// <summary>The quotient, rounded down, like Python's <c>//</c>.</summary>
    public string FloorDivide(string a, string b, bool integers) => integers
        ? Emit("Div", [Emit("Sub", [a, Emit("Mod", [a, b])]), b])
        : Emit("Floor", [Emit("Div", [a, b])]);

    /// <summary>What <see cref="FloorDivide"/> leaves, with the sign of <paramref name="b"/>.</summary>
    public string FloorModulo(string a, string b, bool integers) => integers
        ? Emit("Mod", [a, b])
        : Emit("Sub", [a, Emit("Mul", [b, FloorDivide(a, b, integers)])]);

    public string Square(string value) => Emit("Mul", [value, value]);

    public string SquaredDifference(string a, string b) => Square(Emit("Sub", [a, b]));

    public string NotEqual(string a, string b) => Emit("Not", [Emit("Equal", [a, b])]);

    /// <summary>The sum of any number of values.</summary>
    public string AddAll(IReadOnlyList<string> values) => values.Aggregate((sum, value) => Emit("Add", [sum, value]));

    /// <summary>Combines the elements of some axes.</summary>
    /// <param name="op"><c>ReduceMean</c>, <c>ReduceSum</c>, <c>ReduceProd</c>, <c>ReduceMax</c> or <c>ReduceMin</c>.</param>
    /// <param name="value">Of any shape.</param>
    /// <param name="axes">Known beforehand.</param>
    /// <param name="keep">True: the axes stay, with size one.</param>
    public string Reduce(string op, string value, string axes, bool keep) =>
        Emit(op, [value, Integers(IntegersOf(axes))], ("keepdims", keep ? 1L : 0L));

    /// <summary>Where the largest (<c>ArgMax</c>) or smallest (<c>ArgMin</c>) element of an axis is.</summary>
    public string ArgBest(string op, string value, string axis, ElementType type) =>
        Cast(Emit(op, [value], ("axis", IntegersOf(axis)[0]), ("keepdims", 0L)), type);

    /// <summary>The largest elements of the last axis in descending order, and where they are as 32-bit integers.</summary>
    public string[] TopK(string value, string count)
    {
        var top = Emit("TopK", 2, [value, Integers(IntegersOf(count))]);
        return [top[0], Cast(top[1], ElementType.Int32)];
    }

    /// <summary>The value times the normal distribution's share below it; or an approximation of that.</summary>
    /// <remarks>D. Hendrycks, K. Gimpel, "Gaussian Error Linear Units (GELUs)", 2016, also the approximation's constants.</remarks>
    public string Gelu(string value, bool isApproximate)
    {
        var share = isApproximate
            ? Emit("Tanh", [Emit("Mul", [Scalar(MathF.Sqrt(2 / MathF.PI)), Emit("Add", [value, Emit("Mul", [Scalar(0.044715f), Emit("Mul", [value, Square(value)])])])])])
            : Emit("Erf", [Emit("Mul", [value, Scalar(1 / MathF.Sqrt(2))])]);
        return Emit("Mul", [Emit("Mul", [value, Scalar(0.5f)]), Emit("Add", [share, Scalar(1)])]);
    }

    /// <summary>Softmax over the last axis of <c>beta</c> times the value.</summary>
    public string Softmax(string value, float beta) =>
        Emit("Softmax", [beta == 1 ? value : Emit("Mul", [value, Scalar(beta)])], ("axis", -1L));

    /// <summary>The products of the matrices in the last two axes, those before them broadcast.</summary>
    /// <param name="a">Rows, inner axis; the other way round when transposed.</param>
    /// <param name="b">Inner axis, columns; the other way round when transposed.</param>
    public string MultiplyMatrices((string Value, int Axes, bool Transposed) a, (string Value, int Axes, bool Transposed) b)
    {
        return Emit("MatMul", [Upright(a), Upright(b)]);

        string Upright((string Value, int Axes, bool Transposed) matrix) => !matrix.Transposed ? matrix.Value
            : matrix.Axes < 2 ? throw new GraphException($"a value of {matrix.Axes} axes is no matrix to be transposed")
            : Transpose(matrix.Value, [.. Enumerable.Range(0, matrix.Axes - 2).Select(axis => (long)axis), matrix.Axes - 1, matrix.Axes - 2]);
    }
}
