using System.Runtime.CompilerServices;
using Ambianic.Core.Configuration;
using Ambianic.Core.Frames;
using Ambianic.Core.Vision;
using Ambianic.Core.Vision.Falls;
using Ambianic.Core.Vision.Falls.Rules;

namespace Ambianic.Evaluation.Falls;

/// <summary>The rule that is measured.</summary>
public enum MeasuredRule
{
    /// <summary>That of <c>detect_falls</c>.</summary>
    Ours,

    /// <summary>That of Ambianic Edge, on the same poses.</summary>
    Reference,
}

/// <summary>How clips are measured.</summary>
public sealed record FallEvaluationOptions
{
    /// <summary>Samples a second.</summary>
    public double Fps { get; init; } = 5;

    /// <summary>Where in its sampling period the first sample lies, 0 to 1: a camera starts anywhere.</summary>
    public double Phase { get; init; }

    /// <summary>The rule.</summary>
    public MeasuredRule Rule { get; init; }

    /// <summary>What counts as a fall, for our rule.</summary>
    public FallRule Thresholds { get; init; } = new();

    /// <summary>Folder of cached poses; null for no cache.</summary>
    public string? PosesFolder { get; init; }
}

/// <summary>Measures fall detection on labelled clips: each on its own from its start, its last frame held for 3 s.</summary>
/// <param name="poses">The pose model.</param>
/// <param name="sources">Opens clips.</param>
/// <param name="pool">Lends pixels.</param>
public sealed class FallEvaluation(IDetector poses, Func<SourceOptions, IFrameSource> sources, FramePool pool)
{
    /// <summary>Clips are decoded at this rate and sampled from there, so that all rates and phases get the same frames.</summary>
    private const double DecodedFps = 30;

    /// <summary>Poses of this confidence and more are cached, so that thresholds above it can be tried.</summary>
    private const float LeastScore = 0.08f;

    /// <summary>Measures one clip.</summary>
    /// <exception cref="SourceException">The clip cannot be read.</exception>
    /// <exception cref="InferenceException">The model cannot be run.</exception>
    public async Task<ClipResult> RunAsync(LabelledClip clip, FallEvaluationOptions options, CancellationToken cancellation)
    {
        await poses.ReadyAsync(cancellation);
        IPoseEstimator estimator = new PoseEstimator(poses, LeastScore, pool);
        var cached = options.PosesFolder is { } folder
            ? new CachedPoses(estimator, Path.Combine(folder, CachedPoses.FileFor(clip, poses.Model)))
            : null;
        estimator = cached ?? estimator;
        List<ClipAlarm> alarms = [];
        var duration = 0.0;
        var observe = options.Rule == MeasuredRule.Reference
            ? Reference(estimator, alarms, cancellation)
            : Ours(estimator, options, alarms, cancellation);
        await foreach (var (sample, decoded) in SampleAsync(clip, options, cancellation))
        {
            using (sample)
            {
                duration = decoded;
                await observe(sample);
            }
        }

        cached?.Save();
        return new ClipResult(clip, duration, alarms);
    }

    private static Func<Frame, ValueTask> Ours(
        IPoseEstimator estimator, FallEvaluationOptions options, List<ClipAlarm> alarms, CancellationToken cancellation)
    {
        var scene = new FallScene(estimator, options.Thresholds, []);
        return async frame =>
        {
            foreach (var report in await scene.ObserveAsync(frame, [], cancellation))
            {
                if (report.Kind == FallKind.Fall)
                {
                    var why = report.Details.Evidence;
                    alarms.Add(new ClipAlarm(
                        frame.Position.TotalSeconds,
                        report.Confidence,
                        $"person {report.Details.Track}: shoulders -{why.ShoulderDrop:0.00}, hips -{why.HipDrop:0.00}, "
                        + $"{why.Speed:0.00}/s, {report.Details.LeaningAngle:0} degrees, {(why.Vanished ? "vanished" : $"low {why.LowShare:0.00}")}"));
                }
            }
        };
    }

    private static Func<Frame, ValueTask> Reference(IPoseEstimator estimator, List<ClipAlarm> alarms, CancellationToken cancellation)
    {
        var rule = new ReferenceFallRule();
        return async frame =>
        {
            var aspect = (float)frame.Width / frame.Height;
            var seen = await estimator.EstimateAsync(frame, Box.Whole, 0, cancellation);
            IEnumerable<Keypoint> points = seen.Count == 0 ? [] : seen[0].Keypoints;
            if (rule.Observe(frame.Position, [.. points.Select(point => point with { X = point.X * aspect })]) is { } confidence)
            {
                alarms.Add(new ClipAlarm(frame.Position.TotalSeconds, confidence, "the spine turned"));
            }
        };
    }

    /// <summary>The frames that a camera of this rate and phase would have given, the last one held; and the length of the clip so far. Each frame belongs to the caller.</summary>
    private async IAsyncEnumerable<(Frame Sample, double Decoded)> SampleAsync(
        LabelledClip clip, FallEvaluationOptions options, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var source = sources(new SourceOptions { Id = clip.Name, Uri = clip.Path, Fps = DecodedFps });
        Frame? shown = null;
        var next = 0;
        double Due() => (next + options.Phase) / options.Fps;
        try
        {
            await foreach (var frame in source.ReadAsync(cancellation))
            {
                while (shown is not null && Due() < frame.Position.TotalSeconds - 1e-6)
                {
                    yield return (Copy(shown, Due()), frame.Position.TotalSeconds);
                    next++;
                }

                shown?.Dispose();
                shown = frame;
            }

            if (shown is not null)
            {
                var end = shown.Position.TotalSeconds + (1 / DecodedFps);
                for (; Due() <= end + ClipResult.Hold; next++)
                {
                    yield return (Copy(shown, Due()), end);
                }
            }
        }
        finally
        {
            shown?.Dispose();
        }
    }

    private Frame Copy(Frame frame, double seconds)
    {
        var copy = pool.Rent(frame.Width, frame.Height, frame.Format, frame.Sequence, frame.CapturedAt, TimeSpan.FromSeconds(seconds), frame.Damage);
        frame.Buffer.CopyTo(copy.Buffer);
        return copy;
    }
}
