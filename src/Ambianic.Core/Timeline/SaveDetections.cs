using System.ComponentModel.DataAnnotations;
using System.Runtime.CompilerServices;
using Ambianic.Core.Frames;
using Ambianic.Core.Pipelines;
using Ambianic.Core.Visits;
using Ambianic.Core.Vision;
using Ambianic.Core.Vision.Falls;
using Microsoft.Extensions.Logging;

namespace Ambianic.Core.Timeline;

/// <summary>Options of the element <c>save_detections</c>.</summary>
public sealed record SaveDetectionsOptions
{
    /// <summary>
    /// Seconds between two saves of samples with detections, at least; 0 saves all. The default is pictures of visits: the first, the last and
    /// the best of each minute; 2 for detections without <c>track_id</c>.
    /// </summary>
    [Range(0.0, 31_536_000)]
    public double? PositiveInterval { get; init; }

    /// <summary>Seconds between two saves of samples without detections, at least; 0 saves all. The default is 600.</summary>
    [Range(0.0, 31_536_000)]
    public double IdleInterval { get; init; } = 600;

    /// <summary>Draws the boxes into the thumbnail; the picture itself stays as it was seen. The default is false.</summary>
    public bool DrawBoxes { get; init; }

    /// <summary>Who is told of events with detections.</summary>
    public NotifyOptions Notify { get; init; } = new();
}

/// <summary>The key <c>notify</c> of <c>save_detections</c>.</summary>
public sealed record NotifyOptions
{
    internal static readonly IReadOnlyList<string> Default = ["default"];

    /// <summary>Entries of <c>notifications</c> that tell of it. The default is <c>[default]</c>.</summary>
    public IReadOnlyList<string> Providers { get; init; } = Default;
}

