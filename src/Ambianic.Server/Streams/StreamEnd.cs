namespace Ambianic.Server.Streams;

/// <summary>When a stream ends: the listener leaves, may not listen any more or takes nothing, or the program stops.</summary>
internal sealed class StreamEnd : IDisposable
{
    /// <summary>Who takes nothing for so long is gone; it comes back with the id of its last message.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly HttpContext _context;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _either;

    private StreamEnd(HttpContext context, TimeProvider time, CancellationToken stopping)
    {
        (_context, _time) = (context, time);
        _either = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
    }

    /// <summary>Cancelled at the end.</summary>
    public CancellationToken Token => _either.Token;

    /// <summary>The end of the answer to a request.</summary>
    public static StreamEnd Of(HttpContext context) => new(
        context,
        context.RequestServices.GetRequiredService<TimeProvider>(),
        context.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping);

    /// <summary>Waits for something to be sent, and ends the connection when that takes too long.</summary>
    /// <exception cref="OperationCanceledException">It is the end.</exception>
    public async Task LimitAsync(Task sending)
    {
        try
        {
            await sending.WaitAsync(Patience, _time, Token);
        }
        catch (TimeoutException)
        {
            _context.Abort();
            await _either.CancelAsync();
            Token.ThrowIfCancellationRequested();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _either.Dispose();
}
