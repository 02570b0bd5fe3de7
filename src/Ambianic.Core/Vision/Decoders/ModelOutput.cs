namespace Ambianic.Core.Vision.Decoders;

/// <summary>An output tensor of a model, converted to 32-bit floats.</summary>
/// <param name="Name">As in the graph.</param>
/// <param name="Shape">Length of each axis.</param>
/// <param name="Values">Row-major; valid until the model runs again.</param>
public sealed record ModelOutput(string Name, IReadOnlyList<int> Shape, ReadOnlyMemory<float> Values)
{
    /// <summary>Length of an axis counted from the last, which is 1; 1 when there is no such axis.</summary>
    public int FromLast(int axis) => axis <= Shape.Count ? Shape[^axis] : 1;
}

/// <summary>For messages to people.</summary>
internal static class ModelOutputDescription
{
    /// <summary>Name and shape of each, for example <c>boxes [1,300,4], scores [1,300]</c>.</summary>
    public static string Describe(this IReadOnlyList<ModelOutput> outputs) =>
        string.Join(", ", outputs.Select(output => $"{output.Name} [{string.Join(",", output.Shape)}]"));
}
