using System.CommandLine;
using System.Globalization;
using Ambianic.Core.Configuration;
using Ambianic.Core.Frames;
using Ambianic.Core.Pipelines;
using Ambianic.Core.Vision;
using Ambianic.Core.Vision.Elements;
using Ambianic.Core.Vision.Falls;
using Ambianic.Core.Vision.Falls.Rules;
using Ambianic.Inference.Models;
using Ambianic.Media;
using Ambianic.Storage.Files;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ambianic.Benchmarks;

/// <summary>What fall detection costs: the decision alone, and everything from the decoder on for several cameras.</summary>
internal static class FallTiming
{
    private const int Rounds = 5;

    public static Command Command()
    {
        var video = new Argument<string>("VIDEO") { Description = "a recording" };
        var fps = new Option<double>("--fps") { DefaultValueFactory = _ => 5, Description = "samples a second" };
        var cameras = new Option<int>("--cameras") { DefaultValueFactory = _ => 4, Description = "that the load is given for" };
        var command = new Command("falls", "times fall detection over a recording: its decision alone, and the load of several such cameras") { video, fps, cameras };
        command.SetAction((parsed, cancellation) => MeasureAsync(
            new SourceOptions { Id = "recording", Uri = parsed.GetRequiredValue(video), Fps = parsed.GetValue(fps) },
            parsed.GetValue(cameras),
            cancellation));
        return command;
    }

    private static async Task MeasureAsync(SourceOptions options, int cameras, CancellationToken cancellation)
    {
        using var models = new BenchmarkModels();
        var pool = new FramePool();
        var source = new FrameSources(pool, CertificatePins.In(Path.GetTempPath()), TimeProvider.System, NullLoggerFactory.Instance).Create(options);
        var poses = models.Create(ModelCatalog.Default(ModelRole.Poses).Name, null, raw: false);
        await poses.ReadyAsync(cancellation);
        var look = new RepeatedLook(new PoseEstimator(poses, new FallRule().LeastScore, pool));
        await DecideAsync(source, look, cancellation); // asks the model for all that is asked again below
        List<double> decisions = [];
        for (var round = 0; round < Rounds; round++)
        {
            decisions.Add(await DecideAsync(source, look, cancellation));
        }

        var (samples, seconds) = await RunAsync(source, poses, pool, cancellation);
        var load = seconds / samples * options.Fps * cameras / Environment.ProcessorCount;
        Console.WriteLine("| decision ms a person and sample | model looks a sample | CPU ms a sample, all in | load of this machine with the cameras |");
        Console.WriteLine("|---|---|---|---|");
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {decisions.Order().ElementAt(Rounds / 2):0.000} | {look.LooksPerSample:0.0} | {seconds / samples * 1000:0.0} | {load:P0} of {Environment.ProcessorCount} cores with {cameras} at {options.Fps} samples a second |"));
    }

    /// <summary>Milliseconds of following and judging, for each person and sample.</summary>
    private static async Task<double> DecideAsync(IFrameSource source, RepeatedLook look, CancellationToken cancellation)
    {
        var scene = new FallScene(look, new FallRule(), []);
        var spent = TimeSpan.Zero;
        var persons = 0;
        look.Begin();
        await foreach (var frame in source.ReadAsync(cancellation))
        {
            using (frame)
            {
                look.Asked = TimeSpan.Zero;
                var start = TimeProvider.System.GetTimestamp();
                await scene.ObserveAsync(frame, [], cancellation);
                spent += TimeProvider.System.GetElapsedTime(start) - look.Asked;
                persons += scene.Tracks.Count;
                look.Samples++;
            }
        }

        return spent.TotalMilliseconds / Math.Max(1, persons);
    }

    /// <summary>Samples and processor seconds, the decoder's included, of a whole pipeline.</summary>
    private static async Task<(long Samples, double Seconds)> RunAsync(
        IFrameSource source, IDetector poses, FramePool pool, CancellationToken cancellation)
    {
        using var falls = new DetectFalls(new DetectFallsOptions(), poses, pool, new OpenFalls(TimeProvider.System), "bench", null, NullLogger<DetectFalls>.Instance);
        await using var pipeline = new Pipeline("bench", source, [new ElementSlot("detect_falls", falls)], TimeProvider.System, NullLogger<Pipeline>.Instance);
        var before = ProcessorSeconds();
        await pipeline.RunAsync(cancellation);
        return (pipeline.Status.Processed, ProcessorSeconds() - before);
    }

    /// <summary>Of this process and of those that it has waited for: fields 14 to 17 of /proc/self/stat, in ticks of a hundredth (proc(5)).</summary>
    private static double ProcessorSeconds()
    {
        var fields = File.ReadAllText("/proc/self/stat").Split(") ")[^1].Split(' ');
        return fields[11..15].Sum(field => double.Parse(field, CultureInfo.InvariantCulture)) / 100;
    }

    /// <summary>Remembers the model's answers and how long giving them takes, so that the rest can be timed.</summary>
    private sealed class RepeatedLook(IPoseEstimator look) : IPoseEstimator
    {
        private readonly Dictionary<(long Sequence, Box Region, int Quarters), IReadOnlyList<Detection>> _answers = [];
        private int _looks;

        public TimeSpan Asked { get; set; }

        public int Samples { get; set; }

        public double LooksPerSample => (double)_looks / Math.Max(1, Samples);

        public void Begin() => (_looks, Samples) = (0, 0);

        public async ValueTask<IReadOnlyList<Detection>> EstimateAsync(Frame frame, Box region, int quarters, CancellationToken cancellation)
        {
            var start = TimeProvider.System.GetTimestamp();
            _looks++;
            var key = (frame.Sequence, region, quarters);
            if (!_answers.TryGetValue(key, out var answer))
            {
                _answers[key] = answer = await look.EstimateAsync(frame, region, quarters, cancellation);
            }

            Asked += TimeProvider.System.GetElapsedTime(start);
            return answer;
        }
    }
}
