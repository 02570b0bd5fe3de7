using System.ComponentModel.DataAnnotations;
using System.Runtime.CompilerServices;
using Ambianic.Core.Configuration;
using Ambianic.Core.Frames;
using Ambianic.Core.Pipelines;
using Ambianic.Core.Vision.Motion;
using Ambianic.Core.Vision.Zones;
using Microsoft.Extensions.Logging;

namespace Ambianic.Core.Vision.Elements;

/// <summary>Options of the element <c>detect_objects</c>.</summary>
public sealed record DetectObjectsOptions
{
    /// <summary>A key of <c>ai_models</c>, whose keys this element takes over.</summary>
    public string? AiModel { get; init; }

    /// <summary>The model. The default is the catalog's model for objects.</summary>
    [Finds(ModelRole.Objects)]
    public ModelOptions? Model { get; init; }

    /// <summary>A file of labels, for example one a line. The default is those of the model.</summary>
    [ConfigurationPath]
    public string? Labels { get; init; }

    /// <summary>0 to 1; what is less likely to be right is ignored. The default is 0.6.</summary>
    [Range(0.0, 1.0)]
    public float ConfidenceThreshold { get; init; } = 0.6f;

    /// <summary>At most this many, the most confident ones, are kept; from 1. The default is 3.</summary>
    [Range(1, int.MaxValue)]
    public int TopK { get; init; } = 3;

    /// <summary>Labels that count; applied before <c>top_k</c>. The default is all.</summary>
    public IReadOnlyList<string>? LabelFilter { get; init; }

    /// <summary><c>auto</c>: pictures in which nothing moves and nothing is followed are looked at every <see cref="FullLookSeconds"/> only. <c>off</c>: every picture is looked at. The default is <c>auto</c>.</summary>
    public MotionMode Motion { get; init; } = MotionMode.Auto;

    /// <summary>Seconds after which a picture is looked at whatever moves, 0.2 to 60. The default is 2.</summary>
    [Range(0.2, 60)]
    public double FullLookSeconds { get; init; } = 2;
}

/// <summary>Looks for things in the whole picture, when something moves in it.</summary>
internal sealed class DetectObjects(DetectObjectsOptions options, IDetector detector, ZoneMap zones, Scene? scene, ILogger<DetectObjects> logger)
    : IPipelineElement
{
    /// <summary>What these detections are called for people.</summary>
    public const string Display = "Object Detection";

    private readonly HashSet<string>? _wanted = options.LabelFilter is { Count: > 0 } filter ? [.. filter] : null;
    private readonly MotionGate? _gate = options.Motion == MotionMode.Off ? null : new(new MotionRule { FullLookSeconds = (float)options.FullLookSeconds }, zones);
    private bool _checked;
    private bool _isFollowing; // something was found at the last look

    /// <inheritdoc/>
    public async ValueTask PrepareAsync(CancellationToken cancellation) => await detector.ReadyAsync(cancellation);

    /// <summary>Passes the sample on with what was found, most confident first; what tells of a fall goes before it as it is.</summary>
    /// <exception cref="InferenceException">The model could not be loaded or run.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask InvokeAsync(Sample sample, SampleHandler next, CancellationToken cancellation)
    {
        if (!_checked)
        {
            WarnOfUnknownLabels(await detector.ReadyAsync(cancellation));
            _checked = true;
        }

        if (sample.TellsOfFall)
        {
            await next(sample, cancellation);
            sample = sample with { Before = [] };
        }

        if (IsQuiet(sample.Frame))
        {
            await next(sample with { Detections = [], Display = Display, IsQuiet = true }, cancellation);
            return;
        }

        var found = await detector.DetectAsync(sample.Frame, sample.Region, options.ConfidenceThreshold, cancellation);
        var chosen = Choose(found, sample.Region ?? Box.Whole);
        _isFollowing = chosen.Count > 0;
        await next(sample with { Detections = chosen, Display = Display }, cancellation);
    }

    private bool IsQuiet(Frame frame)
    {
        if (_gate is null)
        {
            return false;
        }

        var reason = _gate.Decide(frame, _isFollowing || scene is { IsPersonFollowed: true });
        scene?.Decided(reason);
        return reason == LookReason.Quiet;
    }

    /// <summary>The wanted ones, most confident first. No LINQ: this runs for every frame.</summary>
    private IReadOnlyList<Detection> Choose(IReadOnlyList<Detection> found, Box region)
    {
        if (_wanted is null && zones.IsEmpty && found.Count <= options.TopK)
        {
            return found;
        }

        List<Detection>? chosen = null;
        for (var i = 0; i < found.Count && (chosen?.Count ?? 0) < options.TopK; i++)
        {
            var box = found[i].Box.Within(region);
            if ((_wanted is null || _wanted.Contains(found[i].Label)) && !zones.Ignores(found[i].Label, box))
            {
                (chosen ??= new List<Detection>(Math.Min(options.TopK, found.Count - i))).Add(InZones(found[i], box));
            }
        }

        return chosen ?? (IReadOnlyList<Detection>)[];
    }

    private Detection InZones(Detection detection, Box box) =>
        zones.Of(detection.Label, box) is { Count: > 0 } names ? detection with { Zones = names } : detection;

    /// <summary>A filter that never matches would look like a quiet scene for years.</summary>
    private void WarnOfUnknownLabels(IReadOnlyList<string> known)
    {
        foreach (var label in _wanted ?? [])
        {
            if (!known.Contains(label))
            {
                var meant = Suggestions.Nearest(label, known) is { } near ? $"did you mean {near}?" : $"it knows: {string.Join(", ", known)}";
                logger.LabelUnknown(label, detector.Model, meant);
            }
        }
    }
}
