using Ambianic.Core.Health;

namespace Ambianic.Core.Visibility;

/// <summary>
/// Decides what the log says of outages that have been told: that one begins, each new reason once, that it goes on every ten minutes,
/// and that it is over. A camera that is away is left out, because its pipeline logs that itself. Used by one thread.
/// </summary>
public sealed class OutageLog(TimeProvider time)
{
    private readonly Dictionary<string, Outage> _outages = new(StringComparer.Ordinal);

    /// <summary>Goes on with what an earlier run told last: only its end is logged.</summary>
    public void Resume(OutageReport last) => _outages[last.Pipeline] = new Outage(time) { Told = last, IsFromPreviousRun = true };

    /// <summary>Takes in the next snapshot.</summary>
    /// <param name="snapshot">Of all pipelines.</param>
    /// <param name="reports">What <see cref="OutageNotifier"/> told of it.</param>
    /// <returns>What is to be logged now.</returns>
    public IReadOnlyList<OutageLine> Observe(HealthSnapshot snapshot, IReadOnlyList<OutageReport> reports)
    {
        List<OutageLine> lines = [];
        foreach (var report in reports)
        {
            if (!_outages.TryGetValue(report.Pipeline, out var outage))
            {
                _outages[report.Pipeline] = outage = new Outage(time);
            }

            if (outage.IsFromPreviousRun && report.Visibility == VisibilityState.Visible)
            {
                var over = new FaultLogReport(FaultChange.Over, report.OutageSince, report.At - report.OutageSince, 0);
                lines.Add(new OutageLine(OutageLineKind.Over, report.Pipeline, over.Since, over.Duration, report.Reason));
            }

            (outage.Told, outage.IsFromPreviousRun) = (report, false);
        }

        foreach (var pipeline in snapshot.Pipelines)
        {
            if (_outages.TryGetValue(pipeline.Name, out var outage) && outage.Observe(pipeline, snapshot.At) is { } line)
            {
                lines.Add(line);
            }
        }

        return lines;
    }

    /// <summary>What is remembered of one pipeline.</summary>
    private sealed class Outage(TimeProvider time)
    {
        private readonly FaultLog _log = new(time);
        private TimeSpan _toldLate;
        private string _reason = "";
        private bool _isLoggedByPipeline;

        public OutageReport? Told { get; set; }

        public bool IsFromPreviousRun { get; set; }

        public OutageLine? Observe(PipelineHealth pipeline, DateTimeOffset at)
        {
            if (pipeline is { Visibility: VisibilityState.NoVideo, IsAway: true })
            {
                _isLoggedByPipeline = true;
                return null;
            }

            if (pipeline.Visibility == VisibilityState.Visible)
            {
                return _log.Succeed() is { } over && !_isLoggedByPipeline ? Line(OutageLineKind.Over, over) : null;
            }

            if (pipeline.Visibility == VisibilityState.Off || IsFromPreviousRun || Told is not { Visibility: not VisibilityState.Visible } told)
            {
                return null;
            }

            if (!_log.IsOpen)
            {
                _toldLate = at - told.OutageSince;
            }

            (_reason, _isLoggedByPipeline) = (pipeline.Reason ?? told.Reason, false);
            return _log.Fail(_reason) switch
            {
                { Change: FaultChange.None } => null,
                { Change: FaultChange.GoesOn } goesOn => Line(OutageLineKind.GoesOn, goesOn),
                var begun => Line(OutageLineKind.Begun, begun),
            };
        }

        private OutageLine Line(OutageLineKind kind, FaultLogReport report) =>
            new(kind, Told!.Pipeline, report.Since - _toldLate, (report with { Lasted = report.Lasted + _toldLate }).Duration, _reason);
    }
}

/// <summary>What is to be logged of an outage.</summary>
/// <param name="Kind">What is new.</param>
/// <param name="Pipeline">Its name.</param>
/// <param name="Since">When it began, local time.</param>
/// <param name="Duration">How long it has lasted, for people: <c>2 h 3 min</c>.</param>
/// <param name="Reason">Why the picture cannot be used, for people.</param>
public sealed record OutageLine(OutageLineKind Kind, string Pipeline, DateTimeOffset Since, string Duration, string Reason);

/// <summary>What is new of an outage.</summary>
public enum OutageLineKind
{
    /// <summary>It has begun, or has another reason.</summary>
    Begun,

    /// <summary>It goes on.</summary>
    GoesOn,

    /// <summary>It is over.</summary>
    Over,
}
