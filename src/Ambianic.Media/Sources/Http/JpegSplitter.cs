namespace Ambianic.Media.Sources.Http;

/// <summary>
/// Finds the JPEG pictures in a stream of bytes by their own markers (ITU-T T.81, annex B). What lies between them is ignored: boundaries,
/// headers of parts, their lengths. Not safe to use from several threads.
/// </summary>
/// <param name="largest">Bytes; a picture that is larger is skipped.</param>
internal sealed class JpegSplitter(int largest) : IPictureSplitter
{
    private const byte Mark = 0xFF;
    private const byte Begin = 0xD8;
    private const byte End = 0xD9;
    private const byte Scan = 0xDA;

    /// <summary>
    /// Where the end marker is missing the decoder wants a few bytes more before it hands over the last lines. They are no marker, so
    /// that of a picture that is really cut off it still says so.
    /// </summary>
    private const int Padding = 16;

    private byte[] _picture = new byte[64 << 10];
    private int _length;
    private State _state;
    private int _left;
    private bool _isScan;

    private enum State
    {
        /// <summary>Between pictures.</summary>
        Between,

        /// <summary>Between pictures, after 0xFF.</summary>
        BetweenMark,

        /// <summary>0xFF of the next marker is due.</summary>
        MarkDue,

        /// <summary>The code of a marker is due.</summary>
        CodeDue,

        /// <summary>First byte of a segment's length is due.</summary>
        LengthDue,

        /// <summary>Second byte of it is due.</summary>
        LengthLowDue,

        /// <summary>Within a segment.</summary>
        Segment,

        /// <summary>Within compressed pixels.</summary>
        Pixels,

        /// <summary>Within compressed pixels, after 0xFF.</summary>
        PixelsMark,

        /// <summary>The picture is whole.</summary>
        Whole,

        /// <summary>The picture is whole and has no end marker; its successor has begun.</summary>
        WholeAndBegun,
    }

    /// <inheritdoc/>
    public int TooLarge { get; private set; }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Picture => _picture.AsMemory(0, _length);

    /// <inheritdoc/>
    public bool Take(ReadOnlySpan<byte> data, out int used)
    {
        if (_state is State.Whole or State.WholeAndBegun)
        {
            Start(_state == State.Whole ? State.Between : State.MarkDue);
        }

        used = 0;
        while (used < data.Length && _state is not (State.Whole or State.WholeAndBegun))
        {
            used += _state switch
            {
                State.Between => SkipToMark(data[used..]),
                State.Segment => CopySegment(data[used..]),
                State.Pixels => CopyPixels(data[used..]),
                _ => TakeOne(data[used]),
            };
        }

        return _state is State.Whole or State.WholeAndBegun;
    }

    /// <summary>
    /// The stream has ended. True when a picture had begun and its pixels too: <see cref="Picture"/> then holds it, without an end marker;
    /// whether all of it is there is for the decoder to say.
    /// </summary>
    public bool Finish()
    {
        if (_state is not (State.Pixels or State.PixelsMark))
        {
            return false;
        }

        Pad();
        _state = State.Whole;
        return true;
    }

    private int TakeOne(byte value)
    {
        switch (_state)
        {
            case State.BetweenMark when value == Begin:
                Start(State.MarkDue);
                break;
            case State.BetweenMark when value != Mark:
                _state = State.Between;
                break;
            case State.MarkDue:
                Append(value, value == Mark ? State.CodeDue : State.Between);
                break;
            case State.CodeDue:
                TakeCode(value);
                break;
            case State.LengthDue:
                _left = value << 8;
                Append(value, State.LengthLowDue);
                break;
            case State.LengthLowDue:
                _left = (_left | value) - 2;
                Append(value, _left < 0 ? State.Between : _left > 0 ? State.Segment : AfterSegment);
                break;
            case State.PixelsMark:
                TakePixelsMark(value);
                break;
        }

        return 1;
    }

    private State AfterSegment => _isScan ? State.Pixels : State.MarkDue;

    private void TakeCode(byte code)
    {
        switch (code)
        {
            case Mark: // may be repeated before the code
                Append(code, State.CodeDue);
                break;
            case Begin:
                Start(State.MarkDue);
                break;
            case 0 or End: // without pixels it is no picture
                _state = State.Between;
                break;
            case 0x01 or (>= 0xD0 and <= 0xD7): // have no length
                Append(code, State.MarkDue);
                break;
            default:
                _isScan = code == Scan;
                Append(code, State.LengthDue);
                break;
        }
    }

    private void TakePixelsMark(byte code)
    {
        switch (code)
        {
            case 0 or (>= 0xD0 and <= 0xD7):
                Append(code, State.Pixels);
                break;
            case Mark:
                Append(code, State.PixelsMark);
                break;
            case End:
                Append(code, State.Whole);
                break;
            case Begin:
                _length--; // its 0xFF is that of the next
                Pad();
                _state = State.WholeAndBegun;
                break;
            default: // the tables or the next scan of a progressive picture
                TakeCode(code);
                break;
        }
    }

    private static int Found(int index, int length) => index < 0 ? length : index;

    private int SkipToMark(ReadOnlySpan<byte> data)
    {
        var skipped = Found(data.IndexOf(Mark), data.Length);
        if (skipped == data.Length)
        {
            return skipped;
        }

        _state = State.BetweenMark;
        return skipped + 1;
    }

    private int CopySegment(ReadOnlySpan<byte> data)
    {
        var count = Math.Min(data.Length, _left);
        _left -= count;
        Append(data[..count], _left > 0 ? State.Segment : AfterSegment);
        return count;
    }

    private int CopyPixels(ReadOnlySpan<byte> data)
    {
        var count = Found(data.IndexOf(Mark), data.Length);
        Append(data[..count], State.Pixels);
        if (count < data.Length && _state == State.Pixels)
        {
            Append(data[count++], State.PixelsMark);
        }

        return count;
    }

    private void Start(State state)
    {
        (_picture[0], _picture[1], _length, _state) = (Mark, Begin, 2, state);
    }

    private void Pad() => Append(stackalloc byte[Padding], _state);

    private void Append(byte value, State next) => Append([value], next);

    private void Append(ReadOnlySpan<byte> data, State next)
    {
        if (_length + data.Length > largest)
        {
            TooLarge++;
            _state = State.Between;
            return;
        }

        if (_length + data.Length > _picture.Length)
        {
            Array.Resize(ref _picture, Math.Min(largest, Math.Max(2 * _picture.Length, _length + data.Length)));
        }

        data.CopyTo(_picture.AsSpan(_length));
        _length += data.Length;
        _state = next;
    }
}
