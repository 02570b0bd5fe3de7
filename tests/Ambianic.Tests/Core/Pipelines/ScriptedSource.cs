using System.Runtime.CompilerServices;
using Ambianic.Core.Frames;

namespace Ambianic.Tests.Core.Pipelines;

/// <summary>A source whose connections do what a test says, one after the other; the last one is repeated.</summary>
internal sealed class ScriptedSource(FramePool pool, bool live, params ScriptedSource.Connection[] connections) : IFrameSource
{
    private int _connected;
    private int _shown;

    /// <summary>What one connection does: <c>show</c> makes a frame and hands it over.</summary>
    public delegate IAsyncEnumerable<Frame> Connection(Func<Frame> show, CancellationToken cancellation);

    public string Id => "scripted";

    public bool IsLive => live;

    public int Connected => Volatile.Read(ref _connected);

    public int Shown => Volatile.Read(ref _shown);

    public static Connection Gives(int frames, Exception? error = null)
    {
        return Give;

        async IAsyncEnumerable<Frame> Give(Func<Frame> show, [EnumeratorCancellation] CancellationToken cancellation)
        {
            for (var i = 0; i < frames; i++)
            {
                yield return show();
            }

            await Task.CompletedTask;
            if (error is not null)
            {
                throw error;
            }
        }
    }

    /// <summary>Gives frames and then nothing more, until cancelled.</summary>
    public static Connection GivesAndWaits(int frames)
    {
        return Give;

        async IAsyncEnumerable<Frame> Give(Func<Frame> show, [EnumeratorCancellation] CancellationToken cancellation)
        {
            for (var i = 0; i < frames; i++)
            {
                yield return show();
            }

            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);
        }
    }

    public IAsyncEnumerable<Frame> ReadAsync(CancellationToken cancellation)
    {
        var number = Interlocked.Increment(ref _connected) - 1;
        var sequence = 0L;
        return connections[Math.Min(number, connections.Length - 1)](
            () =>
            {
                Interlocked.Increment(ref _shown);
                return pool.Rent(4, 2, PixelFormat.I420, sequence++);
            },
            cancellation);
    }
}
