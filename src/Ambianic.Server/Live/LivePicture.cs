namespace Ambianic.Server.Live;

/// <summary>Which picture somebody wants to see.</summary>
/// <param name="Pipeline">Of which pipeline.</param>
/// <param name="Boxes">With what was detected drawn into it.</param>
/// <param name="Width">Pixels at most; 0 is the width that the pipeline works with.</param>
internal readonly record struct PictureWish(string Pipeline, bool Boxes, int Width);

/// <summary>What a pipeline saw last.</summary>
/// <param name="Number">Greater for each newer picture.</param>
/// <param name="At">When it was received.</param>
/// <param name="Jpeg">Encoded.</param>
internal sealed record LivePicture(long Number, DateTimeOffset At, byte[] Jpeg);
