using System.Text.Json;

namespace Ambianic.OnnxImport.Graphs;

/// <summary>A file cannot become a graph. The message names the place in it and, where it is one, the operator.</summary>
internal sealed class GraphException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The same error, or the exception of reading a damaged file, with the place where it was noticed.</summary>
    public static GraphException At(string place, Exception error) => new(
        error is GraphException ? $"{place}: {error.Message}" : $"{place}: the file is damaged ({error.Message})", error);

    /// <summary>True for exceptions that a file which contradicts itself causes, beside those that the readers throw themselves.</summary>
    public static bool IsDamage(Exception error) => error is GraphException or JsonException or FormatException
        or InvalidOperationException or KeyNotFoundException or ArgumentException or IndexOutOfRangeException or InvalidCastException
        or ArithmeticException;
}
