namespace Ambianic.Core.Frames;

/// <summary>What a source sends, as it was found on the present connection.</summary>
/// <param name="Codec">In ffmpeg's words, for example <c>h264</c>; <c>jpeg</c> for single pictures.</param>
/// <param name="Width">Pixels, before anything is reduced; 0 while it is not known.</param>
/// <param name="Height">Pixels; 0 while it is not known.</param>
/// <param name="Fps">Pictures a second that the source sends, measured; null while too few have come.</param>
/// <param name="KeyFrameSeconds">Seconds between the last two key frames; null while two have not come.</param>
public sealed record StreamDetails(string Codec, int Width, int Height, double? Fps, double? KeyFrameSeconds);
