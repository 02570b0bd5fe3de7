namespace Ambianic.Storage.Files;

/// <summary>
/// Knows whether the thread that writes still makes progress. A call into a disk that hangs (a worn card, a network share, a frozen
/// file system) does not return and cannot be stopped, so others must not wait for it. Safe to use from several threads.
/// </summary>
internal sealed class WriterPulse(TimeProvider time)
{
    /// <summary>A slow card may take a second or two for one file; a pipeline that watches for falls cannot wait much longer.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);

    private const long Resting = 0;
    private long _at;
    private volatile bool _hangs;

    /// <summary>The thread begins with the next file or transaction.</summary>
    public void Beat() => Note(Math.Max(1, time.GetTimestamp()));

    /// <summary>The thread has nothing to do.</summary>
    public void Rest() => Note(Resting);

    /// <summary>Waits for work of that thread as long as it makes progress.</summary>
    /// <param name="work">Goes on whatever happens here.</param>
    /// <param name="path">What is being written.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <exception cref="IOException">The disk hangs; the work may yet be done when it answers again.</exception>
    public async Task<T> WaitAsync<T>(Task<T> work, string path, CancellationToken cancellation)
    {
        await WaitAsync((Task)work, path, cancellation);
        return await work;
    }

    /// <inheritdoc cref="WaitAsync{T}"/>
    public async Task WaitAsync(Task work, string path, CancellationToken cancellation)
    {
        var left = Limit;
        while (true)
        {
            try
            {
                await work.WaitAsync(left, time, cancellation);
                return;
            }
            catch (TimeoutException)
            {
                left = Limit - Silence;
                _hangs = left <= TimeSpan.Zero;
                EnsureAnswers(path);
                left = left > TimeSpan.Zero ? left : Limit; // it has made progress meanwhile
            }
        }
    }

    /// <summary>Throws when a wait has run out and the thread has made no progress since.</summary>
    /// <exception cref="IOException">The disk hangs.</exception>
    public void EnsureAnswers(string path)
    {
        if (_hangs)
        {
            throw StorageFailure.At(path, new TimeoutException($"the disk has not answered for {Silence.TotalSeconds:0} s"));
        }
    }

    private TimeSpan Silence => Volatile.Read(ref _at) is var at and not Resting ? time.GetElapsedTime(at) : TimeSpan.Zero;

    private void Note(long at)
    {
        Volatile.Write(ref _at, at);
        _hangs = false;
    }
}
