namespace Ambianic.Models.Import;

/// <content>Operators that calculate.</content>
internal sealed partial class GraphBuilder
{
    /// <summary>The quotient rounded down, as Python's <c>//</c>.</summary>
    public string FloorDivide(string a, string b, bool integers) => integers
        ? Emit("Div", [Emit("Sub", [a, Emit("Mod", [a, b])]), b])
        : Emit("Floor", [Emit("Div", [a, b])]);

    /// <summary>What <see cref="FloorDivide"/> leaves, with the sign of <paramref name="b"/>.</summary>
    public string FloorModulo(string a, string b, bool integers) => integers
        ? Emit("Mod", [a, b])
        : Emit("Sub", [a, Emit("Mul", [b, FloorDivide(a, b, integers)])]);

    public string SquaredDifference(string a, string b)
    {
        var difference = Emit("Sub", [a, b]);
        return Emit("Mul", [difference, difference]);
    }

    /// <summary>The sum of any number of values.</summary>
    public string AddAll(IReadOnlyList<string> values) => values.Aggregate((sum, value) => Emit("Add", [sum, value]));

    /// <summary>Combines the elements of some axes.</summary>
    /// <param name="op"><c>ReduceMean</c>, <c>ReduceSum</c>, <c>ReduceMax</c> or <c>ReduceMin</c>.</param>
    /// <param name="value">Of any shape.</param>
    /// <param name="axes">Known beforehand.</param>
    /// <param name="keep">True: the axes stay, with size one.</param>
    public string Reduce(string op, string value, string axes, bool keep) =>
        Emit(op, [value, Integers(IntegersOf(axes))], ("keepdims", keep ? 1L : 0L));

    /// <summary>Where the largest element of an axis is, as a 32-bit integer.</summary>
    public string ArgMax(string value, string axis) => Cast(
        Emit("ArgMax", [value], ("axis", IntegersOf(axis)[0]), ("keepdims", 0L)), ElementType.Int32);

    /// <summary>The largest elements of the last axis in descending order, and where they are as 32-bit integers.</summary>
    public string[] TopK(string value, string count)
    {
        var top = Emit("TopK", 2, [value, Integers(IntegersOf(count))]);
        return [top[0], Cast(top[1], ElementType.Int32)];
    }

    /// <summary>Softmax over the last axis of <c>beta</c> times the value.</summary>
    public string Softmax(string value, float beta) =>
        Emit("Softmax", [beta == 1 ? value : Emit("Mul", [value, Scalar(beta)])], ("axis", -1L));

    /// <summary>A matrix product with a matrix of <paramref name="weights"/> (inputs, outputs), and a bias or null.</summary>
    public string MultiplyMatrix(string value, string weights, string? bias)
    {
        var product = Emit("MatMul", [value, weights]);
        return bias is null ? product : Emit("Add", [product, bias]);
    }
}
