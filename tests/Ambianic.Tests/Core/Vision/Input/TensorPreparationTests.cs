using Ambianic.Core.Frames;
using Ambianic.Core.Vision;
using Ambianic.Core.Vision.Input;

namespace Ambianic.Tests.Core.Vision.Input;

public sealed class TensorPreparationTests
{
    private static readonly float[] Mean = [103.53f, 116.28f, 123.675f];
    private static readonly float[] Scale = [1 / 57.375f, 1 / 57.12f, 1 / 58.395f];

    private readonly FramePool _pool = new();

    [Fact]
    public void Write_SameSize_CopiesPixelsIntoPlanes()
    {
        using var frame = Rgba(2, 2, (x, y) => [(byte)((x * 10) + y), 100, 200]);

        var tensor = Prepare<float>(frame, ModelInputs.Pixels(2, 2));

        Assert.Equal([0, 10, 1, 11, 100, 100, 100, 100, 200, 200, 200, 200], tensor);
    }

    [Fact]
    public void Write_BgrNormalised_AppliesMeanAndScaleInTheTensorsOrder()
    {
        using var frame = Rgba(1, 1, (_, _) => [10, 20, 30]);

        var tensor = Prepare<float>(frame, ModelInputs.Pixels(1, 1) with { Order = ChannelOrder.Bgr, Mean = Mean, Scale = Scale });

        Assert.Equal((30 - Mean[0]) * Scale[0], tensor[0], 4);
        Assert.Equal((20 - Mean[1]) * Scale[1], tensor[1], 4);
        Assert.Equal((10 - Mean[2]) * Scale[2], tensor[2], 4);
    }

    [Fact]
    public void Write_Nhwc_InterleavesAndPadsWithNormalisedValue()
    {
        using var frame = Rgba(2, 1, (x, _) => [(byte)x, 5, 6]);

        var tensor = Prepare<int>(frame, ModelInputs.Pixels(2, 2, LetterboxPlacement.TopLeft) with { Layout = TensorLayout.Nhwc, Type = TensorType.Int32, Pad = 114 });

        Assert.Equal([0, 5, 6, 1, 5, 6, 114, 114, 114, 114, 114, 114], tensor);
    }

    [Fact]
    public void Write_Bytes_RoundsToTheNearest()
    {
        using var frame = Rgba(2, 1, (x, _) => [(byte)(x * 3), 0, 255]);

        var tensor = Prepare<byte>(frame, ModelInputs.Pixels(1, 1) with { Type = TensorType.UInt8 });

        Assert.Equal([2, 0, 255], tensor);
    }

    [Fact]
    public void Write_HalfPrecision_KeepsFractions()
    {
        using var frame = Rgba(1, 1, (_, _) => [51, 102, 255]);

        var tensor = Prepare<Half>(frame, ModelInputs.Pixels(1, 1) with { Type = TensorType.Float16, Scale = ModelInput.UnitScale });

        Assert.Equal([(Half)0.2f, (Half)0.4f, (Half)1], tensor);
    }

