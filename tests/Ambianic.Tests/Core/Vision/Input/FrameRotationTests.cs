using Ambianic.Core.Frames;
using Ambianic.Core.Vision;
using Ambianic.Core.Vision.Input;
using CsCheck;

namespace Ambianic.Tests.Core.Vision.Input;

public sealed class FrameRotationTests
{
    private readonly FramePool _pool = new();

    [Theory]
    [InlineData(PixelFormat.I420, 6, 4)]
    [InlineData(PixelFormat.I420, 7, 5)]
    [InlineData(PixelFormat.Rgba32, 5, 3)]
    public void Rotate_FourTimesAQuarter_IsThePictureAgain(PixelFormat format, int width, int height)
    {
        using var frame = Random(width, height, format);
        var rotated = _pool.Rotate(frame, Box.Whole, 0).Frame;
        for (var i = 0; i < 4; i++)
        {
            var next = _pool.Rotate(rotated, Box.Whole, 1).Frame;
            rotated.Dispose();
            rotated = next;
        }

        Assert.Equal(frame.Buffer.ToArray(), rotated.Buffer.ToArray());
        rotated.Dispose();
        frame.Dispose();
        Assert.Equal(0, _pool.Outstanding);
    }

    [Theory]
    [InlineData(1, new byte[] { 4, 1, 5, 2, 6, 3 })]
    [InlineData(2, new byte[] { 6, 5, 4, 3, 2, 1 })]
    [InlineData(3, new byte[] { 3, 6, 2, 5, 1, 4 })]
    public void Rotate_Quarters_RotatesClockwise(int quarters, byte[] expected)
    {
        using var frame = _pool.Rent(3, 2, PixelFormat.Rgba32);
        for (var i = 0; i < 6; i++)
        {
            frame.Buffer.Span.Slice(i * 4, 4).Fill((byte)(i + 1));
        }

        using var rotated = _pool.Rotate(frame, Box.Whole, quarters).Frame;

        Assert.Equal(expected, rotated.Plane(0).ToArray().Where((_, i) => i % 4 == 0));
    }

    [Fact]
    public void Rotate_PartOfAPicture_SaysWhatItShows()
    {
        using var frame = Random(100, 50, PixelFormat.I420);

        var (part, shown) = _pool.Rotate(frame, new Box(0.25f, 0.1f, 0.55f, 0.61f), 1);

        using (part)
        {
            Assert.Equal(new Box(0.24f, 0.08f, 0.56f, 0.64f), shown);
            Assert.Equal((28, 32), (part.Width, part.Height));
            Assert.Equal(frame.Plane(0)[((32 - 1) * 100) + 24], part.Plane(0)[0]);
        }
    }

    [Fact]
    public void RotateBack_AnyBoxRotated_IsTheBoxAgain() =>
        Gen.Select(Gen.Float[0, 1], Gen.Float[0, 1], Gen.Float[0, 1], Gen.Float[0, 1], Gen.Int[0, 3]).Sample((a, b, c, d, quarters) =>
        {
            var box = new Box(MathF.Min(a, b), MathF.Min(c, d), MathF.Max(a, b), MathF.Max(c, d));
            var back = FrameRotation.RotateBack(FrameRotation.Rotate(box, quarters), quarters);
            Assert.Equal(box.XMin, back.XMin, tolerance: 0.0001f);
            Assert.Equal(box.YMax, back.YMax, tolerance: 0.0001f);
        });

    private Frame Random(int width, int height, PixelFormat format)
    {
        var frame = _pool.Rent(width, height, format);
        new Random(1).NextBytes(frame.Buffer.Span);
        return frame;
    }
}
