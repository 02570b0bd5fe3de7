using System.ComponentModel.DataAnnotations;
using Ambianic.Core.Frames;
using Ambianic.Core.Pipelines;
using Ambianic.Core.Vision.Falls;
using Ambianic.Core.Vision.Falls.Rules;
using Ambianic.Core.Vision.Input;
using Microsoft.Extensions.Logging;

namespace Ambianic.Core.Vision.Elements;

/// <summary>Options of the element <c>detect_falls</c>.</summary>
public sealed record DetectFallsOptions : IValidatableObject
{
    /// <summary>
    /// With fewer samples a second no fall is reported. A person is followed for 3 s without being found, and samples come unevenly.
    /// </summary>
    public const double LeastFps = 0.4;

    /// <summary>A key of <c>ai_models</c>, whose keys this element takes over.</summary>
    public string? AiModel { get; init; }

    /// <summary>The model. The default is the catalog's model for poses.</summary>
    [Finds(ModelRole.Poses)]
    public ModelOptions? Model { get; init; }

    /// <summary>Accepted for compatibility and not used: pose models bring their own label.</summary>
    public string? Labels { get; init; }

    /// <summary>0 to 1; a pose whose spine is less certain is followed by its box alone. The default is 0.15.</summary>
    [Range(0.0, 1.0)]
    public float ConfidenceThreshold { get; init; } = 0.15f;

    /// <summary>Accepted for compatibility and not used: everybody in the picture is watched. The default is 1.</summary>
    [Range(1, int.MaxValue)]
    public int TopK { get; init; } = 1;

    /// <summary>0 to 1; less probable falls are not reported. Lower finds more falls and more that are none. The default is 0.5.</summary>
    [Range(0.0, 1.0)]
    public float FallProbability { get; init; } = 0.5f;

    /// <summary>Seconds somebody lies after a fall until <c>LONG_LIE</c> is reported, 1 to 3600. The default is 10.</summary>
    [Range(1.0, 3600)]
    public double LongLieSeconds { get; init; } = 10;

    /// <summary>Seconds somebody lies after a fall until <c>LONG_LIE</c> is reported once more, <see cref="LongLieSeconds"/> to 86400. The default is 60, or <see cref="LongLieSeconds"/> when that is more.</summary>
    [Range(1.0, 86400)]
    public double? EscalationSeconds { get; init; }

    /// <summary>Seconds somebody lies who was not seen to fall until <c>PERSON_DOWN</c> is reported, 1 to 86400. The default is 30.</summary>
    [Range(1.0, 86400)]
    public double PersonDownSeconds { get; init; } = 30;

    /// <summary>Beds and sofas: who lies there is resting. The default is none.</summary>
    public IReadOnlyList<RestingZone> RestingZones { get; init; } = [];

    /// <summary>Degrees clockwise by which the picture must be turned to be upright: 0, 90, 180 or 270. The default is 0.</summary>
    [AllowedValues(0, 90, 180, 270)]
    public int Rotate { get; init; }

    /// <summary>Passes on pictures with people drawn as lines on an empty background instead of what the camera saw. The default is false.</summary>
    public bool SkeletonOnly { get; init; }

    /// <summary>What counts as a fall under these options.</summary>
    internal FallRule Rule => new()
    {
        SpineScore = ConfidenceThreshold,
        Probability = FallProbability,
        LongLieSeconds = LongLieSeconds,
        EscalationSeconds = EscalationSeconds ?? Math.Max(60, LongLieSeconds),
        PersonDownSeconds = PersonDownSeconds,
    };

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (EscalationSeconds < LongLieSeconds)
        {
            yield return new ValidationResult("escalation_seconds must not be less than long_lie_seconds");
        }
    }
}

/// <summary>A part of the camera's picture where lying is normal: an entry of <c>resting_zones</c>. All 0 to 1, from the left and from the top.</summary>
public sealed record RestingZone : IValidatableObject
{
    /// <summary>For people, for example <c>sofa</c>.</summary>
    public string? Name { get; init; }

    /// <summary>Left edge.</summary>
    [Required]
    [Range(0.0, 1.0)]
    public float? Xmin { get; init; }

    /// <summary>Upper edge.</summary>
    [Required]
    [Range(0.0, 1.0)]
    public float? Ymin { get; init; }

    /// <summary>Right edge.</summary>
    [Required]
    [Range(0.0, 1.0)]
    public float? Xmax { get; init; }

    /// <summary>Lower edge.</summary>
    [Required]
    [Range(0.0, 1.0)]
    public float? Ymax { get; init; }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Xmin >= Xmax)
        {
            yield return new ValidationResult("xmin must be less than xmax");
        }

        if (Ymin >= Ymax)
        {
            yield return new ValidationResult("ymin must be less than ymax");
        }
    }

    /// <summary>Relative to the picture.</summary>
    internal Box Box => new(Xmin ?? 0, Ymin ?? 0, Xmax ?? 0, Ymax ?? 0);
}

