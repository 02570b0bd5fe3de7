using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Ambianic.Server.Metrics;

/// <summary>A reading that keeps something for each set of labels.</summary>
internal abstract class KeptReading<TSeries> : Reading
    where TSeries : class
{
    private readonly ConcurrentDictionary<KeyValuePair<string, object?>[], TSeries> _series = new(LabelComparer.Instance);
    private readonly ConcurrentDictionary<KeyValuePair<string, object?>[], TSeries>.AlternateLookup<ReadOnlySpan<KeyValuePair<string, object?>>> _lookup;

    protected KeptReading(Instrument instrument)
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
