using System.Buffers.Text;
using System.Runtime.CompilerServices;

namespace Ambianic.Media.Sources.Http;

/// <summary>
/// Takes a body out of its chunks (RFC 9112, section 7.1). Where a chunk should begin and does not, all that follows is passed on as
/// it is: pictures in it are found nevertheless.
/// </summary>
internal sealed class ChunkedStream(PeekStream inner) : ReadOnlyStream
{
    private const int LongestSize = 8; // digits: 4 GiB
    private long _left;
    private bool _isRaw;
    private bool _isEnded;

    /// <summary>True when a stream stands at the begin of a chunk.</summary>
    public static async ValueTask<bool> BeginsAsync(PeekStream stream, CancellationToken cancellation)
    {
        var first = await stream.PeekAsync(1, cancellation);
        if (first.Length == 0 || !char.IsAsciiHexDigit((char)first.Span[0]))
        {
            return false; // without waiting for the end of a line that a picture need not have
        }

        var length = await stream.PeekLineAsync(cancellation);
        return SizeOf(stream.Buffered.Span[..length]) is not null;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_left == 0 && !_isRaw && !_isEnded)
        {
            await BeginChunkAsync(cancellationToken);
        }

        if (_isEnded || buffer.Length == 0)
        {
            return 0;
        }

        var count = await inner.ReadAsync(_isRaw ? buffer : buffer[..(int)Math.Min(buffer.Length, _left)], cancellationToken);
        _left -= _isRaw ? 0 : count;
        return count;
    }

    private async ValueTask BeginChunkAsync(CancellationToken cancellation)
    {
        while ((await inner.PeekAsync(1, cancellation)).Span is [(byte)'\r' or (byte)'\n', ..])
        {
            inner.Skip(1);
        }

        var length = await inner.PeekLineAsync(cancellation);
        if (SizeOf(inner.Buffered.Span[..length]) is not { } size)
        {
            _isRaw = true;
            return;
        }

        inner.Skip(length);
        _left = size;
        _isEnded = size == 0;
    }

    /// <summary>The size that a line gives; null when it is no such line.</summary>
    private static long? SizeOf(ReadOnlySpan<byte> line)
    {
        if (line.IndexOf((byte)';') is >= 0 and var extension)
        {
            line = line[..extension];
        }

        line = line.Trim(" \t\r\n"u8);
        return line.Length is > 0 and <= LongestSize && Utf8Parser.TryParse(line, out long size, out var used, 'x') && used == line.Length
            ? size
            : null;
    }
}
