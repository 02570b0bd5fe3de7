using System.CommandLine;
using System.Globalization;
using Ambianic.Core.Configuration;
using Ambianic.Core.Frames;
using Ambianic.Core.Pipelines;
using Ambianic.Core.Vision;
using Ambianic.Core.Vision.Elements;
using Ambianic.Core.Vision.Motion;
using Ambianic.Core.Vision.Zones;
using Ambianic.Inference.Models;
using Ambianic.Media;
using Ambianic.Storage.Files;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ambianic.Benchmarks;

/// <summary>How close a whole pipeline over a file comes to the slower of its two parts, decoding and inference, each alone.</summary>
internal static class PipelineTiming
{
    public static Command Command()
    {
        var video = new Argument<string>("VIDEO") { Description = "a recording" };
        var fps = new Option<double>("--fps") { DefaultValueFactory = _ => 5, Description = "frames a second of the recording" };
        var rounds = new Option<int>("--rounds") { DefaultValueFactory = _ => 3, Description = "times that all three are measured, one after the other" };
        var model = new Option<string>("--model") { DefaultValueFactory = _ => ModelCatalog.Default(ModelRole.Objects).Name, Description = "catalog name" };
        var command = new Command("pipeline", "times decoding alone, inference alone and the pipeline of both over a recording") { video, fps, rounds, model };
        command.SetAction((parsed, _) => MeasureAsync(
            new SourceOptions { Id = "recording", Uri = parsed.GetRequiredValue(video), Fps = parsed.GetValue(fps) },
            parsed.GetRequiredValue(model),
            parsed.GetValue(rounds)));
        return command;
    }

    private static async Task MeasureAsync(SourceOptions options, string model, int rounds)
    {
        using var models = new BenchmarkModels();
        var pool = new FramePool();
        var source = new FrameSources(pool, CertificatePins.In(Path.GetTempPath()), TimeProvider.System, NullLoggerFactory.Instance).Create(options);
        var detector = models.Create(model, null, raw: false);
        await detector.ReadyAsync(CancellationToken.None);
        List<double> decoding = [], inference = [], pipeline = [], bytes = [];
        for (var round = 0; round < rounds; round++)
        {
            decoding.Add(await DecodeAsync(source));
            inference.Add(await InferAsync(source, detector));
            var (framesPerSecond, bytesPerFrame) = await RunAsync(source, detector);
            pipeline.Add(framesPerSecond);
            bytes.Add(bytesPerFrame);
        }

        var slower = Math.Min(Median(decoding), Median(inference));
        Console.WriteLine("| model | decoding alone, fps | inference alone, fps | pipeline, fps | pipeline / slower part | bytes a frame | RSS MB |");
        Console.WriteLine("|---|---|---|---|---|---|---|");
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {model} | {Median(decoding):0} | {Median(inference):0.0} | {Median(pipeline):0.0} | {Median(pipeline) / slower:0.00} | {Median(bytes):0} | {Environment.WorkingSet >> 20} |"));
    }

    private static async Task<double> DecodeAsync(IFrameSource source)
    {
        var start = TimeProvider.System.GetTimestamp();
        var frames = 0;
        await foreach (var frame in source.ReadAsync(CancellationToken.None))
        {
            frame.Dispose();
            frames++;
        }

        return frames / TimeProvider.System.GetElapsedTime(start).TotalSeconds;
    }

    /// <summary>The detector on one frame of the recording again and again, with nothing else going on.</summary>
    private static async Task<double> InferAsync(IFrameSource source, IDetector detector)
    {
        const int Frames = 100;
        await foreach (var frame in source.ReadAsync(CancellationToken.None))
        {
            using (frame)
            {
                var start = TimeProvider.System.GetTimestamp();
                for (var count = 0; count < Frames; count++)
                {
                    await detector.DetectAsync(frame, null, 0.6f, CancellationToken.None);
                }

                return Frames / TimeProvider.System.GetElapsedTime(start).TotalSeconds;
            }
        }

        throw new InvalidDataException("the recording has no frame");
    }

    private static async Task<(double FramesPerSecond, double BytesPerFrame)> RunAsync(IFrameSource source, IDetector detector)
    {
        var allocations = new Allocations();
        await using var pipeline = new Pipeline(
            "bench",
            source,
            [
                new ElementSlot("detect_objects", new DetectObjects(new DetectObjectsOptions { Motion = MotionMode.Off }, detector, () => 1, ZoneMap.None, null, NullLogger<DetectObjects>.Instance)),
                new ElementSlot("allocations", allocations),
            ],
            TimeProvider.System,
            NullLogger<Pipeline>.Instance);
        var start = TimeProvider.System.GetTimestamp();
        await pipeline.RunAsync(CancellationToken.None);
        return (pipeline.Status.Processed / TimeProvider.System.GetElapsedTime(start).TotalSeconds, allocations.PerFrame);
    }

    /// <summary>What the whole process allocates from the 50th frame on, when everything has been made once.</summary>
    private sealed class Allocations : IPipelineElement
    {
        private const int Warm = 50;
        private long _first;
        private long _last;
        private long _frames;

        public double PerFrame => (_last - _first) / (double)Math.Max(1, _frames - Warm);

        public ValueTask InvokeAsync(Sample sample, SampleHandler next, CancellationToken cancellation)
        {
            _last = GC.GetTotalAllocatedBytes(precise: true);
            if (++_frames == Warm)
            {
                _first = _last;
            }

            return next(sample, cancellation);
        }
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
