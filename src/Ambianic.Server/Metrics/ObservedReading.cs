using System.Diagnostics.Metrics;

namespace Ambianic.Server.Metrics;

/// <summary>Values that the instrument gives when it is asked: what it does not tell any more is gone.</summary>
internal sealed class ObservedReading(Instrument instrument) : Reading(instrument)
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
