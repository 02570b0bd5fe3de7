using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Ambianic.Tests;

/// <summary>Everything that instruments of a test measure.</summary>
internal sealed class Measurements : IMeterFactory
{
    private readonly List<Meter> _meters = [];
    private readonly MeterListener _listener;
    private readonly ConcurrentQueue<Measurement> _taken = [];

    public Measurements()
    {
        _listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Scope == this)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        _listener.SetMeasurementEventCallback<double>((instrument, value, labels, _) => Take(instrument, value, labels));
        _listener.SetMeasurementEventCallback<long>((instrument, value, labels, _) => Take(instrument, value, labels));
        _listener.SetMeasurementEventCallback<int>((instrument, value, labels, _) => Take(instrument, value, labels));
        _listener.Start();
    }

    public Meter Create(MeterOptions options)
    {
        options.Scope = this;
        var meter = new Meter(options);
        _meters.Add(meter);
        return meter;
    }

    /// <summary>Values of an instrument in the order in which they were taken, each after its labels, for example <c>hall,stored=1</c>.</summary>
    public IReadOnlyList<string> Of(string instrument) => [.. _taken.Where(one => one.Instrument == instrument).Select(one => FormattableString.Invariant($"{one.Labels}={one.Value:0.######}"))];

    /// <summary>Values that an observable instrument gives now.</summary>
    public IReadOnlyList<string> Observe(string instrument)
    {
        var before = Of(instrument).Count;
        _listener.RecordObservableInstruments();
        return [.. Of(instrument).Skip(before)];
    }

    public void Dispose()
    {
        _listener.Dispose();
        _meters.ForEach(meter => meter.Dispose());
    }

    private void Take(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> labels) =>
        _taken.Enqueue(new Measurement(instrument.Name, string.Join(',', labels.ToArray().Select(label => label.Value)), value));

    private sealed record Measurement(string Instrument, string Labels, double Value);
}
