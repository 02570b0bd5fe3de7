using System.CommandLine;
using System.Globalization;
using Ambianic.Core.Configuration;
using Ambianic.Core.Frames;
using Ambianic.Core.Vision;
using Ambianic.Core.Vision.Tracking;
using Ambianic.Evaluation.Tracking;
using Ambianic.Inference.Models;
using Ambianic.Media;
using Ambianic.Storage.Files;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ambianic.Benchmarks;

/// <summary>How well <c>detect_objects</c> follows people over a clip with labels, beside the simplest tracker, on the same detections.</summary>
internal static class TrackingComparison
{
    private const float Certain = 0.6f;
    private const int LabelFps = 10;
    private static readonly int[] Rates = [2, 5, LabelFps];

    public static Command Command()
    {
        var video = new Argument<string>("VIDEO") { Description = "the clip" };
        var labels = new Argument<string>("LABELS") { Description = "a file of bench/tracks" };
        var model = new Option<string>("--model") { DefaultValueFactory = _ => ModelCatalog.Default(ModelRole.Objects).Name, Description = "catalog name" };
        var command = new Command("tracking", "compares tracks of people with labels at 2, 5 and 10 samples a second") { video, labels, model };
        command.SetAction((parsed, _) => CompareAsync(parsed.GetRequiredValue(video), parsed.GetRequiredValue(labels), parsed.GetRequiredValue(model)));
        return command;
    }

    private static async Task CompareAsync(string video, string labels, string model)
    {
        var truth = TrackLabels.Read(await File.ReadAllLinesAsync(labels));
        var samples = await DetectAsync(video, model, truth.Keys.Last());
        Console.WriteLine("| samples a second | HOTA | DetA | AssA | IDF1 | IoU tracker: HOTA | AssA | IDF1 | us a sample |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|");
        foreach (var fps in Rates)
        {
            var chosen = samples.Where((_, index) => index % (LabelFps / fps) == 0).ToList();
            var real = chosen.Select(sample => (IReadOnlyList<TrackedBox>)truth.GetValueOrDefault(Math.Round(sample.Time.TotalSeconds, 1), [])).ToList();
            var start = TimeProvider.System.GetTimestamp();
            var followed = Follow(chosen);
            var elapsed = TimeProvider.System.GetElapsedTime(start).TotalMicroseconds / chosen.Count;
            var (ours, simple) = (TrackingScore.Of(real, followed), TrackingScore.Of(real, FollowSimply(chosen)));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {fps} | {ours.Hota:.000} | {ours.Detection:.000} | {ours.Association:.000} | {ours.Idf1:.000} | {simple.Hota:.000} | {simple.Association:.000} | {simple.Idf1:.000} | {elapsed:0} |"));
        }
    }

    private static async Task<List<(TimeSpan Time, List<Detection> Found)>> DetectAsync(string video, string model, double seconds)
    {
        using var models = new BenchmarkModels();
        var source = new FrameSources(new FramePool(), CertificatePins.In(Path.GetTempPath()), TimeProvider.System, NullLoggerFactory.Instance)
            .Create(new SourceOptions { Id = "clip", Uri = Path.GetFullPath(video), Fps = LabelFps });
        var detector = models.Create(model, null, raw: false);
        var threshold = Certain * new ObjectTrackingRule().UncertainShare;
        List<(TimeSpan, List<Detection>)> samples = [];
        await foreach (var frame in source.ReadAsync(CancellationToken.None))
        {
            using (frame)
            {
                if (frame.Position.TotalSeconds > seconds)
                {
                    break;
                }

                var found = await detector.DetectAsync(frame, null, threshold, CancellationToken.None);
                samples.Add((frame.Position, [.. found.Where(detection => detection.Label == Detection.PersonLabel)]));
            }
        }

        return samples;
    }

    private static List<IReadOnlyList<TrackedBox>> Follow(List<(TimeSpan Time, List<Detection> Found)> samples)
    {
        using var grey = new FramePool().Rent(320, 180, PixelFormat.I420);
        grey.Buffer.Span.Fill(128); // what cannot be told from the picture counts as unchanged
        var last = 0;
        var tracker = new ObjectTracker(new ObjectTrackingRule(), () => ++last);
        return [.. samples.Select(sample =>
        {
            var ids = tracker.Update(sample.Time, grey, sample.Found, Certain);
            var boxes = new List<TrackedBox>();
            for (var i = 0; i < sample.Found.Count && sample.Found[i].Confidence >= Certain; i++)
            {
                boxes.Add(new TrackedBox(ids[i], sample.Found[i].Box));
            }

            return (IReadOnlyList<TrackedBox>)boxes;
        })];
    }

    private static List<IReadOnlyList<TrackedBox>> FollowSimply(List<(TimeSpan Time, List<Detection> Found)> samples)
    {
        var tracker = new IouTracker();
        return [.. samples.Select(sample =>
        {
            List<Detection> certain = [.. sample.Found.Where(detection => detection.Confidence >= Certain)];
            var ids = tracker.Update(sample.Time, certain);
            return (IReadOnlyList<TrackedBox>)[.. certain.Select((detection, index) => new TrackedBox(ids[index], detection.Box))];
        })];
    }
}
