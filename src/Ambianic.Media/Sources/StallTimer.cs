namespace Ambianic.Media.Sources;

/// <summary>
/// Cancels its token when a source has kept somebody waiting for too long: silent for the limit, or alive and without result for the
/// longest time. When the program itself stood still meanwhile (paused,
/// starved of processor time), the timer is late, and what came in that time has not been read yet: the wait starts again, once.
/// </summary>
internal sealed class StallTimer : IDisposable
{
    /// <summary>A timer that is later than this did not run in time because nothing did.</summary>
    private static readonly TimeSpan Late = TimeSpan.FromSeconds(0.5);

    private readonly TimeSpan _limit;
    private readonly TimeSpan _longest;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stalled = new();
    private readonly Lock _gate = new();
    private readonly ITimer _timer;
    private bool _isWaiting;
    private bool _wasExcluded;
    private long _since;
    private long _began;

    /// <param name="limit">How long a wait may last.</param>
    /// <param name="time">Measures it.</param>
    public StallTimer(TimeSpan limit, TimeProvider time)
        : this(limit, limit, time)
    {
    }

    /// <param name="limit">How long a wait may last in which nothing comes.</param>
    /// <param name="longest">How long a wait may last in which something comes and not what is waited for; at least <paramref name="limit"/>.</param>
    /// <param name="time">Measures it.</param>
    public StallTimer(TimeSpan limit, TimeSpan longest, TimeProvider time)
    {
        _limit = limit;
        _longest = longest;
        _time = time;
        _timer = time.CreateTimer(static self => ((StallTimer)self!).Ring(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Cancelled once a wait was too long.</summary>
    public CancellationToken Stalled => _stalled.Token;

    /// <summary>A wait begins, or starts again.</summary>
    public void Start()
    {
        lock (_gate)
        {
            _wasExcluded = false;
            Begin();
        }
    }

    /// <summary>Something came that shows that the source is alive, but not what is waited for.</summary>
    public void Extend()
    {
        lock (_gate)
        {
            _since = _time.GetTimestamp();
        }
    }

    /// <summary>What was waited for has come.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            _isWaiting = false;
            _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Stop();
        _timer.Dispose();
    }

    private void Begin()
    {
        _isWaiting = true;
        _since = _began = _time.GetTimestamp();
        _timer.Change(_limit, Timeout.InfiniteTimeSpan);
    }

    private void Ring()
    {
        lock (_gate)
        {
            var silent = _limit - _time.GetElapsedTime(_since);
            var inVain = _longest - _time.GetElapsedTime(_began);
            var left = silent < inVain ? silent : inVain;
            if (!_isWaiting)
            {
                return;
            }

            if (left > TimeSpan.Zero)
            {
                _timer.Change(left, Timeout.InfiniteTimeSpan); // what rang was meant for the wait before
                return;
            }

            if (-left > Late && !_wasExcluded)
            {
                _wasExcluded = true; // a machine that is always late must not hide a source that is dead
                Begin();
                return;
            }
        }

        _stalled.Cancel();
    }
}
