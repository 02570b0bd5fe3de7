namespace Ambianic.OnnxImport;

/// <summary>A model cannot be imported. The message names the file and, where it is one, the operator.</summary>
public sealed class ModelImportException(string message, Exception? inner = null) : Exception(message, inner);
