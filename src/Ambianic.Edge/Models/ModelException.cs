namespace Ambianic.Models;

/// <summary>A model could not be had or read. The message names it and says what to do.</summary>
public sealed class ModelException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The same error, or what a damaged file ended in, with the place where it came up.</summary>
    internal static ModelException At(string place, Exception error) => new(
        error is ModelException ? $"{place}: {error.Message}" : $"{place}: the file is damaged ({error.Message})", error);
}
