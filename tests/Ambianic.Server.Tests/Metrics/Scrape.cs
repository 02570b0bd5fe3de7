using System.Text.RegularExpressions;

namespace Ambianic.Server.Tests.Metrics;

/// <summary>An answer of <c>/metrics</c>, read.</summary>
internal sealed partial class Scrape
{
    private readonly string _text;

    public Scrape(string text)
    {
        _text = text;
        Names = [.. TypeLine().Matches(text).Select(line => line.Groups[1].Value)];
    }

    /// <summary>Of all metrics, also of those that have no series.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Lines that are no comments.</summary>
    public IReadOnlyList<string> Samples => [.. _text.Split('\n').Where(line => line.Length > 0 && line[0] != '#')];

    /// <summary>The value of one series; null when there is none.</summary>
    public double? Value(string series) => Samples.FirstOrDefault(line => line.StartsWith(series + " ", StringComparison.Ordinal)) is { } line
        ? double.Parse(line[(series.Length + 1)..], System.Globalization.CultureInfo.InvariantCulture)
        : null;

    public static async Task<Scrape> OfAsync(HttpClient client) =>
        new(await client.GetStringAsync(new Uri("metrics", UriKind.Relative), TestContext.Current.CancellationToken));

    public override string ToString() => _text;

    [GeneratedRegex(@"^# TYPE (\S+) ", RegexOptions.Multiline)]
    private static partial Regex TypeLine();
}
