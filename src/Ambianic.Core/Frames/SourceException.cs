namespace Ambianic.Core.Frames;

/// <summary>A source could not be read. The message is for the person who has to act and never holds credentials.</summary>
public class SourceException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>A source is connected, or pretends to be, and no frame arrived for the length of its stall limit.</summary>
public sealed class SourceStalledException(string message) : SourceException(message);
