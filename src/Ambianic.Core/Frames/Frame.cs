namespace Ambianic.Core.Frames;

/// <summary>
/// One picture of a source. Exactly one owner at a time holds a frame and disposes it, which gives the pixels back to
/// their <see cref="FramePool"/>; everyone else borrows it for the length of a call.
/// </summary>
/// <remarks>Pixels are written once by the source and only read afterwards, so reading from several threads is safe.</remarks>
public sealed class Frame : IDisposable
{
    private readonly FramePool _pool;
    private byte[]? _pixels;

    internal Frame(FramePool pool, byte[] pixels, int width, int height, PixelFormat format)
    {
        _pool = pool;
        _pixels = pixels;
        Width = width;
        Height = height;
        Format = format;
    }

    /// <summary>Width in pixels, at least 1.</summary>
    public int Width { get; }

    /// <summary>Height in pixels, at least 1.</summary>
    public int Height { get; }

    /// <summary>How the pixels lie in memory.</summary>
    public PixelFormat Format { get; }

    /// <summary>Number of this frame within its connection, from 0, counted before any is dropped.</summary>
    public long Sequence { get; init; }

    /// <summary>Wall-clock time at which the frame was received; orders events on the timeline.</summary>
    public DateTimeOffset CapturedAt { get; init; }

    /// <summary>Time within the medium: position in a file, or time since the connection was made. Does not jump with the clock.</summary>
    public TimeSpan Position { get; init; }

    /// <summary>Whether it can be trusted; set by the source before anyone else sees the frame.</summary>
    public PictureDamage Damage { get; set; }

    /// <summary>Number of planes: 3 for I420, 1 for RGBA.</summary>
    public int PlaneCount => Format == PixelFormat.I420 ? 3 : 1;

    /// <summary>Bytes from one row of plane <paramref name="plane"/> to the next; rows are not padded.</summary>
    public int Stride(int plane) => Format == PixelFormat.Rgba32 ? Width * 4 : plane == 0 ? Width : (Width + 1) / 2;

    /// <summary>The pixels of plane <paramref name="plane"/>, row by row from the top.</summary>
    /// <exception cref="ObjectDisposedException">The frame was given back.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such plane.</exception>
    public ReadOnlySpan<byte> Plane(int plane)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(plane);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(plane, PlaneCount);
        var all = Buffer.Span;
        if (Format == PixelFormat.Rgba32)
        {
            return all;
        }

        var luma = Width * Height;
        var chroma = Stride(1) * ((Height + 1) / 2);
        return plane switch
        {
            0 => all[..luma],
            1 => all.Slice(luma, chroma),
            _ => all.Slice(luma + chroma, chroma),
        };
    }

    /// <summary>All planes one after the other, for the source that fills the frame before anyone else sees it.</summary>
    /// <exception cref="ObjectDisposedException">The frame was given back.</exception>
    public Memory<byte> Buffer
    {
        get
        {
            ObjectDisposedException.ThrowIf(_pixels is null, this);
            return _pixels.AsMemory(0, SizeInBytes(Width, Height, Format));
        }
    }

    /// <summary>Bytes that a frame of this size and format needs.</summary>
    /// <exception cref="OverflowException">The picture is larger than 2 GiB.</exception>
    public static int SizeInBytes(int width, int height, PixelFormat format) => checked(format == PixelFormat.Rgba32
        ? width * height * 4
        : (width * height) + (2 * ((width + 1) / 2) * ((height + 1) / 2)));

    /// <summary>Gives the pixels back to the pool. Calling it again does nothing.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _pixels, null) is { } pixels)
        {
            _pool.Return(pixels);
        }
    }
}
