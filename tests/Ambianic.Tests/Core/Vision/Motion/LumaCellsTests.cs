using Ambianic.Core.Frames;
using Ambianic.Core.Vision.Motion;

namespace Ambianic.Tests.Core.Vision.Motion;

public sealed class LumaCellsTests
{
    [Theory]
    [InlineData(1280, 720, PixelFormat.I420)]
    [InlineData(641, 361, PixelFormat.I420)]
    [InlineData(50, 30, PixelFormat.I420)]
    [InlineData(323, 241, PixelFormat.Rgba32)]
    public void Read_AnySize_AveragesEachCell(int width, int height, PixelFormat format)
    {
        using var frame = new FramePool().Rent(width, height, format, 0, DateTimeOffset.UnixEpoch);
        new Random(7).NextBytes(frame.Buffer.Span);
        var channels = format == PixelFormat.I420 ? 1 : 4;
        for (var alpha = 3; channels == 4 && alpha < frame.Buffer.Length; alpha += 4)
        {
            frame.Buffer.Span[alpha] = 255;
        }

        var grid = new LumaCells(90);
        Assert.True(grid.Read(frame));
        Assert.False(grid.Read(frame));

        var edge = Math.Max(4, (int)Math.Ceiling((double)height / grid.Rows));
        Assert.InRange(grid.Rows, height / 8, 91);
        Assert.Equal((int)Math.Ceiling((double)width / edge), grid.Columns);
        for (var cell = 0; cell < grid.Cells.Length; cell++)
        {
            Assert.Equal(Average(frame, channels, cell % grid.Columns * edge, cell / grid.Columns * edge, edge), grid.Cells[cell], 0.01);
        }
    }

    private static double Average(Frame frame, int channels, int left, int top, int edge)
    {
        var (sum, count) = (0L, 0);
        for (var y = top; y < Math.Min(frame.Height, top + edge); y++)
        {
            for (var x = left; x < Math.Min(frame.Width, left + edge); x++)
            {
                for (var channel = 0; channel < Math.Min(3, channels); channel++)
                {
                    sum += frame.Plane(0)[(((y * frame.Width) + x) * channels) + channel];
                    count++;
                }
            }
        }

        return (double)sum / count;
    }
}
