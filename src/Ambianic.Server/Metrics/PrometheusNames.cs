using System.Diagnostics.Metrics;

namespace Ambianic.Server.Metrics;

/// <summary>
/// What instruments are called in Prometheus, as OpenTelemetry says it: units are suffixes, and counters end with <c>_total</c>.
/// https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/
/// </summary>
internal static class PrometheusNames
{
    /// <summary>The kind of metric: <c>counter</c>, <c>gauge</c> or <c>histogram</c>.</summary>
    public static string KindOf(Instrument instrument) =>
        Reading.IsOf(instrument, typeof(Histogram<>)) ? "histogram"
        : Reading.IsOf(instrument, typeof(Counter<>)) || Reading.IsOf(instrument, typeof(ObservableCounter<>)) ? "counter"
        : "gauge";

    /// <summary>The name of the metric.</summary>
    public static string Of(Instrument instrument)
    {
        var kind = KindOf(instrument);
        var name = LabelOf(instrument.Name);
        name = With(name, instrument.Unit switch
        {
            "s" => "_seconds",
            "By" => "_bytes",
            "1" when kind == "gauge" => "_ratio",
            _ => "",
        });
        return kind == "counter" ? With(name, "_total") : name;
    }

    /// <summary>The name of a label.</summary>
    public static string LabelOf(string name) => name.Replace('.', '_').Replace('-', '_');

    private static string With(string name, string suffix) => name.EndsWith(suffix, StringComparison.Ordinal) ? name : name + suffix;
}
