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
    public static Reading Of(Instrument instrument) => IsOf(instrument, typeof(Histogram<>)) ? new HistogramReading(instrument)
        : instrument.IsObservable ? new ObservedReading(instrument)
        : new SumReading(instrument, isGauge: IsOf(instrument, typeof(Gauge<>)));

    /// <summary>True for an instrument of this generic type.</summary>
    public static bool IsOf(Instrument instrument, Type kind) => instrument.GetType() is { IsGenericType: true } type && type.GetGenericTypeDefinition() == kind;
}
