using System.Runtime.CompilerServices;

namespace Ambianic.Media.Sources.Http;

/// <summary>Reads another stream, and lets its next bytes be looked at before they are taken. Does not own the other stream.</summary>
internal sealed class PeekStream(Stream inner) : ReadOnlyStream
{
    /// <summary>Bytes that can be looked at, and the longest line, at most.</summary>
    public const int Capacity = 16 << 10;

    private readonly byte[] _buffer = new byte[Capacity];
    private int _begin;
    private int _end;
    private bool _isEnded;

    /// <summary>What has been read and not been taken.</summary>
    public ReadOnlyMemory<byte> Buffered => _buffer.AsMemory(_begin, _end - _begin);

    /// <summary>Waits until <paramref name="count"/> bytes can be looked at; fewer only at the end of the stream.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> PeekAsync(int count, CancellationToken cancellation)
    {
        while (_end - _begin < count && await FillAsync(cancellation))
        {
        }

        return Buffered;
    }

    /// <summary>Takes bytes that have been looked at.</summary>
    public void Skip(int count) => _begin += count;

    /// <summary>
    /// Length of the next line, its end included; a line ends with LF. What is longer than <see cref="Capacity"/> is cut there. 0 at the
    /// end of the stream. The line is not taken: it begins <see cref="Buffered"/>.
    /// </summary>
    public async ValueTask<int> PeekLineAsync(CancellationToken cancellation)
    {
        for (var seen = 0; ;)
        {
            var end = Buffered.Span[seen..].IndexOf((byte)'\n');
            if (end >= 0)
            {
                return seen + end + 1;
            }

            seen = _end - _begin;
            if (seen == Capacity || !await FillAsync(cancellation))
            {
                return seen;
            }
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))] // several times a picture, for years
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_begin == _end)
        {
            return _isEnded ? 0 : await inner.ReadAsync(buffer, cancellationToken);
        }

        var count = Math.Min(buffer.Length, _end - _begin);
        Buffered[..count].CopyTo(buffer);
        _begin += count;
        return count;
    }

    private async ValueTask<bool> FillAsync(CancellationToken cancellation)
    {
        if (_isEnded)
        {
            return false;
        }

        if (_begin > 0)
        {
            Buffered.CopyTo(_buffer);
            (_begin, _end) = (0, _end - _begin);
        }

        if (_end == Capacity)
        {
            return false;
        }

        var count = await inner.ReadAsync(_buffer.AsMemory(_end), cancellation);
        _end += count;
        _isEnded = count == 0;
        return !_isEnded;
    }
}
