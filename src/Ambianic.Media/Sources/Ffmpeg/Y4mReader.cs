using System.Runtime.CompilerServices;
using System.Text;
using Ambianic.Core.Frames;

namespace Ambianic.Media.Sources.Ffmpeg;

/// <summary>Size and rate of a stream of pictures.</summary>
/// <param name="Width">In pixels.</param>
/// <param name="Height">In pixels.</param>
/// <param name="Interval">Time from one frame to the next; zero when the stream does not say.</param>
internal readonly record struct Y4mHeader(int Width, int Height, TimeSpan Interval);

/// <summary>Reads YUV4MPEG2, as ffmpeg writes it for <c>format=yuv420p</c>, straight into frames.</summary>
/// <remarks>Format: yuv4mpeg(5) of the MJPEG tools. ffmpeg never gives a FRAME line parameters.</remarks>
internal sealed class Y4mReader(Stream stream)
{
    private const int LongestHeader = 256;
    private static readonly byte[] FrameLine = [.. "FRAME\n"u8];
    private readonly byte[] _line = new byte[FrameLine.Length];

    /// <summary>What all frames have in common; known once the first frame has begun.</summary>
    public Y4mHeader Header { get; private set; }

    /// <summary>Waits for the next frame to begin; false at the end of the stream.</summary>
    /// <exception cref="SourceException">Something else comes.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<bool> BeginFrameAsync(CancellationToken cancellation)
    {
        if (Header == default)
        {
            if (await ReadHeaderLineAsync(cancellation) is not { } line)
            {
                return false;
            }

            Header = Parse(line);
        }

        if (!await FillAsync(_line, cancellation))
        {
            return false;
        }

        return _line.AsSpan().SequenceEqual(FrameLine) ? true : throw Unexpected();
    }

    /// <summary>Fills the pixels of the frame that has begun; false when the stream ends within it.</summary>
    public ValueTask<bool> ReadPixelsAsync(Memory<byte> pixels, CancellationToken cancellation) => FillAsync(pixels, cancellation);

    private static Y4mHeader Parse(string line)
    {
        var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string Value(char name) => words.Skip(1).FirstOrDefault(word => word[0] == name)?[1..] ?? "";
        var interval = Value('F').Split(':') is [var over, var under]
            && int.TryParse(over, out var frames) && int.TryParse(under, out var seconds) && frames > 0
            ? TimeSpan.FromSeconds((double)seconds / frames)
            : TimeSpan.Zero;
        return words is ["YUV4MPEG2", ..]
            && int.TryParse(Value('W'), out var width) && int.TryParse(Value('H'), out var height) && width > 0 && height > 0
            ? new Y4mHeader(width, height, interval)
            : throw Unexpected();
    }

    private static SourceException Unexpected() =>
        new("the decoder sent something that is no picture; is AMBIANIC_FFMPEG really ffmpeg?");

    private async ValueTask<string?> ReadHeaderLineAsync(CancellationToken cancellation)
    {
        var header = new StringBuilder();
        while (header.Length < LongestHeader && await FillAsync(_line.AsMemory(0, 1), cancellation))
        {
            if (_line[0] == '\n')
            {
                return header.ToString();
            }

            header.Append((char)_line[0]);
        }

        return header.Length == 0 ? null : throw Unexpected();
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))] // several times a frame, for years
    private async ValueTask<bool> FillAsync(Memory<byte> target, CancellationToken cancellation)
    {
        for (int count; target.Length > 0; target = target[count..])
        {
            count = await stream.ReadAsync(target, cancellation);
            if (count == 0)
            {
                return false;
            }
        }

        return true;
    }
}
