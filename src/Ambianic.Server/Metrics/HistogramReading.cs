using System.Diagnostics.Metrics;

namespace Ambianic.Server.Metrics;

/// <summary>How measurements are distributed.</summary>
internal sealed class HistogramReading(Instrument instrument) : KeptReading<HistogramReading.Buckets>(instrument)
{
    private readonly double[] _bounds = [.. ((instrument as Histogram<double>)?.Advice?.HistogramBucketBoundaries ?? []).Order()];

    protected override Buckets Create() => new(_bounds.Length + 1);

    protected override void Take(Buckets series, double value)
    {
        var at = Array.BinarySearch(_bounds, value);
        lock (series)
        {
            series.Counts[at < 0 ? ~at : at]++; // a bound belongs to the bucket below it
            series.Sum += value;
        }
    }

    protected override void Write(PrometheusText text, string name, KeyValuePair<string, object?>[] labels, Buckets series)
    {
        lock (series)
        {
            text.Histogram(name, labels, _bounds, series.Counts, series.Sum);
        }
    }

    internal sealed class Buckets(int count)
    {
        public long[] Counts { get; } = new long[count];

        public double Sum { get; set; }
    }
}
