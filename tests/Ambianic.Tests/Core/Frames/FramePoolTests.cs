using Ambianic.Core.Frames;

namespace Ambianic.Tests.Core.Frames;

public sealed class FramePoolTests
{
    [Fact]
    public void Rent_AfterAFrameOfThatSizeCameBack_UsesItsPixelsAgain()
    {
        var pool = new FramePool();
        var first = pool.Rent(64, 48, PixelFormat.I420);
        first.Buffer.Span[0] = 42;
        first.Dispose();

        using var second = pool.Rent(64, 48, PixelFormat.I420);

        Assert.Equal(42, second.Plane(0)[0]);
    }

    [Fact]
    public void Dispose_MoreThanThePoolKeeps_IsLeftToTheCollector()
    {
        var pool = new FramePool(maximumRetainedBytes: 100);
        var large = pool.Rent(64, 48, PixelFormat.Rgba32);
        large.Buffer.Span.Fill(42);

        large.Dispose();

        Assert.Equal(0, pool.Outstanding);
        Assert.Throws<ObjectDisposedException>(() => large.Buffer);
    }

    [Fact]
    public void Dispose_Twice_CountsOnce()
    {
        var pool = new FramePool();
        var frame = pool.Rent(2, 2, PixelFormat.I420);
        using var other = pool.Rent(2, 2, PixelFormat.I420);

        frame.Dispose();
        frame.Dispose();

        Assert.Equal(1, pool.Outstanding);
    }

    [Theory]
    [InlineData(4, 2, 8, 2, 2)]
    [InlineData(5, 3, 15, 6, 6)]
    [InlineData(1, 1, 1, 1, 1)]
    public void Plane_OddSizes_RoundsChromaUp(int width, int height, int y, int u, int v)
    {
        using var frame = new FramePool().Rent(width, height, PixelFormat.I420);

        Assert.Equal((y, u, v), (frame.Plane(0).Length, frame.Plane(1).Length, frame.Plane(2).Length));
        Assert.Equal(y + u + v, frame.Buffer.Length);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, -1)]
    public void Rent_NoSize_IsRefused(int width, int height) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new FramePool().Rent(width, height, PixelFormat.I420));
}
