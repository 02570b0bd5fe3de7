using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Ambianic.Core.Frames;

/// <summary>
/// Hands frames from the thread that decodes to the one that looks. This is the only place that decides between dropping
/// and waiting. A frame posted belongs to the mailbox until it is read; then it belongs to the reader.
/// </summary>
internal sealed class FrameMailbox
{
    private readonly Channel<Frame> _channel;
    private long _received;
    private long _dropped;

    private FrameMailbox(int capacity, BoundedChannelFullMode whenFull) =>
        _channel = Channel.CreateBounded<Frame>(
            new BoundedChannelOptions(capacity) { FullMode = whenFull, SingleReader = true, SingleWriter = true },
            Drop);

    /// <summary>Frames that were posted.</summary>
    public long Received => Interlocked.Read(ref _received);

    /// <summary>Frames that wait for the reader.</summary>
    public int Count => _channel.Reader.Count;

    /// <summary>Frames that were replaced by a newer one before anybody looked at them.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>For live sources: holds one frame, a newer one takes its place and the older goes back to its pool.</summary>
    public static FrameMailbox LatestWins() => new(1, BoundedChannelFullMode.DropOldest);

    /// <summary>For files: holds up to <paramref name="capacity"/> frames and makes the source wait when full.</summary>
    public static FrameMailbox Lossless(int capacity) => new(capacity, BoundedChannelFullMode.Wait);

    /// <summary>Posts a frame, whose ownership passes to the mailbox also when this throws.</summary>
    /// <exception cref="ChannelClosedException">The mailbox was closed.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask PostAsync(Frame frame, CancellationToken cancellation)
    {
        Interlocked.Increment(ref _received);
        try
        {
            await _channel.Writer.WriteAsync(frame, cancellation);
        }
        catch
        {
            frame.Dispose();
            throw;
        }
    }

    /// <summary>No more frames come: readers see the end, or <paramref name="error"/>, after what is still held.</summary>
    public void Close(Exception? error = null) => _channel.Writer.TryComplete(error);

    /// <summary>Reads until the mailbox is closed and empty; each frame belongs to the caller.</summary>
    public async IAsyncEnumerable<Frame> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        while (await _channel.Reader.WaitToReadAsync(cancellation)) // the reader's own ReadAllAsync leaves the caller's scheduler
        {
            while (_channel.Reader.TryRead(out var frame))
            {
                yield return frame;
            }
        }
    }

    /// <summary>Closes the mailbox and gives all frames still held back to their pool.</summary>
    public void Drain()
    {
        Close();
        while (_channel.Reader.TryRead(out var frame))
        {
            frame.Dispose();
        }
    }

    private void Drop(Frame frame)
    {
        frame.Dispose();
        Interlocked.Increment(ref _dropped);
    }
}
