namespace Ambianic.Pipelines;

/// <summary>One connection to a source, which others may give up.</summary>
internal sealed class Connection(TimeProvider time, CancellationToken cancellation) : IDisposable
{
    private readonly long _since = time.GetTimestamp();
    private readonly CancellationTokenSource _end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
    private volatile string? _reason;

    public CancellationToken Token => _end.Token;

    /// <summary>How long ago it was begun.</summary>
    public TimeSpan Age => time.GetElapsedTime(_since);

    /// <summary>Why it was given up, for people; null when it was not.</summary>
    public string? ReasonToGiveUp => _reason;

    /// <summary>Ends the connection as if it had failed.</summary>
    public void GiveUp(string reason)
    {
        _reason = reason;
        try
        {
            _ = _end.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // it has ended by itself
        }
    }

    /// <summary>Ends the connection because nobody reads it any more.</summary>
    public Task EndAsync() => _end.CancelAsync();

    public void Dispose() => _end.Dispose();
}
