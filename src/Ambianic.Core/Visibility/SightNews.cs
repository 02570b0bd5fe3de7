using Ambianic.Core.Health;

namespace Ambianic.Core.Visibility;

/// <summary>What people should hear of a pipeline's sight.</summary>
/// <param name="Pipeline">Its name.</param>
/// <param name="Source">Its source.</param>
/// <param name="At">From when on it is so.</param>
/// <param name="Sight">What it sees; <see cref="Sight.Watching"/> is told only after something else was, and says that it sees again.</param>
/// <param name="BlindSince">Since when it sees, or until now saw, nothing of use.</param>
/// <param name="Reason">Why, for people.</param>
public sealed record SightReport(string Pipeline, string Source, DateTimeOffset At, Sight Sight, DateTimeOffset BlindSince, string Reason);

/// <summary>
/// Decides what is told of blindness: only what lasts, so that nobody is alarmed by a camera that is back after two seconds,
/// or what comes again and again, so that somebody is when it never stays.
/// The account of every moment is that of <see cref="CoverageLedger"/>. Used by one thread.
/// </summary>
public sealed class SightNews(TimeProvider time)
{
    private readonly Dictionary<string, Story> _stories = new(StringComparer.Ordinal);

    /// <summary>Goes on with what an earlier run told last: it is not told again, and its end is.</summary>
    public void Resume(SightReport last)
    {
        var story = StoryOf(last.Pipeline);
        (story.Told, story.IsHearsay) = (last, true);
    }

    /// <summary>Looks at all pipelines.</summary>
    /// <param name="statuses">As they are.</param>
    /// <param name="patience">How long a pipeline must have been in one state before that is told.</param>
    public IReadOnlyList<SightReport> Observe(IReadOnlyList<PipelineStatus> statuses, TimeSpan patience)
    {
        List<SightReport> news = [];
        foreach (var status in statuses)
        {
            if (Observe(status, patience) is { } report)
            {
                news.Add(report);
            }
        }

        foreach (var (_, gone) in _stories.ExceptBy(statuses.Select(status => status.Name), story => story.Key))
        {
            gone.Now = null; // what it was meanwhile is not known
            gone.Blindness.Forget();
        }

        return news;
    }

    private SightReport? Observe(PipelineStatus status, TimeSpan patience)
    {
        var story = StoryOf(status.Name);
        var now = SightChange.Of(status, time.GetUtcNow());
        if (status is { State: PipelineState.Idle or PipelineState.Preparing, Rebuilt: 0, Health: HealthState.Healthy })
        {
            now = now with { Sight = Sight.Off }; // a model may take minutes to come, and the page tells of that
        }

        if (story.Now?.Sight != now.Sight)
        {
            (story.Now, story.Since) = (now, time.GetTimestamp());
        }

        var began = story.Now!.At;
        var silence = TimeSpan.FromSeconds(status.SilenceSeconds);
        var wasBlind = story.Told is { Sight: not Sight.Watching };
        var isMostlyBlind = story.Blindness.Observe(now.Sight, silence) >= patience && !wasBlind; // a still picture that comes and goes is told of once
        var age = time.GetElapsedTime(story.Since);
        story.IsHearsay &= now.Sight is Sight.Watching or Sight.Off;
        var doubt = story.IsHearsay ? PictureWatch.TimeToNotice(PictureOf(story.Told!.Sight)) : TimeSpan.Zero; // it may be no better, and nobody know yet
        var lasts = age >= patience && age >= doubt && (now.Sight != Sight.Watching || silence < age / 2); // a single sample is not sight
        if (now.Sight == Sight.Off || now.Sight == (story.Told?.Sight ?? Sight.Watching) || !(lasts || (now.Sight == Sight.Blind && isMostlyBlind)))
        {
            return null;
        }

        // The reason is the freshest: the first is often only that the connection ended.
        return story.Told = new SightReport(
            status.Name,
            status.SourceId,
            began,
            now.Sight,
            wasBlind ? story.Told!.BlindSince : began,
            now.Reason ?? story.Told!.Reason);
    }

    private static PictureState PictureOf(Sight sight) => sight switch
    {
        Sight.Frozen => PictureState.Frozen,
        Sight.Black => PictureState.Black,
        Sight.Covered => PictureState.Covered,
        _ => PictureState.Good,
    };

    private Story StoryOf(string pipeline)
    {
        if (!_stories.TryGetValue(pipeline, out var story))
        {
            _stories[pipeline] = story = new Story(time);
        }

        return story;
    }

    private sealed class Story(TimeProvider time)
    {
        public Blindness Blindness { get; } = new(time);

        public SightChange? Now { get; set; }

        public long Since { get; set; }

        public SightReport? Told { get; set; }

        /// <summary>True while what was told is known from an earlier run alone.</summary>
        public bool IsHearsay { get; set; }
    }
}
