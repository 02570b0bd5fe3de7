namespace Ambianic.Storage.Files;

/// <summary>
/// Makes calls into a disk that may hang, each on a thread of its own: a call that does not return is abandoned after
/// <see cref="WriterPulse.Limit"/>, and until it returns all others fail at once. Safe to use from several threads.
/// </summary>
/// <param name="path">What is used, for the message.</param>
internal sealed class DiskCall(string path)
{
    private volatile Task? _hanging;

    /// <summary>Makes a call. One that was abandoned goes on when the disk answers; its result is lost.</summary>
    /// <exception cref="IOException">The disk does not answer.</exception>
    public T Run<T>(Func<T> call)
    {
        if (_hanging is { IsCompleted: false })
        {
            throw NoAnswer();
        }

        var running = Task.Factory.StartNew(call, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        if (Task.WaitAny([running], WriterPulse.Limit) < 0)
        {
            _hanging = running;
            throw NoAnswer();
        }

        return running.GetAwaiter().GetResult();
    }

    private IOException NoAnswer() =>
        StorageFailure.At(path, new TimeoutException($"the disk has not answered for {WriterPulse.Limit.TotalSeconds:0} s or more"));
}
