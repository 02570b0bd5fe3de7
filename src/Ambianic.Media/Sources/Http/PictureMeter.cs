using Ambianic.Core.Frames;
using Ambianic.Media.Pictures;

namespace Ambianic.Media.Sources.Http;

/// <summary>Finds out kind and size of the pictures of one connection from the first that can be read, and their rate from when they come.</summary>
internal sealed class PictureMeter
{
    private readonly Lock _gate = new();
    private (string Kind, int Width, int Height)? _first;
    private long _count;
    private TimeSpan _begin;
    private TimeSpan _last;

    /// <summary>What is known by now; null before the first picture.</summary>
    public StreamDetails? Details
    {
        get
        {
            lock (_gate)
            {
                double? interval = _count > 1 && _last > _begin ? (_last - _begin).TotalSeconds / (_count - 1) : null;
                return _first is { } first
                    ? new StreamDetails(first.Kind, first.Width, first.Height, interval is { } seconds ? Math.Round(1 / seconds, 2) : null, interval)
                    : null;
            }
        }
    }

    /// <summary>A picture has come.</summary>
    /// <param name="picture">Encoded.</param>
    /// <param name="at">Since the connection was made.</param>
    public void Take(ReadOnlySpan<byte> picture, TimeSpan at)
    {
        var first = _first ?? PictureDecoder.Describe(picture);
        lock (_gate)
        {
            _begin = _count == 0 ? at : _begin;
            (_first, _last, _count) = (first, at, _count + 1);
        }
    }
}
