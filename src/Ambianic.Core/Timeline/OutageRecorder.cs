using Ambianic.Core.Configuration;
using Ambianic.Core.Visibility;

namespace Ambianic.Core.Timeline;

/// <summary>Remembers as events on the timeline when an outage of a pipeline began and when it was over. One call at a time.</summary>
public sealed class OutageRecorder(IEventStore store, TimeProvider time)
{
    /// <summary>More pipelines than any house has.</summary>
    private const int MostRead = 1000;

    private static readonly TimeSpan SameMoment = TimeSpan.FromMilliseconds(10);

    private readonly DateTimeOffset _startedAt = time.GetLocalNow();
    private DateTimeOffset _lastAt;
    private string? _folder;
    private (OutageReport? Report, string Id) _tried = (null, "");

    /// <summary>What was told last of each pipeline, by this run or an earlier one.</summary>
    /// <exception cref="IOException">The store cannot be read.</exception>
    public async Task<IReadOnlyList<OutageReport>> LastAsync(CancellationToken cancellation)
    {
        Dictionary<string, OutageReport> last = new(StringComparer.Ordinal);
        await foreach (var seen in store.QueryAsync(new EventQuery { Label = EventNames.OutageLabel, Limit = MostRead }, cancellation))
        {
            if (seen.Outage is { } report)
            {
                last.TryAdd(seen.Pipeline, report);
            }
        }

        return [.. last.Values];
    }

    /// <summary>Puts a report on the timeline.</summary>
    /// <exception cref="IOException">It could not be stored; trying again is safe.</exception>
    public async ValueTask SaveAsync(OutageReport report, CancellationToken cancellation)
    {
        _folder ??= await store.StartFolderAsync(_startedAt, cancellation);
        if (!ReferenceEquals(_tried.Report, report))
        {
            _tried = (report, Guid.NewGuid().ToString("N")); // an attempt that was given up may yet have stored it
        }

        var at = Moment(report.At);
        var said = report with { At = at, OutageSince = Local(report.OutageSince), Reason = Credentials.Mask(report.Reason) };
        await store.AppendAsync(
            new DetectionEvent
            {
                Id = _tried.Id,
                At = at,
                Pipeline = report.Pipeline,
                Source = report.Source,
                Display = "Sight",
                Outage = said,
                RelDir = _folder,
                ImageFileName = "",
                ThumbnailFileName = EventNames.For(at) + EventNames.ThumbnailSuffix,
                JsonFileName = EventNames.For(at) + EventNames.JsonSuffix,
            },
            picture: null,
            cancellation);
    }

    /// <summary>Files are named after it, so outages that began in one moment are told apart by steps of 1 µs.</summary>
    private DateTimeOffset Moment(DateTimeOffset told)
    {
        var at = Local(told);
        return _lastAt = at <= _lastAt && _lastAt - at < SameMoment ? _lastAt.AddMicroseconds(1) : at;
    }

    private DateTimeOffset Local(DateTimeOffset at)
    {
        at = TimeZoneInfo.ConvertTime(at, time.LocalTimeZone);
        return at.AddTicks(-(at.Ticks % TimeSpan.TicksPerMicrosecond));
    }
}
