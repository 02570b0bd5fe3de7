using System.CommandLine;
using System.Globalization;
using Ambianic.Core.Configuration;
using Ambianic.Core.Frames;
using Ambianic.Core.Vision;
using Ambianic.Core.Vision.Motion;
using Ambianic.Core.Vision.Zones;
using Ambianic.Inference.Models;
using Ambianic.Media;
using Ambianic.Storage.Files;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ambianic.Benchmarks;

/// <summary>What the motion gate saves, what it costs and whom it misses, beside a model that looks at every frame.</summary>
internal static class MotionTiming
{
    private const float Threshold = 0.6f;

    public static Command Command()
    {
        var clips = new Argument<string[]>("CLIP") { Description = "recordings" };
        var fps = new Option<double>("--fps") { DefaultValueFactory = _ => 5, Description = "samples a second" };
        var model = new Option<string>("--model") { DefaultValueFactory = _ => ModelCatalog.Default(ModelRole.Objects).Name, Description = "that looks at every frame" };
        var label = new Option<string>("--label") { DefaultValueFactory = _ => Detection.PersonLabel, Description = "that is to be found" };
        var command = new Command("motion", "compares the motion gate with looks at every frame") { clips, fps, model, label };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var models = new BenchmarkModels();
            var detector = models.Create(parsed.GetRequiredValue(model), null, raw: false);
            await detector.ReadyAsync(cancellation);
            Console.WriteLine("| clip | frames | looked at | frames that show one | of these looked at | longest unseen s | gate ms a frame | model ms a frame |");
            Console.WriteLine("|---|---|---|---|---|---|---|---|");
            foreach (var clip in parsed.GetRequiredValue(clips))
            {
                await MeasureAsync(new SourceOptions { Id = Path.GetFileName(clip), Uri = clip, Fps = parsed.GetValue(fps) }, detector, parsed.GetRequiredValue(label), cancellation);
            }
        });
        return command;
    }

    private static async Task MeasureAsync(SourceOptions options, IDetector detector, string label, CancellationToken cancellation)
    {
        var source = new FrameSources(new FramePool(), CertificatePins.In(Path.GetTempPath()), TimeProvider.System, NullLoggerFactory.Instance).Create(options);
        var gate = new MotionGate(new MotionRule(), ZoneMap.None);
        var (frames, looks, shown, seen) = (0, 0, 0, 0);
        var (spentOnGate, spentOnModel, longest) = (TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero);
        TimeSpan? missedSince = null;
        var isFollowing = false;
        await foreach (var frame in source.ReadAsync(cancellation))
        {
            using (frame)
            {
                var start = TimeProvider.System.GetTimestamp();
                var reason = gate.Decide(frame, isFollowing);
                var decided = TimeProvider.System.GetTimestamp();
                var found = (await detector.DetectAsync(frame, null, Threshold, cancellation)).Any(detection => detection.Label == label);
                spentOnGate += TimeProvider.System.GetElapsedTime(start, decided);
                spentOnModel += TimeProvider.System.GetElapsedTime(decided);
                var isLook = reason != LookReason.Quiet;
                isFollowing = isLook ? found : isFollowing;
                frames++;
                looks += isLook ? 1 : 0;
                shown += found ? 1 : 0;
                seen += found && isLook ? 1 : 0;
                missedSince = !found || isLook ? null : missedSince ?? frame.Position;
                longest = missedSince is { } since && frame.Position - since > longest ? frame.Position - since : longest;
            }
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {options.Id} | {frames} | {(double)looks / frames:P0} | {shown} | {seen} | {longest.TotalSeconds:0.0} | {spentOnGate.TotalMilliseconds / frames:0.00} | {spentOnModel.TotalMilliseconds / frames:0.0} |"));
    }
}
