using System.ComponentModel.DataAnnotations;
using System.Runtime.CompilerServices;
using Ambianic.Core.Configuration;
using Ambianic.Core.Frames;
using Ambianic.Core.Pipelines;
using Ambianic.Core.Vision.Motion;
using Ambianic.Core.Vision.Tracking;
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

    /// <summary>Seconds for which an object that is not found keeps its <c>track_id</c>, 0.5 to 300. The default is 5.</summary>
    [Range(0.5, 300)]
    public double TrackSeconds { get; init; } = 5;
}

/// <summary>Looks for things in the whole picture, when something moves in it, and follows them.</summary>
/// <param name="options">Its options.</param>
/// <param name="detector">The model.</param>
/// <param name="nextTrack">Gives the number of a new track.</param>
/// <param name="zones">Where what is found counts.</param>
/// <param name="scene">What the pipeline sees; null when nobody wants to know.</param>
/// <param name="logger">Receives what the options ask for in vain.</param>
internal sealed class DetectObjects(
    DetectObjectsOptions options, IDetector detector, Func<int> nextTrack, ZoneMap zones, Scene? scene, ILogger<DetectObjects> logger)
    : IPipelineElement
{
    /// <summary>What these detections are called for people.</summary>
    public const string Display = "Object Detection";

    private readonly HashSet<string>? _wanted = options.LabelFilter is { Count: > 0 } filter ? [.. filter] : null;
    private readonly MotionGate? _gate = options.Motion == MotionMode.Off ? null : new(new MotionRule { FullLookSeconds = (float)options.FullLookSeconds }, zones);
    private readonly ObjectTracker _tracker = new(new() { PatienceSeconds = options.TrackSeconds }, nextTrack);
    private readonly TrackClock _clock = new();
    private readonly List<Detection> _candidates = [];
    private bool _checked;

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

        // Of a frame there may be several parts, which are no samples of one scene: what they show is not followed.
        var isFollowed = sample.Region is null;
        if (isFollowed && IsQuiet(sample.Frame))
        {
            await next(sample with { Detections = [], Tracks = _tracker.Tracks, Display = Display, IsQuiet = true }, cancellation);
            return;
        }

        var threshold = isFollowed ? options.ConfidenceThreshold * _tracker.Rule.UncertainShare : options.ConfidenceThreshold;
        var found = await detector.DetectAsync(sample.Frame, sample.Region, threshold, cancellation);
        KeepWanted(found, sample.Region ?? Box.Whole);
        await next(
            sample with
            {
                Detections = isFollowed ? Choose(_tracker.Update(_clock.Next(sample.Frame), sample.Frame, _candidates, options.ConfidenceThreshold)) : Choose([]),
                Tracks = isFollowed ? _tracker.Tracks : sample.Tracks,
                Display = Display,
            },
            cancellation);
    }

    private bool IsQuiet(Frame frame)
    {
        if (_gate is null)
        {
            return false;
        }

        var reason = _gate.Decide(frame, IsFollowing || scene is { IsPersonFollowed: true });
        scene?.Decided(reason);
        return reason == LookReason.Quiet;
    }

    /// <summary>True while something may move, and while a person is there: a parked car is looked at now and then.</summary>
    private bool IsFollowing
    {
        get
        {
            for (var i = 0; i < _tracker.Tracks.Count; i++)
            {
                if (!_tracker.Tracks[i].IsStationary || _tracker.Tracks[i].Label == Detection.PersonLabel)
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>No LINQ: this runs for every frame.</summary>
    private void KeepWanted(IReadOnlyList<Detection> found, Box region)
    {
        _candidates.Clear();
        for (var i = 0; i < found.Count; i++)
        {
            var box = found[i].Box.Within(region);
            if ((_wanted is null || _wanted.Contains(found[i].Label)) && !zones.Ignores(found[i].Label, box))
            {
                _candidates.Add(zones.Of(found[i].Label, box) is { Count: > 0 } names ? found[i] with { Zones = names } : found[i]);
            }
        }
    }

    /// <summary>The certain ones, most confident first, with the numbers of their tracks; less certain ones only help to follow objects.</summary>
    /// <param name="tracks">For each candidate the number of its track; empty when nobody follows it.</param>
    private Detection[] Choose(ReadOnlySpan<int> tracks)
    {
        var count = 0;
        while (count < options.TopK && count < _candidates.Count && _candidates[count].Confidence >= options.ConfidenceThreshold)
        {
            count++;
        }

        if (count == 0)
        {
            return [];
        }

        var chosen = new Detection[count];
        for (var i = 0; i < count; i++)
        {
            chosen[i] = tracks.IsEmpty ? _candidates[i] : _candidates[i] with { TrackId = tracks[i] };
        }

        return chosen;
    }

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
