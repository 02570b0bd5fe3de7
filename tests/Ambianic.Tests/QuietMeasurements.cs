using System.Diagnostics.Metrics;

namespace Ambianic.Tests;

/// <summary>Has instruments measure, and keeps nothing: for tests of what measuring allocates.</summary>
internal sealed class QuietMeasurements : IMeterFactory
{
    private readonly List<Meter> _meters = [];
    private readonly MeterListener _listener;
    private long _count;

    public QuietMeasurements()
    {
        _listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Scope == this)
                {
                    listener.EnableMeasurementEvents(instrument, this);
                }
            },
        };
        _listener.SetMeasurementEventCallback<double>(static (_, _, _, all) => Interlocked.Increment(ref ((QuietMeasurements)all!)._count));
        _listener.Start();
    }

    /// <summary>Measurements so far.</summary>
    public long Count => Interlocked.Read(ref _count);

    public Meter Create(MeterOptions options)
    {
        options.Scope = this;
        var meter = new Meter(options);
        _meters.Add(meter);
        return meter;
    }

    public void Dispose()
    {
        _listener.Dispose();
        _meters.ForEach(meter => meter.Dispose());
    }
}
