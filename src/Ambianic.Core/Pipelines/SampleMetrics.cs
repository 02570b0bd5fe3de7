using System.Diagnostics.Metrics;
using Ambianic.Core.Metrics;

namespace Ambianic.Core.Pipelines;

/// <summary>How long samples take on their way, and which of them leave a trace.</summary>
public sealed class SampleMetrics
{
    private volatile int _traceEvery;

    /// <param name="meters">Owns the instruments.</param>
    public SampleMetrics(IMeterFactory meters)
    {
        var meter = Instruments.MeterOf(meters);
        Age = meter.CreateDuration("ambianic.sample.age", "Age of its frame when a sample reaches the end of its chain, from when the frame was received, by pipeline.");
        Duration = meter.CreateDuration("ambianic.sample.duration", "Time that a frame takes through the chain of elements, by pipeline.");
        Elements = meter.CreateDuration("ambianic.element.duration", "Time that an element takes for a sample, without the elements after it, by pipeline and element.");
    }

    /// <summary>Every so many samples of a pipeline leave a trace; 0, the default, is none.</summary>
    public int TraceEvery
    {
        get => _traceEvery;
        set => _traceEvery = value;
    }

    internal Histogram<double> Age { get; }

    internal Histogram<double> Duration { get; }

    internal Histogram<double> Elements { get; }
}
