namespace Ambianic.Core.Timeline;

/// <summary>Remembers as events on the timeline which alerts nobody answered. One call at a time.</summary>
public sealed class AlertRecorder(IEventStore store, TimeProvider time)
{
    private readonly EventFolder _folder = new(store, time);

    /// <summary>Puts an alert on the timeline.</summary>
    /// <param name="alertId">Its id, from which the event's is derived: trying again is safe.</param>
    /// <param name="pipeline">Its pipeline; empty when it is about the device.</param>
    /// <param name="source">Its source.</param>
    /// <param name="subject">What it was about, for people.</param>
    /// <param name="at">When it ended.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <exception cref="IOException">It could not be stored.</exception>
    public async ValueTask SaveAsync(string alertId, string pipeline, string source, string subject, DateTimeOffset at, CancellationToken cancellation)
    {
        var folder = await _folder.RelDirAsync(cancellation);
        var moment = _folder.NextMoment(at);
        await store.AppendAsync(
            new DetectionEvent
            {
                Id = alertId,
                At = moment,
                Pipeline = pipeline,
                Source = source,
                Display = "Alert",
                UnansweredAlert = subject,
                RelDir = folder,
                ImageFileName = "",
                ThumbnailFileName = "",
                JsonFileName = EventNames.For(moment) + EventNames.JsonSuffix,
            },
            picture: null,
            cancellation);
    }
}
