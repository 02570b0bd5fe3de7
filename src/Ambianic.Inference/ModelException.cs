namespace Ambianic.Inference;

/// <summary>A model could not be had or read. The message names it and says what to do.</summary>
public sealed class ModelException(string message, Exception? inner = null) : Exception(message, inner);
