using System.Buffers.Binary;

namespace Ambianic.Media.Sources.Http;

/// <summary>Finds the PNG pictures in a stream of bytes by their signature and chunks. What lies between them is ignored.</summary>
/// <param name="largest">Bytes; a picture that is larger is skipped.</param>
internal sealed class PngSplitter(int largest) : IPictureSplitter
{
    private const int ChunkHead = 8; // length and type
    private const int ChunkSum = 4;

    private byte[] _picture = new byte[64 << 10];
    private int _length;
    private int _chunk;
    private bool _isWhole;

    /// <summary>The first bytes of each.</summary>
    public static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', (byte)'\r', (byte)'\n', 0x1A, (byte)'\n'];

    /// <inheritdoc/>
    public int TooLarge { get; private set; }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Picture => _picture.AsMemory(0, _length);

    private bool IsHeadThere => _length >= _chunk + ChunkHead;

    /// <inheritdoc/>
    public bool Take(ReadOnlySpan<byte> data, out int used)
    {
        if (_isWhole)
        {
            (_length, _isWhole) = (0, false);
        }

        for (used = 0; used < data.Length && !_isWhole;)
        {
            if (_length < Signature.Length)
            {
                TakeSignature(data[used++]);
            }
            else
            {
                used += TakeChunk(data[used..]);
            }
        }

        return _isWhole;
    }

    /// <inheritdoc/>
    public bool Finish()
    {
        var hasBegun = _length > Signature.Length && !_isWhole;
        _isWhole |= hasBegun;
        return hasBegun;
    }

    private void TakeSignature(byte value)
    {
        _length = value == Signature[_length] ? _length : 0;
        if (value == Signature[_length])
        {
            _picture[_length++] = value;
        }

        _chunk = _length;
    }

    private int TakeChunk(ReadOnlySpan<byte> data)
    {
        var end = _chunk + (long)ChunkHead;
        if (IsHeadThere)
        {
            end += (long)BinaryPrimitives.ReadUInt32BigEndian(_picture.AsSpan(_chunk)) + ChunkSum;
        }

        if (end > largest)
        {
            TooLarge++;
            _length = 0;
            return 0;
        }

        var count = (int)Math.Min(data.Length, end - _length);
        if (_length + count > _picture.Length)
        {
            Array.Resize(ref _picture, Math.Min(largest, Math.Max(2 * _picture.Length, _length + count)));
        }

        data[..count].CopyTo(_picture.AsSpan(_length));
        var wasHead = !IsHeadThere;
        _length += count;
        if (_length == end && !wasHead)
        {
            _isWhole = _picture.AsSpan(_chunk + 4).StartsWith("IEND"u8);
            _chunk = _length;
        }

        return count;
    }
}
