namespace Ambianic.Inference.Labels;

/// <summary>One label as a file says it.</summary>
/// <param name="Line">From 1.</param>
/// <param name="Index">As the file says, or its place.</param>
/// <param name="Name">May be empty.</param>
internal readonly record struct ParsedLabel(int Line, int Index, string Name);

/// <summary>The labels of a file.</summary>
/// <param name="Labels">In the file's order; of two with one index the last counts.</param>
/// <param name="IsIndexed">Each has its index.</param>
/// <param name="KeepsZero">True when a missing index 0 is the background.</param>
internal sealed record ParsedLabels(IReadOnlyList<ParsedLabel> Labels, bool IsIndexed, bool KeepsZero);

/// <summary>A file is no list of labels.</summary>
/// <param name="line">Where, from 1.</param>
/// <param name="message">Why, and what to do.</param>
internal sealed class LabelException(int line, string message) : Exception(message)
{
    /// <summary>From 1.</summary>
    public int Line => line;
}
