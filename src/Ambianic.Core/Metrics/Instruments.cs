using System.Diagnostics;
using System.Diagnostics.Metrics;
using Ambianic.Core.Configuration;

namespace Ambianic.Core.Metrics;

/// <summary>
/// What all instruments have in common. Each concept has one type that declares its own: <c>…Metrics</c>. Names are those of OpenTelemetry,
/// without suffixes; units are UCUM's: <c>s</c>, <c>By</c>, <c>1</c> for a share, <c>{frame}</c> for a count.
/// </summary>
public static class Instruments
{
    /// <summary>Name of the meter of all instruments, and of the source of all spans.</summary>
    public const string Name = "Ambianic";

    /// <summary>The label that names a pipeline.</summary>
    public const string Pipeline = "pipeline";

    /// <summary>The label that names a source.</summary>
    public const string Source = "source";

    /// <summary>Upper bounds of histograms of durations, in s: from what preparing a small tensor takes to a provider's time limit.</summary>
    private static readonly double[] Seconds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

    /// <summary>Where spans begin; costs nothing while nobody listens.</summary>
    internal static ActivitySource Spans { get; } = new(Name);

    /// <summary>The meter, which the factory owns.</summary>
    public static Meter MeterOf(IMeterFactory meters) => meters.Create(Name);

    /// <summary>A histogram of durations in s.</summary>
    public static Histogram<double> CreateDuration(this Meter meter, string name, string description) =>
        meter.CreateHistogram(name, "s", description, tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = Seconds });

    /// <summary>A label.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="value">Its value; credentials in it are masked.</param>
    public static KeyValuePair<string, object?> Label(string name, string value) => new(name, Credentials.MaskName(value));

    /// <summary>A state of several as OpenMetrics has it: 1 for the one that holds, 0 for each other.</summary>
    /// <param name="name">Of the label that names the state.</param>
    /// <param name="now">The one that holds.</param>
    /// <param name="others">More labels.</param>
    internal static IEnumerable<Measurement<int>> StateSet<T>(string name, T now, params KeyValuePair<string, object?>[] others)
        where T : struct, Enum => Enum.GetValues<T>().Select(value =>
            new Measurement<int>(value.Equals(now) ? 1 : 0, [.. others, Label(name, SnakeCase(value.ToString()))]));

    /// <summary>A value of an enumeration as the API says it, for example <c>no_video</c>.</summary>
    internal static string SnakeCase(string name) =>
        string.Concat(name.Select((letter, at) => char.IsUpper(letter) && at > 0 ? $"_{char.ToLowerInvariant(letter)}" : $"{char.ToLowerInvariant(letter)}"));
}
