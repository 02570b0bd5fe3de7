namespace Ambianic.Core.Frames;

/// <summary>What a source's stream is, as it was found in it.</summary>
/// <param name="Codec">In the decoder's words, for example <c>h264</c>; null when it did not say.</param>
/// <param name="Width">Of the camera's picture in pixels, before it is reduced; 0 before the first picture.</param>
/// <param name="Height">The same.</param>
/// <param name="Fps">Pictures a second that the camera sends; null before it can be told.</param>
/// <param name="KeyFrameSeconds">Between the last two key frames; null before the second one.</param>
public sealed record StreamFacts(string? Codec, int Width, int Height, double? Fps, double? KeyFrameSeconds);
