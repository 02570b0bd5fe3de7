using System.Globalization;
using System.Text.RegularExpressions;
using Ambianic.Core.Frames;

namespace Ambianic.Media.Sources.Ffmpeg;

/// <summary>
/// Finds out what a stream is from what ffmpeg says of it: its codec from the list of streams, its size from the first decoded picture, rate and
/// key frames from the times of its packets (<c>-dump</c>). Lines come from one thread, questions from others; nothing is allocated per packet.
/// </summary>
internal sealed partial class StreamMeter
{
    private const string Packet = "[info] stream #", KeyFrame = "[info]   keyframe=1", Times = "[info]   dts=", Stream = "[info]   Stream #0:";

    /// <summary>Packets come in bursts: a rate over less than this says little.</summary>
    private const double ShortestSpan = 0.5;

    private readonly Lock _gate = new();
    private string _codec = "";
    private int _index = -1;
    private int _width;
    private int _height;
    private bool _isOurs;
    private bool _isKey;
    private long _count;
    private double _first;
    private double _last;
    private double? _keyAt;
    private double? _distance;

    /// <summary>What is known by now; null before the codec is.</summary>
    public StreamDetails? Details
    {
        get
        {
            lock (_gate)
            {
                var span = _last - _first;
                return _codec.Length == 0 ? null : new StreamDetails(
                    _codec,
                    _width,
                    _height,
                    _count > 1 && span >= ShortestSpan ? Math.Round((_count - 1) / span, 2) : null,
                    _distance is { } distance ? Math.Round(distance, 2) : null);
            }
        }
    }

    /// <summary>Takes a line of ffmpeg's error output.</summary>
    public void Hear(ReadOnlySpan<char> line)
    {
        if (line.StartsWith(Packet, StringComparison.Ordinal))
        {
            _isOurs = int.TryParse(line[Packet.Length..].TrimEnd(':'), NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index == _index;
            _isKey = false;
        }
        else if (line.StartsWith(KeyFrame, StringComparison.Ordinal))
        {
            _isKey = true;
        }
        else if (_isOurs && line.StartsWith(Times, StringComparison.Ordinal))
        {
            Take(line[Times.Length..]);
        }
        else if (_width == 0 && line.StartsWith("[showinfo@decoded", StringComparison.Ordinal) && line.IndexOf(" s:", StringComparison.Ordinal) is > 0 and var at)
        {
            TakeSize(line[(at + 3)..]);
        }
        else if (_index < 0 && line.StartsWith(Stream, StringComparison.Ordinal) && StreamRegex().Match(line.ToString()) is { Success: true } stream)
        {
            lock (_gate)
            {
                _index = int.Parse(stream.Groups["index"].ValueSpan, CultureInfo.InvariantCulture);
                _codec = stream.Groups["codec"].Value;
            }
        }
    }

    private void Take(ReadOnlySpan<char> times)
    {
        if (!TryRead(times, out var seconds)
            && !(times.IndexOf("pts=", StringComparison.Ordinal) is >= 0 and var at && TryRead(times[(at + 4)..], out seconds)))
        {
            return;
        }

        lock (_gate)
        {
            if (_count == 0 || seconds < _last)
            {
                (_count, _first, _keyAt) = (0, seconds, null); // the source's clock was set back: a file that begins anew
            }

            (_count, _last) = (_count + 1, seconds);
            if (_isKey)
            {
                _distance = seconds - _keyAt ?? _distance;
                _keyAt = seconds;
            }
        }
    }

    private void TakeSize(ReadOnlySpan<char> size)
    {
        var x = size.IndexOf('x');
        var end = size.IndexOf(' ');
        if (x > 0 && end > x
            && int.TryParse(size[..x], NumberStyles.None, CultureInfo.InvariantCulture, out var width)
            && int.TryParse(size[(x + 1)..end], NumberStyles.None, CultureInfo.InvariantCulture, out var height))
        {
            lock (_gate)
            {
                (_width, _height) = (width, height);
            }
        }
    }

    private static bool TryRead(ReadOnlySpan<char> text, out double value)
    {
        var end = text.IndexOf(' ');
        return double.TryParse(end < 0 ? text : text[..end], NumberStyles.Float, CultureInfo.InvariantCulture, out value);
    }

    [GeneratedRegex(@"^\[info\]   Stream #0:(?<index>\d+).*?: Video: (?<codec>\w+)")]
    private static partial Regex StreamRegex();
}