/// <summary>Follows people and reports who falls, stays down and gets up. See <see cref="FallLabels"/> for what is reported.</summary>
internal sealed class DetectFalls : IPipelineElement, IDisposable
{
    /// <summary>What these detections are called for people.</summary>
    public const string Display = "Fall Detection";

    private readonly DetectFallsOptions _options;
    private readonly IDetector _poses;
    private readonly FramePool _pool;
    private readonly ILogger<DetectFalls> _logger;
    private readonly FallScene _scene;
    private readonly OpenFalls _open;
    private readonly Scene? _seen;
    private readonly string _camera;
    private readonly RecentPictures _recent;
    private readonly HeldReports _held;
    private readonly int _quarters;

    /// <summary>Makes the element.</summary>
    /// <param name="options">Its options.</param>
    /// <param name="poses">The pose model.</param>
    /// <param name="pool">Lends the pixels of turned, drawn and kept pictures.</param>
    /// <param name="open">Remembers who lies for the element that follows this one.</param>
    /// <param name="camera">What is watched, for <paramref name="open"/>.</param>
    /// <param name="seen">Is told whether somebody is followed; null when nobody wants to know.</param>
    /// <param name="logger">Receives a line per report.</param>
    public DetectFalls(DetectFallsOptions options, IDetector poses, FramePool pool, OpenFalls open, string camera, Scene? seen, ILogger<DetectFalls> logger)
    {
        _seen = seen;
        _options = options;
        _poses = poses;
        _pool = pool;
        _logger = logger;
        _quarters = options.Rotate / 90;
        _open = open;
        _camera = $"{camera}, turned by {options.Rotate}"; // turned otherwise, people lie elsewhere
        _recent = new RecentPictures(pool);
        var rule = options.Rule;
        var zones = options.RestingZones.Select(zone => FrameRotation.Rotate(zone.Box, _quarters));
        _scene = new FallScene(new PoseEstimator(poses, rule.LeastScore, pool), rule, [.. zones], () => open.Take(_camera, rule.Lying));
        _held = new HeldReports(rule.Continuity, _scene.LooksUp);
    }

    /// <inheritdoc/>
    public async ValueTask PrepareAsync(CancellationToken cancellation) => await _poses.ReadyAsync(cancellation);

    /// <summary>Passes the sample on, its detections replaced by what is to be reported, mostly nothing. Looks away when nothing moves and nobody is there.</summary>
    /// <exception cref="InferenceException">The model could not be loaded or run.</exception>
    public async ValueTask InvokeAsync(Sample sample, SampleHandler next, CancellationToken cancellation)
    {
        var isToBeWatched = !sample.IsQuiet || _scene.Tracks.Count > 0;
        var reports = _held.Admit(isToBeWatched ? await ObserveAsync(sample, cancellation) : [], sample.Frame.Damage, sample.Frame.Position);
        _open.Keep(_camera, _scene.Memory);
        _seen?.FollowPerson(_scene.Tracks.Count > 0);
        foreach (var report in reports)
        {
            _logger.FallReported(report.Label, report.Details.Track, report.Confidence, report.Details.Evidence.ToString());
        }

        var bodies = _scene.Tracks.Where(track => track.IsSeen).Select(track => track.Body);
        using var drawn = _options.SkeletonOnly ? SkeletonPicture.Draw(_pool, sample.Frame, bodies, _quarters) : null;
        var frame = drawn ?? sample.Frame;
        var aspect = Aspect(sample.Frame);
        await next(
            new Sample(frame)
            {
                Detections = [.. reports.Select(report => Describe(report, aspect))],
                Display = Display,
                Before = reports.Count > 0 ? _recent.Pictures : [],
            },
            cancellation);
        _recent.Offer(frame);
    }

    /// <summary>Gives the pictures that were kept back.</summary>
    public void Dispose() => _recent.Dispose();

    private async ValueTask<IReadOnlyList<PersonReport>> ObserveAsync(Sample sample, CancellationToken cancellation)
    {
        var persons = sample.Region is null ? sample.Detections.Where(detection => detection.Label == Detection.PersonLabel) : [];
        if (_quarters == 0)
        {
            return await _scene.ObserveAsync(sample.Frame, [.. persons], cancellation);
        }

        var (upright, _) = _pool.Rotate(sample.Frame, Box.Whole, _quarters);
        using (upright)
        {
            var turned = persons.Select(person => person with { Box = FrameRotation.Rotate(person.Box, _quarters) });
            return await _scene.ObserveAsync(upright, [.. turned], cancellation);
        }
    }

    /// <summary>Width / height of the upright picture.</summary>
    private float Aspect(Frame frame) =>
        _quarters % 2 == 0 ? (float)frame.Width / frame.Height : (float)frame.Height / frame.Width;

    private Detection Describe(PersonReport report, float aspect) => new(
        report.Label,
        report.Confidence,
        FrameRotation.RotateBack(report.Body.RelativeBox(aspect), _quarters))
    {
        Keypoints = [.. report.Body.RelativeKeypoints(aspect).Select(point =>
        {
            var (x, y) = FrameRotation.RotateBack(point.X, point.Y, _quarters);
            return point with { X = x, Y = y };
        })],
        Details = report.Details,
    };
}