/// <summary>
/// Decides which samples are remembered: of objects that are followed the pictures of their visits, or at most one per interval with
/// detections, and one per interval without, and always
/// the first of each kind, and every report of a fall, which waits in memory when it cannot be stored. Intervals are
/// measured on the monotonic clock. A damaged picture is not saved: what is seen in it may not be there, and what is will be
/// seen in the next undamaged one. When none comes, what lasts over several damaged pictures is saved, and marked. A report of a
/// fall has been confirmed by <c>detect_falls</c>. While the disk takes one sample the pipeline looks on, so that a slow card costs no
/// frames; the next sample to save waits for it.
/// </summary>
public sealed class SaveDetections(
    SaveDetectionsOptions options,
    string pipeline,
    string sourceId,
    IEventStore store,
    UnsavedFalls unsaved,
    IVisitStore visits,
    FramePool pool,
    TimeProvider time,
    ILogger<SaveDetections> logger) : IPipelineElement, IAsyncDisposable
{
    /// <summary>As the configuration calls it.</summary>
    public const string Name = "save_detections";

    /// <summary>A full disk is asked again this soon, and no sooner: encoding pictures for nothing costs too.</summary>
    private static readonly TimeSpan RetryAfterFailure = TimeSpan.FromSeconds(5);

    /// <summary>As the reference does.</summary>
    private const double DefaultInterval = 2;

    private readonly EventFolder _folder = new(store, time);
    private readonly Interval _positive = new(TimeSpan.FromSeconds(options.PositiveInterval ?? DefaultInterval));
    private readonly Interval _retry = new(RetryAfterFailure);
    private readonly VisitBook _visits = new(pipeline, sourceId, visits, pool, options.PositiveInterval is null);
    private readonly LastingLabels _lasting = new();
    private readonly Interval _idle = new(TimeSpan.FromSeconds(options.IdleInterval));
    private static readonly Task<string?> NothingSaved = Task.FromResult<string?>(null);
    private long _failures;
    private KeptPicture? _kept; // is being saved
    private Task<string?> _saving = NothingSaved; // at most one, so that what waits for a slow disk does not fill the memory

    /// <summary>
    /// Saves the sample when it is due and passes it on in any case: a fault of the disk is reported and does not look
    /// like one of the camera.
    /// </summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask InvokeAsync(Sample sample, SampleHandler next, CancellationToken cancellation)
    {
        if (_saving.IsCompleted)
        {
            await SavedAsync();
        }

        var trusted = Trusted(sample);
        var interval = trusted.Detections.Count > 0 ? _positive : _idle;
        var isTold = trusted.Detections.Any(IsReportedOnce);
        _visits.Observe(trusted);
        if (isTold || (!IsVisit(trusted) && interval.IsOver(time) && trusted.Frame.Damage != PictureDamage.Damaged))
        {
            await SavedAsync();
            interval.Restart(time);
            await BeginToSaveAsync(trusted, interval, cancellation);
        }
        else if (_saving.IsCompleted && _visits.Next is { } picture && _retry.IsOver(time))
        {
            await BeginToSaveAsync(picture, cancellation);
        }

        await next(sample, cancellation);
    }

    /// <summary>Waits until the disk has what it was given.</summary>
    public async ValueTask DisposeAsync()
    {
        _visits.EndAll();
        await SavedAsync();
        while (_visits.Next is { } picture && _retry.IsOver(time))
        {
            await BeginToSaveAsync(picture, CancellationToken.None);
            await SavedAsync();
        }

        _visits.Dispose();
    }

    /// <summary>True when the visits decide.</summary>
    private bool IsVisit(Sample sample) =>
        options.PositiveInterval is null && sample.Detections is [var first, ..] && first.TrackId is not null;

    /// <summary>A fall is told once, when it happens: an interval must not swallow it.</summary>
    private static bool IsReportedOnce(Detection detection) => detection.Fall is not null;

    /// <summary>The sample with those detections alone that may be saved.</summary>
    private Sample Trusted(Sample sample)
    {
        if (sample.Frame.Damage == PictureDamage.None)
        {
            _lasting.Clear();
            return sample;
        }

        return sample with { Detections = _lasting.Of(sample.Detections, sample.Frame.Sequence) };
    }

    private async ValueTask SavedAsync()
    {
        var (saving, kept) = (_saving, _kept);
        (_saving, _kept) = (NothingSaved, null); // a defect of the store is thrown once
        var id = await saving;
        if (kept is not null && id is not null)
        {
            _visits.Settle(id);
        }
        else if (kept is not null)
        {
            _retry.Restart(time);
        }
    }

    private async ValueTask BeginToSaveAsync(KeptPicture picture, CancellationToken cancellation)
    {
        _kept = picture;
        await BeginToSaveAsync(picture.Sample, _retry, cancellation, picture.IsTold);
    }

    private async ValueTask BeginToSaveAsync(Sample sample, Interval interval, CancellationToken cancellation, bool isTold = true)
    {
        var seen = Describe(sample) with { Notify = isTold ? options.Notify.Providers : [] };
        try
        {
            seen = seen with { RelDir = await _folder.RelDirAsync(cancellation) };
        }
        catch (IOException error)
        {
            NotSaved(seen, interval, error);
            return;
        }

        if (_kept is null)
        {
            _visits.Link(sample, seen.Id);
        }

        _saving = SaveAsync(seen, new EventPicture(sample.Frame, sample.Region, options.DrawBoxes, sample.Before), interval);
    }

    /// <summary>Borrows the picture until it returns its task. Not cut off when the pipeline stops: nobody would see a fall again.</summary>
    private async Task<string?> SaveAsync(DetectionEvent seen, EventPicture picture, Interval interval)
    {
        try
        {
            await store.AppendAsync(seen, picture, CancellationToken.None);
        }
        catch (IOException error)
        {
            NotSaved(seen, interval, error);
            return null;
        }

        if (_failures > 0)
        {
            logger.DetectionsSavedAgain(pipeline, _failures);
            _failures = 0;
        }

        return seen.Id;
    }

    private void NotSaved(DetectionEvent seen, Interval interval, IOException error)
    {
        interval.Shorten(RetryAfterFailure);
        _failures++;
        logger.DetectionsNotSaved(pipeline, _failures, error.Message);
        if (seen.Detections.FirstOrDefault(IsReportedOnce) is { } fall)
        {
            unsaved.Keep(seen, fall.Label);
        }
    }

    private DetectionEvent Describe(Sample sample)
    {
        var at = _folder.NextMoment(sample.Frame.CapturedAt);
        var name = EventNames.For(at);
        return new DetectionEvent
        {
            Id = Guid.NewGuid().ToString("N"),
            At = at,
            Pipeline = pipeline,
            Source = sourceId,
            Display = sample.Display,
            Detections = sample.Detections,
            Region = sample.Region,
            Damage = sample.Frame.Damage,
            RelDir = "", // when there is a folder
            ImageFileName = name + EventNames.ImageSuffix,
            ThumbnailFileName = name + EventNames.ThumbnailSuffix,
            BeforeFileNames = [.. sample.Before.Select((_, index) => name + EventNames.BeforeSuffix(index + 1))],
            JsonFileName = name + EventNames.JsonSuffix,
        };
    }

    /// <summary>Time that must pass between two saves of one kind; over before the first. May be shortened from any thread.</summary>
    private sealed class Interval(TimeSpan length)
    {
        private long? _since;
        private long _ticks;

        public bool IsOver(TimeProvider time) => _since is not { } since || time.GetElapsedTime(since).Ticks >= Volatile.Read(ref _ticks);

        public void Restart(TimeProvider time)
        {
            _since = time.GetTimestamp();
            Volatile.Write(ref _ticks, length.Ticks);
        }

        public void Shorten(TimeSpan wait) => Volatile.Write(ref _ticks, wait.Ticks);
    }
}
