using Ambianic.Core.Frames;
using Ambianic.Core.Vision.Input;
using Ambianic.Core.Vision.Tracking;

namespace Ambianic.Core.Vision.Falls;

/// <summary>
/// Draws people as lines on a dark, empty picture. Nothing of the camera's picture is copied: what a model overlooks is not
/// shown either.
/// </summary>
internal static class SkeletonPicture
{
    private const byte DarkGrey = 40;
    private const byte White = 235;
    private const float LeastConfidence = 0.15f;

    /// <summary>Pairs of COCO's key points that a bone connects.</summary>
    private static readonly (int From, int To)[] Bones =
    [
        (0, 5), (0, 6), (5, 6), (5, 7), (7, 9), (6, 8), (8, 10), (5, 11), (6, 12), (11, 12), (11, 13), (13, 15), (12, 14), (14, 16),
    ];

    /// <summary>Makes a picture of the frame's size, format and time; the caller owns it.</summary>
    /// <param name="pool">Lends the pixels.</param>
    /// <param name="frame">Whose size and time; its pixels are not read.</param>
    /// <param name="bodies">Who is drawn, in heights of the upright picture.</param>
    /// <param name="quarters">Quarter turns clockwise that made the frame upright.</param>
    public static Frame Draw(FramePool pool, Frame frame, IEnumerable<Body> bodies, int quarters)
    {
        var picture = pool.Rent(frame.Width, frame.Height, frame.Format, frame.Sequence, frame.CapturedAt, frame.Position, frame.Damage);
        var pixels = picture.Buffer.Span;
        pixels.Fill(DarkGrey);
        if (frame.Format == PixelFormat.I420)
        {
            pixels[(frame.Width * frame.Height)..].Fill(128); // no colour
        }
        else
        {
            for (var alpha = 3; alpha < pixels.Length; alpha += 4)
            {
                pixels[alpha] = 255;
            }
        }

        var aspect = quarters % 2 == 0 ? (float)frame.Width / frame.Height : (float)frame.Height / frame.Width;
        foreach (var body in bodies)
        {
            var points = body.RelativeKeypoints(aspect);
            foreach (var (from, to) in points.Count == 17 ? Bones : [])
            {
                if (points[from].Confidence >= LeastConfidence && points[to].Confidence >= LeastConfidence)
                {
                    Line(picture, Place(points[from], quarters), Place(points[to], quarters));
                }
            }
        }

        return picture;
    }

    private static (float X, float Y) Place(Keypoint point, int quarters) => FrameRotation.RotateBack(point.X, point.Y, quarters);

    private static void Line(Frame picture, (float X, float Y) from, (float X, float Y) to)
    {
        var (width, height) = (picture.Width, picture.Height);
        var radius = Math.Max(1, height / 240);
        var (dx, dy) = ((to.X - from.X) * width, (to.Y - from.Y) * height);
        var steps = Math.Clamp((int)MathF.Max(MathF.Abs(dx), MathF.Abs(dy)), 1, width + height);
        for (var step = 0; step <= steps; step++)
        {
            Dot(picture, (int)((from.X * width) + (dx * step / steps)), (int)((from.Y * height) + (dy * step / steps)), radius);
        }
    }

    private static void Dot(Frame picture, int x, int y, int radius)
    {
        var pixels = picture.Buffer.Span;
        var size = picture.Format == PixelFormat.Rgba32 ? 4 : 1;
        for (var row = Math.Max(0, y - radius); row <= Math.Min(picture.Height - 1, y + radius); row++)
        {
            for (var column = Math.Max(0, x - radius); column <= Math.Min(picture.Width - 1, x + radius); column++)
            {
                pixels.Slice(((row * picture.Width) + column) * size, Math.Min(3, size)).Fill(White);
            }
        }
    }
}
