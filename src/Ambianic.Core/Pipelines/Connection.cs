using Ambianic.Core.Frames;

namespace Ambianic.Core.Pipelines;

/// <summary>One connection to a source: reads it into a mailbox until it ends, fails or is given up.</summary>
internal sealed class Connection : IDisposable
{
    private const int FileReadAhead = 4;

    private readonly IFrameSource _source;
    private readonly TimeProvider _time;
    private readonly long _since;
    private readonly CancellationTokenSource _end;
    private readonly Task _reading;
    private volatile string? _reasonToGiveUp;

    /// <summary>Begins to read.</summary>
    public Connection(IFrameSource source, TimeProvider time, CancellationToken cancellation)
    {
        _source = source;
        _time = time;
        _since = time.GetTimestamp();
        _end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Mailbox = source.IsLive ? FrameMailbox.LatestWins() : FrameMailbox.Lossless(FileReadAhead);
        var end = _end.Token; // a source that does not let go outlives the connection, and the token with it
        _reading = Beside.Run(() => ReadAsync(end));
    }

    /// <summary>Where the frames arrive; closed with the source's end, or with the error that ended it, after the frames that came before.</summary>
    public FrameMailbox Mailbox { get; }

    /// <summary>How long ago it was begun.</summary>
    public TimeSpan Age => _time.GetElapsedTime(_since);

    /// <summary>Ends the connection as if it had failed.</summary>
    /// <param name="reason">For people.</param>
    public void GiveUp(string reason)
    {
        _reasonToGiveUp = reason;
        _ = Beside.Cancel(_end);
    }

    /// <summary>Ends the connection because nobody reads it any more; frames that nobody looked at go back to their pool.</summary>
    /// <returns>False when the source did not let go in time: it is abandoned, and as its mailbox is closed nothing comes of it any more.</returns>
    public async Task<bool> EndAsync(TimeSpan patience)
    {
        await Beside.Cancel(_end);
        var hasLetGo = true;
        try
        {
            await _reading.WaitAsync(patience, _time);
        }
        catch (TimeoutException)
        {
            hasLetGo = false;
        }

        Mailbox.Drain();
        return hasLetGo;
    }

    /// <inheritdoc/>
    public void Dispose() => _end.Dispose();

    /// <summary>Never throws: how the source ended is said through the mailbox.</summary>
    private async Task ReadAsync(CancellationToken end)
    {
        try
        {
            await foreach (var frame in _source.ReadAsync(end))
            {
                await Mailbox.PostAsync(frame, end);
            }

            Mailbox.Close();
        }
        catch (Exception error)
        {
            Mailbox.Close(_reasonToGiveUp is { } reason ? new SourceException(reason, error) : error);
        }
    }
}
