using Ambianic.Core.Frames;

namespace Ambianic.Server.Sources;

/// <summary>What a test of a source has found. Credentials are masked.</summary>
/// <param name="Fault">Why it cannot be read, for people; null when it can.</param>
/// <param name="Stream">What it sends, as far as that was found out.</param>
/// <param name="FirstPictureAfter">Time until the first picture; null when none came.</param>
/// <param name="Remark">What is not right although there are pictures, for people; mostly null.</param>
/// <param name="Jpeg">The newest picture, 640 pixels wide at most; null when there is none.</param>
internal sealed record SourceFinding(string? Fault, StreamDetails? Stream, TimeSpan? FirstPictureAfter, string? Remark, byte[]? Jpeg);
