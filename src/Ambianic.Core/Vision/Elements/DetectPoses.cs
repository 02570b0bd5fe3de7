using System.ComponentModel.DataAnnotations;
using System.Runtime.CompilerServices;
using Ambianic.Core.Configuration;
using Ambianic.Core.Pipelines;

namespace Ambianic.Core.Vision.Elements;

/// <summary>Options of the element <c>detect_poses</c>.</summary>
public sealed record DetectPosesOptions
{
    /// <summary>A key of <c>ai_models</c>, whose keys this element takes over.</summary>
    public string? AiModel { get; init; }

    /// <summary>The model. The default is the catalog's model for poses.</summary>
    [Finds(ModelRole.Poses)]
    public ModelOptions? Model { get; init; }

    /// <summary>A file of labels, for example one a line. The default is those of the model.</summary>
    [ConfigurationPath]
    public string? Labels { get; init; }

    /// <summary>0 to 1; a less certain body is ignored. The default is 0.6.</summary>
    [Range(0.0, 1.0)]
    public float ConfidenceThreshold { get; init; } = 0.6f;

    /// <summary>At most this many bodies, the most confident ones, are kept; 1 to 20. The default is 6.</summary>
    [Range(1, 20)]
    public int TopK { get; init; } = 6;
}

/// <summary>
/// Looks for bodies and their key points: in the whole picture, and then closer at each person that an earlier element
/// found and that has no pose yet. Small people are lost in a whole picture: see docs/reference/accuracy.md.
/// </summary>
public sealed class DetectPoses(DetectPosesOptions options, IDetector detector) : IPipelineElement
{
    /// <summary>What these detections are called for people.</summary>
    public const string Display = "Pose Detection";

    /// <summary>Part of the person's size that is looked at around her.</summary>
    private const float Margin = 0.15f;

    /// <summary>A pose that overlaps a person so much is hers. A pose's box is tighter than a person's.</summary>
    public const float SamePerson = 0.4f;

    /// <inheritdoc/>
    public async ValueTask PrepareAsync(CancellationToken cancellation) => await detector.ReadyAsync(cancellation);

    /// <summary>
    /// Passes the sample on with one detection per body, its key points among it, most confident first; what tells of a fall goes
    /// before it as it is.
    /// </summary>
    /// <exception cref="InferenceException">The model could not be loaded or run.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask InvokeAsync(Sample sample, SampleHandler next, CancellationToken cancellation)
    {
        if (sample.TellsOfFall)
        {
            await next(sample, cancellation);
            sample = sample with { Before = [], Detections = [] };
        }

        var whole = sample.Region ?? Box.Whole;
        List<Detection> poses = [.. await detector.DetectAsync(sample.Frame, sample.Region, options.ConfidenceThreshold, cancellation)];
        foreach (var person in sample.Detections)
        {
            if (person.Label != Detection.PersonLabel || poses.Count >= options.TopK || poses.Exists(pose => pose.Box.IoU(person.Box) >= SamePerson))
            {
                continue;
            }

            var part = person.Box.Grow(Margin);
            var closer = await detector.DetectAsync(sample.Frame, part.Within(whole), options.ConfidenceThreshold, cancellation);
            var own = closer.Select(pose => pose.Within(part)).FirstOrDefault(pose => pose.Box.IoU(person.Box) >= SamePerson);
            if (own is not null)
            {
                poses.Add(own);
            }
        }

        await next(
            sample with
            {
                Detections = [.. poses.OrderByDescending(pose => pose.Confidence).Take(options.TopK)],
                Display = Display,
            },
            cancellation);
    }
}
