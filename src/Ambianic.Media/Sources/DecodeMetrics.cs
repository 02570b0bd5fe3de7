using System.Diagnostics.Metrics;
using Ambianic.Core.Metrics;

namespace Ambianic.Media.Sources;

/// <summary>How long it takes until a picture that has come is a frame.</summary>
public sealed class DecodeMetrics
{
    private readonly Histogram<double> _duration;

    /// <param name="meters">Owns the instruments.</param>
    public DecodeMetrics(IMeterFactory meters) => _duration = Instruments.MeterOf(meters).CreateDuration(
        "ambianic.frame.decode.duration",
        "Time to decode a picture of HTTP or MJPEG, or to read one from ffmpeg, which decodes in a process of its own, by source.");

    /// <summary>The label of a source, to be made once.</summary>
    internal static KeyValuePair<string, object?> LabelOf(string source) => Instruments.Label(Instruments.Source, source);

    /// <summary>A frame was made. Allocates nothing.</summary>
    internal void Record(KeyValuePair<string, object?> source, TimeSpan took) => _duration.Record(took.TotalSeconds, source);
}
