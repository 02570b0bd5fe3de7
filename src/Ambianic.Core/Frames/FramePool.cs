namespace Ambianic.Core.Frames;

/// <summary>Lends pixel buffers to frames and takes them back, so that a running pipeline allocates no pixels.</summary>
/// <remarks>Safe to use from several threads. Buffers are kept by exact size, at most <c>maximumRetainedBytes</c> in all.</remarks>
public sealed class FramePool(long maximumRetainedBytes = 64L << 20)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<int, Stack<byte[]>> _free = [];
    private long _retained;
    private int _outstanding;

    /// <summary>Frames rented and not yet disposed.</summary>
    public int Outstanding => Volatile.Read(ref _outstanding);

    /// <summary>Lends a frame whose pixels are undefined; the caller owns it and fills it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Width or height is not positive.</exception>
    public Frame Rent(
        int width,
        int height,
        PixelFormat format,
        long sequence = 0,
        DateTimeOffset capturedAt = default,
        TimeSpan position = default,
        PictureDamage damage = PictureDamage.None)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        var size = Frame.SizeInBytes(width, height, format);
        byte[]? pixels = null;
        lock (_gate)
        {
            if (_free.TryGetValue(size, out var stack) && stack.TryPop(out pixels))
            {
                _retained -= size;
            }

            _outstanding++;
        }

        pixels ??= GC.AllocateUninitializedArray<byte>(size);
        return new Frame(this, pixels, width, height, format)
        {
            Sequence = sequence,
            CapturedAt = capturedAt,
            Position = position,
            Damage = damage,
        };
    }

    internal void Return(byte[] pixels)
    {
        lock (_gate)
        {
            _outstanding--;
            if (_retained + pixels.Length > maximumRetainedBytes)
            {
                return;
            }

            if (!_free.TryGetValue(pixels.Length, out var stack))
            {
                _free[pixels.Length] = stack = new Stack<byte[]>();
            }

            stack.Push(pixels);
            _retained += pixels.Length;
        }
    }
}
