using System.Diagnostics.Metrics;
using Ambianic.Core.Metrics;

namespace Ambianic.Inference.Sessions;

/// <summary>How long models take.</summary>
public sealed class InferenceMetrics
{
    private readonly Meter _meter;
    private readonly Histogram<double> _wait;
    private readonly Histogram<double> _prepare;
    private readonly Histogram<double> _run;

    /// <param name="meters">Owns the instruments.</param>
    public InferenceMetrics(IMeterFactory meters)
    {
        _meter = Instruments.MeterOf(meters);
        _wait = _meter.CreateDuration("ambianic.inference.wait.duration", "Time that a frame waits for a thread of the model, by model.");
        _prepare = _meter.CreateDuration("ambianic.inference.prepare.duration", "Time to crop, resize and normalise a frame into the model's tensor, by model.");
        _run = _meter.CreateDuration("ambianic.inference.duration", "Time that the model alone takes for a frame, by model.");
    }

    /// <summary>Reads the rest from here from now on; to be called once.</summary>
    public void Follow(DetectorPool pool) => _meter.CreateObservableGauge(
        "ambianic.inference.waiting",
        () => pool.Waiting.Select(model => new Measurement<int>(model.Waiting, LabelOf(model.Model))),
        "{frame}",
        "Frames that wait for a thread of the model, by model.");

    /// <summary>The label of a model, to be made once.</summary>
    internal static KeyValuePair<string, object?> LabelOf(string model) => Instruments.Label("model", model);

    /// <summary>A frame was looked at. Allocates nothing.</summary>
    internal void Record(KeyValuePair<string, object?> model, TimeSpan wait, TimeSpan prepare, TimeSpan run)
    {
        _wait.Record(wait.TotalSeconds, model);
        _prepare.Record(prepare.TotalSeconds, model);
        _run.Record(run.TotalSeconds, model);
    }
}
