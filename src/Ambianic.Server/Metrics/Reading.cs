using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Ambianic.Server.Metrics;

/// <summary>What is known of one instrument. Measurements come from any thread; reading is one call at a time.</summary>
/// <param name="instrument">The instrument.</param>
internal abstract class Reading(Instrument instrument)
{
    /// <summary>More series than this of one instrument are a defect, and must not fill the memory: they are left out.</summary>
    protected const int MostSeries = 1000;

    public Instrument Instrument => instrument;

    /// <summary>Takes a measurement.</summary>
    public abstract void Take(double value, ReadOnlySpan<KeyValuePair<string, object?>> labels);

    /// <summary>To be called before instruments are asked for their values.</summary>
    public virtual void Begin()
    {
    }

    /// <summary>Forgets the series of what is not there any more.</summary>
    public abstract void Forget(Predicate<KeyValuePair<string, object?>[]> isGone);

    /// <summary>Writes all series.</summary>
    public abstract void Write(PrometheusText text, string name);

    /// <summary>The reading that fits the kind of instrument.</summary>
    public static Reading Of(Instrument instrument) => IsOf(instrument, typeof(Histogram<>)) ? new Histograms(instrument)
        : instrument.IsObservable ? new Observed(instrument)
        : new Sums(instrument, isGauge: IsOf(instrument, typeof(Gauge<>)));

    /// <summary>True for an instrument of this generic type.</summary>
    public static bool IsOf(Instrument instrument, Type kind) => instrument.GetType() is { IsGenericType: true } type && type.GetGenericTypeDefinition() == kind;

    /// <summary>Values that the instrument gives when it is asked: what it does not tell any more is gone.</summary>
    private sealed class Observed(Instrument instrument) : Reading(instrument)
    {
        private readonly List<(KeyValuePair<string, object?>[] Labels, double Value)> _values = [];

        public override void Begin() => _values.Clear();

        public override void Take(double value, ReadOnlySpan<KeyValuePair<string, object?>> labels)
        {
            if (_values.Count < MostSeries)
            {
                _values.Add((labels.ToArray(), value));
            }
        }

        public override void Forget(Predicate<KeyValuePair<string, object?>[]> isGone)
        {
        }

        public override void Write(PrometheusText text, string name) => _values.ForEach(one => text.Sample(name, one.Labels, one.Value));
    }

    /// <summary>A reading that keeps something for each set of labels.</summary>
    private abstract class Kept<TSeries> : Reading
        where TSeries : class
    {
        private readonly ConcurrentDictionary<KeyValuePair<string, object?>[], TSeries> _series = new(LabelComparer.Instance);
        private readonly ConcurrentDictionary<KeyValuePair<string, object?>[], TSeries>.AlternateLookup<ReadOnlySpan<KeyValuePair<string, object?>>> _lookup;

        protected Kept(Instrument instrument)
            : base(instrument) => _lookup = _series.GetAlternateLookup<ReadOnlySpan<KeyValuePair<string, object?>>>();

        public override void Take(double value, ReadOnlySpan<KeyValuePair<string, object?>> labels)
        {
            if (!_lookup.TryGetValue(labels, out var series))
            {
                if (_series.Count >= MostSeries)
                {
                    return;
                }

                series = _series.GetOrAdd(labels.ToArray(), Create());
            }

            Take(series, value);
        }

        public override void Forget(Predicate<KeyValuePair<string, object?>[]> isGone)
        {
            foreach (var labels in _series.Keys.Where(labels => isGone(labels)))
            {
                _series.TryRemove(labels, out _);
            }
        }

        public override void Write(PrometheusText text, string name)
        {
            foreach (var (labels, series) in _series)
            {
                Write(text, name, labels, series);
            }
        }

        protected abstract TSeries Create();

        protected abstract void Take(TSeries series, double value);

        protected abstract void Write(PrometheusText text, string name, KeyValuePair<string, object?>[] labels, TSeries series);
    }

    /// <summary>What was added up.</summary>
    private sealed class Sums(Instrument instrument, bool isGauge) : Kept<Sums.Sum>(instrument)
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

    /// <summary>How measurements are distributed.</summary>
    private sealed class Histograms(Instrument instrument) : Kept<Histograms.Buckets>(instrument)
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
}
