using System.Diagnostics.Metrics;
using Ambianic.Core.Configuration;
using Ambianic.Core.Health;
using Ambianic.Core.Metrics;

namespace Ambianic.Server.Metrics;

/// <summary>
/// Adds up what the program measures, for <c>/metrics</c>. Taking a measurement allocates nothing. While it is off, measuring costs next
/// to nothing. Series of pipelines and sources that are not in the configuration any more are left out.
/// </summary>
/// <param name="meters">The program's own; those of others in the same process are not read.</param>
/// <param name="health">Knows which pipelines there are.</param>
/// <param name="logger">Told of an instrument that fails.</param>
internal sealed class MetricsCollector(IMeterFactory meters, HealthFeed health, ILogger<MetricsCollector> logger) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, Reading> _readings = new(StringComparer.Ordinal); // by name in Prometheus; guarded by _gate
    private MeterListener? _listener;
    private bool _hasFailed;

    /// <summary>True while measurements are added up. Switched off, all is forgotten.</summary>
    public bool IsOn
    {
        get => _listener is not null;
        set
        {
            if (value != IsOn)
            {
                if (value)
                {
                    Begin();
                }
                else
                {
                    Dispose();
                }
            }
        }
    }

    /// <summary>All metrics as text.</summary>
    public string Read()
    {
        var text = new PrometheusText();
        lock (_gate)
        {
            foreach (var reading in _readings.Values)
            {
                reading.Begin();
            }

            Observe();
            var pipelines = health.Latest.Pipelines;
            var (names, sources) = (pipelines.Select(pipeline => Credentials.MaskName(pipeline.Name)).ToHashSet(), pipelines.Select(pipeline => Credentials.MaskName(pipeline.SourceId)).ToHashSet());
            foreach (var (name, reading) in _readings)
            {
                reading.Forget(labels => labels.Any(label => (label.Key == Instruments.Pipeline && !names.Contains((string)label.Value!))
                    || (label.Key == Instruments.Source && !sources.Contains((string)label.Value!))));
                text.Begin(name, PrometheusNames.KindOf(reading.Instrument), reading.Instrument.Description);
                reading.Write(text, name);
            }
        }

        return text.ToString();
    }

    /// <summary>Stops.</summary>
    public void Dispose()
    {
        _listener?.Dispose();
        _listener = null;
        lock (_gate)
        {
            _readings.Clear();
        }
    }

    private void Begin()
    {
        _listener = new MeterListener { InstrumentPublished = Listen };
        _listener.SetMeasurementEventCallback<double>(static (_, value, labels, reading) => ((Reading)reading!).Take(value, labels));
        _listener.SetMeasurementEventCallback<long>(static (_, value, labels, reading) => ((Reading)reading!).Take(value, labels));
        _listener.SetMeasurementEventCallback<int>(static (_, value, labels, reading) => ((Reading)reading!).Take(value, labels));
        _listener.Start();
    }

    private void Listen(Instrument instrument, MeterListener listener)
    {
        if (!WantedInstruments.Includes(instrument, meters))
        {
            return;
        }

        Reading? reading;
        lock (_gate)
        {
            var name = PrometheusNames.Of(instrument);
            reading = _readings.GetValueOrDefault(name) ?? (_readings[name] = Reading.Of(instrument));
        }

        listener.EnableMeasurementEvents(instrument, reading);
    }

    /// <summary>Asks those that count by themselves; one that fails is missing, and keeps the others from nothing.</summary>
    private void Observe()
    {
        try
        {
            _listener?.RecordObservableInstruments();
            _hasFailed = false;
        }
        catch (AggregateException error)
        {
            if (!_hasFailed)
            {
                logger.InstrumentFailed(error);
            }

            _hasFailed = true;
        }
    }
}
