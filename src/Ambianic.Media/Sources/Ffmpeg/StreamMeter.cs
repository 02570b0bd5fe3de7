using System.Globalization;
using Ambianic.Core.Frames;

namespace Ambianic.Media.Sources.Ffmpeg;

/// <summary>Learns from ffmpeg's lines what a stream is. Lines come from one thread, questions from others. Nothing is allocated per picture.</summary>
internal sealed class StreamMeter(bool isLive, TimeProvider time)
{
    private const string Video = ": Video: ", Size = " s:";

    private readonly Lock _gate = new();
    private string? _codec;
    private int _width;
    private int _height;
    private long _pictures;
    private double _first;
    private double _last;
    private double? _keyAt;
    private double? _keyDistance;

    /// <summary>What is known by now; null when that is nothing.</summary>
    public StreamFacts? Facts
    {
        get
        {
            lock (_gate)
            {
                double? fps = _pictures > 1 && _last > _first ? (_pictures - 1) / (_last - _first) : null;
                return _codec is null && _pictures == 0 ? null : new StreamFacts(_codec, _width, _height, fps, _keyDistance);
            }
        }
    }

    /// <summary>Takes a line about the streams of input and output; the first video is the camera's.</summary>
    public void HearOfStream(ReadOnlySpan<char> line)
    {
        if (_codec is not null || line.IndexOf(Video, StringComparison.Ordinal) is not (>= 0 and var at))
        {
            return;
        }

        var rest = line[(at + Video.Length)..];
        var end = rest.IndexOfAny(' ', ',');
        lock (_gate)
        {
            _codec = (end < 0 ? rest : rest[..end]).ToString();
        }
    }

    /// <summary>Takes the line of a decoded picture.</summary>
    /// <param name="line">As <c>showinfo</c> writes it.</param>
    /// <param name="seconds">Its time within the stream.</param>
    /// <param name="isKey">It is a key frame.</param>
    public void HearOfPicture(ReadOnlySpan<char> line, double seconds, bool isKey)
    {
        var at = isLive ? time.GetTimestamp() / (double)time.TimestampFrequency : seconds; // clocks of cameras jump
        lock (_gate)
        {
            _first = _pictures++ == 0 ? at : _first;
            _last = at;
            ReadSize(line);
            if (!isKey)
            {
                return;
            }

            if (_keyAt is { } before && seconds > before)
            {
                _keyDistance = seconds - before;
            }

            _keyAt = seconds;
        }
    }

    private void ReadSize(ReadOnlySpan<char> line)
    {
        if (line.IndexOf(Size, StringComparison.Ordinal) is not (>= 0 and var at))
        {
            return;
        }

        var rest = line[(at + Size.Length)..];
        var (cross, end) = (rest.IndexOf('x'), rest.IndexOf(' '));
        if (cross > 0 && end > cross
            && int.TryParse(rest[..cross], NumberStyles.None, CultureInfo.InvariantCulture, out var width)
            && int.TryParse(rest[(cross + 1)..end], NumberStyles.None, CultureInfo.InvariantCulture, out var height))
        {
            (_width, _height) = (width, height);
        }
    }
}
