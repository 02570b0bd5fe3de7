using System.Diagnostics;
using System.Globalization;
using Ambianic.Frames;
using Ambianic.Vision;

namespace Ambianic.Benchmarks;

/// <summary>What preparing a tensor costs beside running the model.</summary>
internal static class PreparationTiming
{
    public static int Run(string[] arguments)
    {
        var pool = new FramePool();
        using var i420 = Noise(pool, PixelFormat.I420);
        using var rgba = Noise(pool, PixelFormat.Rgba32);
        var input = new ModelInput(
            416, 416, ChannelOrder.Bgr, TensorLayout.Nchw, TensorType.Float, [103.53f, 116.28f, 123.675f], [0.017f, 0.017f, 0.017f], LetterboxPlacement.Centred, 0);
        var nhwc = input with { Width = 512, Height = 512, Layout = TensorLayout.Nhwc };
        Measure("I420 NCHW 416", i420, input);
        Measure("RGBA NCHW 416", rgba, input);
        Measure("I420 NHWC 512", i420, nhwc);
        return 0;
    }

    private static void Measure(string name, Frame frame, ModelInput input)
    {
        var preparation = new TensorPreparation<float>(input);
        var tensor = new float[input.Width * input.Height * 3];
        var letterbox = preparation.Fit(frame, null);
        for (var i = 0; i < 200; i++)
        {
            preparation.Write(frame, letterbox, tensor);
        }

        var times = new double[200];
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < times.Length; i++)
        {
            var start = Stopwatch.GetTimestamp();
            preparation.Write(frame, letterbox, tensor);
            times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        Array.Sort(times);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: median {times[100]:0.000} ms, fastest {times[0]:0.000} ms, {allocated} bytes"));
    }

    private static Frame Noise(FramePool pool, PixelFormat format)
    {
        var frame = pool.Rent(1280, 720, format);
        new Random(1).NextBytes(frame.Buffer.Span);
        return frame;
    }
}
