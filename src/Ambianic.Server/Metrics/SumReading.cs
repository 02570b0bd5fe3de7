using System.Diagnostics.Metrics;

namespace Ambianic.Server.Metrics;

/// <summary>What was added up.</summary>
internal sealed class SumReading(Instrument instrument, bool isGauge) : KeptReading<SumReading.Sum>(instrument)
{
    protected override Sum Create() => new();

    protected override void Take(Sum series, double value)
    {
        lock (series)
        {
            series.Value = isGauge ? value : series.Value + value;
        }
    }

    protected override void Write(PrometheusText text, string name, KeyValuePair<string, object?>[] labels, Sum series)
    {
        lock (series)
        {
            text.Sample(name, labels, series.Value);
        }
    }

    internal sealed class Sum
    {
        public double Value { get; set; }
    }
}
