using Ambianic.OnnxImport.Graphs;

namespace Ambianic.OnnxImport;

/// <summary>A description of a model, for people.</summary>
/// <param name="Inputs">What is fed.</param>
/// <param name="Outputs">What comes out, as the imported model has it.</param>
/// <param name="Operators">How often each operator occurs, by the name it has in the file.</param>
public sealed record ModelDescription(
    IReadOnlyList<ModelTensor> Inputs, IReadOnlyList<ModelTensor> Outputs, IReadOnlyDictionary<string, int> Operators);

/// <summary>An input or output of a model.</summary>
/// <param name="Name">As in the imported model.</param>
/// <param name="Type">Type of its elements, for example <c>float</c>.</param>
/// <param name="Shape">-1 is a size known only when the model runs; null when the number of axes is not known either.</param>
public sealed record ModelTensor(string Name, string Type, IReadOnlyList<int>? Shape)
{
    /// <summary>For example <c>input float[1, 192, 192, 3]</c>.</summary>
    public override string ToString() => $"{Name} {Type}{Tensor.Sizes(Shape)}";

    internal static ModelTensor Of(GraphValue value) => new(value.Name, value.Type.ToString().ToLowerInvariant(), value.Shape);
}
