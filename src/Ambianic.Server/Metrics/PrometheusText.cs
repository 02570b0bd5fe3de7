using System.Globalization;
using System.Text;

namespace Ambianic.Server.Metrics;

/// <summary>
/// Writes samples in the text format of Prometheus, version 0.0.4:
/// https://prometheus.io/docs/instrumenting/exposition_formats/
/// </summary>
internal sealed class PrometheusText
{
    /// <summary>As the header <c>Content-Type</c> names the format.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly StringBuilder _text = new();

    /// <summary>Begins a metric.</summary>
    public void Begin(string name, string kind, string? help)
    {
        _text.Append("# HELP ").Append(name).Append(' ').Append((help ?? "").Replace(@"\", @"\\", StringComparison.Ordinal).ReplaceLineEndings(" ")).Append('\n');
        _text.Append("# TYPE ").Append(name).Append(' ').Append(kind).Append('\n');
    }

    /// <summary>Adds the value of one series.</summary>
    public void Sample(string name, KeyValuePair<string, object?>[] labels, double value) => Sample(name, "", labels, null, value);

    /// <summary>Adds the buckets of one series.</summary>
    /// <param name="name">Of the metric.</param>
    /// <param name="labels">Of the series.</param>
    /// <param name="bounds">Upper bounds, ascending.</param>
    /// <param name="counts">Of each bucket alone; one more than there are bounds.</param>
    /// <param name="sum">Of all measurements.</param>
    public void Histogram(string name, KeyValuePair<string, object?>[] labels, double[] bounds, long[] counts, double sum)
    {
        var total = 0L;
        for (var i = 0; i < counts.Length; i++)
        {
            total += counts[i];
            Sample(name, "_bucket", labels, i < bounds.Length ? bounds[i] : double.PositiveInfinity, total);
        }

        Sample(name, "_sum", labels, null, sum);
        Sample(name, "_count", labels, null, total);
    }

    public override string ToString() => _text.ToString();

    private void Sample(string name, string suffix, KeyValuePair<string, object?>[] labels, double? bound, double value)
    {
        _text.Append(name).Append(suffix);
        var separator = '{';
        foreach (var (key, content) in labels)
        {
            Label(ref separator, PrometheusNames.LabelOf(key), Convert.ToString(content, CultureInfo.InvariantCulture) ?? "");
        }

        if (bound is { } limit)
        {
            Label(ref separator, "le", Number(limit));
        }

        _text.Append(separator == ',' ? "} " : " ").Append(Number(value)).Append('\n');
    }

    private void Label(ref char separator, string name, string value)
    {
        _text.Append(separator).Append(name).Append("=\"");
        foreach (var letter in value)
        {
            _ = letter switch
            {
                '\\' => _text.Append(@"\\"),
                '"' => _text.Append("\\\""),
                '\n' => _text.Append(@"\n"),
                _ => _text.Append(letter),
            };
        }

        _text.Append('"');
        separator = ',';
    }

    private static string Number(double value) =>
        double.IsPositiveInfinity(value) ? "+Inf" : double.IsNegativeInfinity(value) ? "-Inf" : value.ToString("R", CultureInfo.InvariantCulture);
}