    [Theory]
    [InlineData(81, 90, 240, 255, 0, 0)]
    [InlineData(145, 54, 34, 0, 255, 0)]
    [InlineData(41, 240, 110, 0, 0, 255)]
    [InlineData(235, 128, 128, 255, 255, 255)]
    [InlineData(16, 128, 128, 0, 0, 0)]
    public void Write_I420_IsBt601LimitedRange(byte y, byte u, byte v, int red, int green, int blue)
    {
        using var frame = I420(64, 48, (_, _) => y, (_, _) => (u, v));

        var tensor = Prepare<float>(frame, ModelInputs.Pixels(32, 24));

        Assert.All(tensor[..768], value => Assert.Equal(red, value, 2.5));
        Assert.All(tensor[768..1536], value => Assert.Equal(green, value, 2.5));
        Assert.All(tensor[1536..], value => Assert.Equal(blue, value, 2.5));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 5)]
    [InlineData(641, 359)]
    [InlineData(33, 1000)]
    public void Write_AnySizeAndFormat_AgreesWithTheDefinition(int width, int height)
    {
        using var rgba = Rgba(width, height, (x, y) => [(byte)((x * 7) ^ y), (byte)(x + (3 * y)), (byte)(x * y)]);
        using var i420 = I420(width, height, (x, y) => (byte)(((x * 7) ^ y) | 16), (x, y) => ((byte)(x + 90), (byte)(y + 90)));
        var input = ModelInputs.Pixels(61, 47);
        foreach (var region in new Box?[] { null, new Box(0.25f, 0.1f, 0.8f, 0.95f) })
        {
            AssertClose(Reference.Prepare(rgba, input, region), Prepare<float>(rgba, input, region));
            AssertClose(Reference.Prepare(i420, input, region), Prepare<float>(i420, input, region));
        }
    }

    [Fact]
    public void Write_FineStripesReducedMuch_AreGreyAndNotAliased()
    {
        using var frame = Rgba(1000, 1000, (x, _) => x % 2 == 0 ? [255, 255, 255] : [0, 0, 0]);

        var tensor = Prepare<float>(frame, ModelInputs.Pixels(90, 90));

        Assert.All(tensor, value => Assert.InRange(value, 115, 140));
    }

    [Fact]
    public void Write_AnotherGeometryThenBack_LeavesNothingBehind()
    {
        using var wide = Rgba(40, 10, (_, _) => [200, 200, 200]);
        using var high = Rgba(10, 40, (_, _) => [200, 200, 200]);
        var preparation = new TensorPreparation<float>(ModelInputs.Pixels(20, 20));
        var tensor = new float[20 * 20 * 3];

        preparation.Write(wide, preparation.Fit(wide, null), tensor);
        var first = tensor.ToArray();
        preparation.Write(high, preparation.Fit(high, null), tensor);
        preparation.Write(wide, preparation.Fit(wide, null), tensor);

        Assert.Equal(first, tensor);
    }

    [Fact]
    public void Write_AgainAndAgain_AllocatesNothing()
    {
        using var frame = I420(320, 240, (_, _) => 80, (_, _) => (90, 90));
        var preparation = new TensorPreparation<float>(ModelInputs.Pixels(128, 128));
        var tensor = new float[128 * 128 * 3];
        preparation.Write(frame, preparation.Fit(frame, null), tensor);
        preparation.Write(frame, preparation.Fit(frame, null), tensor); // the first time that two geometries are compared, the runtime makes its comparers

        // The least of several windows: the runtime now and then allocates on this thread too, for example when it compiles a method anew.
        var least = long.MaxValue;
        for (var window = 0; window < 5; window++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 10; i++)
            {
                preparation.Write(frame, preparation.Fit(frame, null), tensor);
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
    }

    private static void AssertClose(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.InRange(expected.Zip(actual, (a, b) => MathF.Abs(a - b)).Max(), 0, 0.01f);
    }

    private static T[] Prepare<T>(Frame frame, ModelInput input, Box? region = null)
        where T : unmanaged, System.Numerics.INumber<T>
    {
        var preparation = new TensorPreparation<T>(input);
        var letterbox = preparation.Fit(frame, region);
        var tensor = new T[letterbox.TensorWidth * letterbox.TensorHeight * 3];
        preparation.Write(frame, letterbox, tensor);
        return tensor;
    }

    private Frame Rgba(int width, int height, Func<int, int, byte[]> pixel)
    {
        var frame = _pool.Rent(width, height, PixelFormat.Rgba32);
        for (var i = 0; i < width * height; i++)
        {
            pixel(i % width, i / width).CopyTo(frame.Buffer.Span[(i * 4)..]);
            frame.Buffer.Span[(i * 4) + 3] = 255;
        }

        return frame;
    }

    private Frame I420(int width, int height, Func<int, int, byte> luma, Func<int, int, (byte U, byte V)> chroma)
    {
        var frame = _pool.Rent(width, height, PixelFormat.I420);
        var (halfWidth, halfHeight) = ((width + 1) / 2, (height + 1) / 2);
        for (var i = 0; i < width * height; i++)
        {
            frame.Buffer.Span[i] = luma(i % width, i / width);
        }

        for (var i = 0; i < halfWidth * halfHeight; i++)
        {
            var (u, v) = chroma(i % halfWidth, i / halfWidth);
            frame.Buffer.Span[(width * height) + i] = u;
            frame.Buffer.Span[(width * height) + (halfWidth * halfHeight) + i] = v;
        }

        return frame;
    }

    /// <summary>The definition, written for the reader and not for speed: weights from the distance, pixel by pixel.</summary>
    private static class Reference
    {
        public static float[] Prepare(Frame frame, ModelInput input, Box? region)
        {
            var letterbox = Letterbox.Fit(input, frame.Width, frame.Height, region);
            var tensor = new float[input.Width * input.Height * 3];
            for (var y = 0; y < letterbox.Height; y++)
            {
                for (var x = 0; x < letterbox.Width; x++)
                {
                    var rgb = Pixel(frame, letterbox, x, y);
                    for (var channel = 0; channel < 3; channel++)
                    {
                        var at = (((channel * input.Height) + letterbox.Y + y) * input.Width) + letterbox.X + x;
                        tensor[at] = (float)Math.Clamp(rgb[channel], 0, 255);
                    }
                }
            }

            return tensor;
        }

        private static double[] Pixel(Frame frame, Letterbox letterbox, int x, int y)
        {
            if (frame.Format == PixelFormat.Rgba32)
            {
                return [.. Enumerable.Range(0, 3).Select(channel => Sample(frame, 0, letterbox, x, y, 1, 4, channel))];
            }

            var luma = 255.0 / 219 * (Sample(frame, 0, letterbox, x, y, 1, 1, 0) - 16);
            var u = 255.0 / 224 * (Sample(frame, 1, letterbox, x, y, 2, 1, 0) - 128);
            var v = 255.0 / 224 * (Sample(frame, 2, letterbox, x, y, 2, 1, 0) - 128);
            return [luma + (1.402 * v), luma - (0.344136 * u) - (0.714136 * v), luma + (1.772 * u)];
        }

        private static double Sample(Frame frame, int plane, Letterbox letterbox, int x, int y, int subsampling, int step, int channel)
        {
            var (width, height) = ((frame.Width + subsampling - 1) / subsampling, (frame.Height + subsampling - 1) / subsampling);
            var columns = Weights(letterbox.Region.XMin, letterbox.Region.Width, frame.Width, subsampling, width, x, letterbox.Width);
            var rows = Weights(letterbox.Region.YMin, letterbox.Region.Height, frame.Height, subsampling, height, y, letterbox.Height);
            var pixels = frame.Plane(plane);
            var sum = 0.0;
            foreach (var row in rows)
            {
                foreach (var column in columns)
                {
                    sum += row.Weight * column.Weight * pixels[(row.Index * frame.Stride(plane)) + (column.Index * step) + channel];
                }
            }

            return sum;
        }

        private static List<(int Index, double Weight)> Weights(
            float start, float part, int frameLength, int subsampling, int length, int target, int count)
        {
            var extent = Math.Max(1.0, (double)part * frameLength);
            var origin = Math.Min((double)start * frameLength, frameLength - extent) / subsampling;
            var ratio = extent / subsampling / count;
            var support = Math.Max(1, ratio);
            var centre = Math.Clamp(origin + ((target + 0.5) * ratio) - 0.5, 0, length - 1);
            var first = Math.Max(0, (int)(centre - support) - 1);
            var weights = Enumerable.Range(first, Math.Min(length, (int)(centre + support) + 2) - first)
                .Select(index => (Index: index, Weight: Math.Max(0, 1 - (Math.Abs(index - centre) / support))))
                .Where(item => item.Weight > 0)
                .ToList();
            var sum = weights.Sum(item => item.Weight);
            return [.. weights.Select(item => (item.Index, item.Weight / sum))];
        }
    }
}
