using Ambianic.Core.Health;

namespace Ambianic.Core.Visibility;

/// <summary>
/// Decides what is told of outages: only what lasts, so that nobody is alarmed by a camera that is back after two seconds,
/// or what comes again and again, so that somebody is when it never stays.
/// Every moment is in the <see cref="VisibilityLog"/>. Used by one thread.
/// </summary>
public sealed class OutageNotifier(TimeProvider time)
{
    private readonly Dictionary<string, PipelineOutage> _outages = new(StringComparer.Ordinal);

    /// <summary>Goes on with what an earlier run told last: it is not told again, and its end is.</summary>
    public void Resume(OutageReport last)
    {
        var outage = OutageOf(last.Pipeline);
        (outage.Told, outage.IsFromPreviousRun) = (last, true);
    }

    /// <summary>Takes in the next snapshot.</summary>
    /// <param name="snapshot">Of all pipelines.</param>
    /// <param name="patience">How long a visibility must last before it is told.</param>
    /// <returns>What is to be told now.</returns>
    public IReadOnlyList<OutageReport> Observe(HealthSnapshot snapshot, TimeSpan patience)
    {
        List<OutageReport> reports = [];
        foreach (var pipeline in snapshot.Pipelines)
        {
            if (Observe(pipeline, snapshot, patience) is { } report)
            {
                reports.Add(report);
            }
        }

        foreach (var (_, gone) in _outages.ExceptBy(snapshot.Pipelines.Select(pipeline => pipeline.Name), outage => outage.Key))
        {
            gone.Now = null; // what it was meanwhile is not known
            gone.Balance.Reset();
        }

        return reports;
    }

    private OutageReport? Observe(PipelineHealth pipeline, HealthSnapshot snapshot, TimeSpan patience)
    {
        var outage = OutageOf(pipeline.Name);
        var now = VisibilityChange.Of(pipeline, snapshot.At);
        if (pipeline is { IsPreparing: true, State: PipelineState.Starting })
        {
            now = now with { Visibility = VisibilityState.Off }; // a model may take minutes to come, and the page tells of that
        }

        if (outage.Now?.Visibility != now.Visibility)
        {
            (outage.Now, outage.Since) = (now, snapshot.Timestamp);
        }

        var began = outage.Now!.At;
        var isOut = outage.Told is { Visibility: not VisibilityState.Visible };
        var isMostlyOut = outage.Balance.Add(now.Visibility, pipeline.Silence, snapshot.Timestamp) >= patience && !isOut; // a still picture that comes and goes is told of once
        var age = time.GetElapsedTime(outage.Since, snapshot.Timestamp);
        outage.IsFromPreviousRun &= now.Visibility is VisibilityState.Visible or VisibilityState.Off;
        var doubt = outage.IsFromPreviousRun ? FrozenFrameDetector.TimeToNotice(PictureOf(outage.Told!.Visibility)) : TimeSpan.Zero; // it may be no better, and nobody know yet
        var lasts = age >= patience && age >= doubt && (now.Visibility != VisibilityState.Visible || pipeline.Silence < age / 2); // a single sample is no video
        if (now.Visibility == VisibilityState.Off
            || now.Visibility == (outage.Told?.Visibility ?? VisibilityState.Visible)
            || !(lasts || (now.Visibility == VisibilityState.NoVideo && isMostlyOut)))
        {
            return null;
        }

        // The reason is the freshest: the first is often only that the connection ended.
        return outage.Told = new OutageReport(
            pipeline.Name,
            pipeline.SourceId,
            began,
            now.Visibility,
            isOut ? outage.Told!.OutageSince : began,
            now.Reason ?? outage.Told!.Reason);
    }

    private static PictureState PictureOf(VisibilityState visibility) => visibility switch
    {
        VisibilityState.Frozen => PictureState.Frozen,
        VisibilityState.Black => PictureState.Black,
        VisibilityState.Covered => PictureState.Covered,
        _ => PictureState.Good,
    };

    private PipelineOutage OutageOf(string pipeline)
    {
        if (!_outages.TryGetValue(pipeline, out var outage))
        {
            _outages[pipeline] = outage = new PipelineOutage(time);
        }

        return outage;
    }
}
