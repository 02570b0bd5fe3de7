using System.ComponentModel.DataAnnotations;
using System.Runtime.CompilerServices;
using Ambianic.Core.Configuration;
using Ambianic.Core.Pipelines;

namespace Ambianic.Core.Vision.Elements;

/// <summary>Options of the element <c>detect_faces</c>.</summary>
internal sealed record DetectFacesOptions
{
    /// <summary>A key of <c>ai_models</c>, whose keys this element takes over.</summary>
    public string? AiModel { get; init; }

    /// <summary>The model. The default is the catalog's model for faces.</summary>
    [Finds(ModelRole.Faces)]
    public ModelOptions? Model { get; init; }

    /// <summary>A file of labels, for example one a line. The default is those of the model.</summary>
    [ConfigurationPath]
    public string? Labels { get; init; }

    /// <summary>0 to 1; a less certain person is not looked at, a less certain face is ignored. The default is 0.6.</summary>
    [Range(0.0, 1.0)]
    public float ConfidenceThreshold { get; init; } = 0.6f;

    /// <summary>At most this many faces of a person's picture, the most confident ones, are kept; from 1. The default is 1.</summary>
    [Range(1, int.MaxValue)]
    public int TopK { get; init; } = 1;
}

/// <summary>Looks for faces inside each person that an earlier element found; a face elsewhere is a cat's, or a poster's.</summary>
internal sealed class DetectFaces(DetectFacesOptions options, IDetector detector) : IPipelineElement
{
    /// <summary>What these detections are called for people.</summary>
    public const string Display = "Face Detection";

    /// <summary>Part of the person's size that is looked at around her: boxes cut off chins and hair.</summary>
    private const float Margin = 0.1f;

    /// <inheritdoc/>
    public async ValueTask PrepareAsync(CancellationToken cancellation) => await detector.ReadyAsync(cancellation);

    /// <summary>
    /// Passes on one sample per person, its region the person with some margin, its detections the faces there. When there
    /// is no person it passes on the sample once, without detections, and costs nothing. What tells of a fall it passes on as it is.
    /// </summary>
    /// <exception cref="InferenceException">The model could not be loaded or run.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask InvokeAsync(Sample sample, SampleHandler next, CancellationToken cancellation)
    {
        if (sample.TellsOfFall)
        {
            await next(sample, cancellation);
            return;
        }

        var hasPerson = false;
        foreach (var person in sample.Detections)
        {
            if (person.Label != Detection.PersonLabel || person.Confidence < options.ConfidenceThreshold)
            {
                continue;
            }

            hasPerson = true;
            var region = person.Box.Grow(Margin).Within(sample.Region ?? Box.Whole);
            var faces = await detector.DetectAsync(sample.Frame, region, options.ConfidenceThreshold, cancellation);
            await next(Of(sample, region, [.. faces.Take(options.TopK)]), cancellation);
        }

        if (!hasPerson)
        {
            await next(Of(sample, sample.Region, []), cancellation);
        }
    }

    private static Sample Of(Sample sample, Box? region, IReadOnlyList<Detection> faces) =>
        sample with { Region = region, Detections = faces, Display = Display };
}
