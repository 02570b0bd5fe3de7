using System.Diagnostics.Metrics;
using Ambianic.Core.Metrics;
using Ambianic.Core.Timeline;

namespace Ambianic.Storage;

/// <summary>How storing events goes.</summary>
public sealed class StorageMetrics
{
    private readonly Meter _meter;
    private readonly Counter<long> _events;
    private readonly Histogram<double> _duration;

    /// <param name="meters">Owns the instruments.</param>
    public StorageMetrics(IMeterFactory meters)
    {
        _meter = Instruments.MeterOf(meters);
        _events = _meter.CreateCounter<long>("ambianic.events", "{event}", "Events that were to be stored, by pipeline and outcome: stored, failed (it is tried again).");
        _duration = _meter.CreateDuration("ambianic.event.store.duration", "Time until an event and its pictures are encoded and safe on the disk, by pipeline.");
    }

    /// <summary>Reads the rest from here from now on; to be called once.</summary>
    internal void Follow(DeferredEventStore store)
    {
        _meter.CreateObservableGauge("ambianic.events.waiting", () => store.Waiting, "{event}", "Events and other jobs that wait for the thread that writes.");
        _meter.CreateObservableGauge(
            "ambianic.events.size",
            () => store.Bytes is { } bytes ? [new Measurement<long>(bytes)] : Array.Empty<Measurement<long>>(),
            "By",
            "Bytes of the files of all events; absent unless retention.max_size_mb is set, and until they are counted.");
    }

    /// <summary>An attempt to store an event has ended.</summary>
    internal void Count(DetectionEvent seen, bool isStored, TimeSpan took)
    {
        var pipeline = Instruments.Label(Instruments.Pipeline, seen.Pipeline);
        _events.Add(1, pipeline, Instruments.Label("outcome", isStored ? "stored" : "failed"));
        if (isStored)
        {
            _duration.Record(took.TotalSeconds, pipeline);
        }
    }
}
