using System.Runtime.CompilerServices;
using Ambianic.Frames;
using Ambianic.Health;
using Ambianic.Vision;
using Microsoft.Extensions.Logging;

namespace Ambianic.Pipelines;

/// <summary>
/// Reads one source and hands each frame down a chain of elements. Decides when to connect again, and is the one place
/// that catches what an element throws.
/// </summary>
public sealed partial class Pipeline : IAsyncDisposable
{
    private const int FileReadAhead = 4;
    private static readonly TimeSpan RepeatedFailureInterval = TimeSpan.FromSeconds(1);

    /// <summary>What was told to stop has this long; an ffmpeg that has to be killed takes four seconds.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(6);

    private readonly IFrameSource _source;
    private readonly HealthPolicy _policy;
    private readonly Backoff _backoff;
    private readonly TimeProvider _time;
    private readonly ILogger<Pipeline> _logger;
    private readonly Random _random = new();
    private readonly Heartbeat _heartbeat;
    private readonly PictureWatch _picture;
    private readonly CancellationTokenSource _stop = new();

    private readonly Task _overdue;
    private volatile ElementChain _chain;
    private volatile PipelineState _state = PipelineState.Idle;
    private volatile string? _lastError;
    private volatile FrameMailbox? _mailbox;
    private volatile Connection? _connection;
    private long _droppedBefore;
    private long _failed;
    private long _failuresUnlogged;
    private long _failureLoggedAt;

    /// <summary>Makes a pipeline that owns its elements and does not run yet.</summary>
    /// <param name="name">Its key in the configuration.</param>
    /// <param name="source">Where frames come from.</param>
    /// <param name="elements">In order.</param>
    /// <param name="time">Every clock.</param>
    /// <param name="logger">Told what goes wrong.</param>
    /// <param name="policy">Says what is stuck; the default is that of the reference system.</param>
    /// <param name="backoff">Waits between connections.</param>
    /// <param name="heartbeat">Beats for each arrival; one that outlives the pipeline tells of silence that rebuilding did not end.</param>
    public Pipeline(
        string name,
        IFrameSource source,
        IReadOnlyList<ElementSlot> elements,
        TimeProvider time,
        ILogger<Pipeline> logger,
        HealthPolicy? policy = null,
        Backoff? backoff = null,
        Heartbeat? heartbeat = null)
    {
        Name = name;
        _source = source;
        _time = time;
        _logger = logger;
        _policy = policy ?? HealthPolicy.Default;
        _backoff = backoff ?? Backoff.Default;
        _heartbeat = heartbeat ?? new Heartbeat(time);
        _picture = new PictureWatch(time);
        _chain = new ElementChain(elements, Arrive, time, _stop.Token);
        _overdue = OverdueAsync(_stop.Token);
    }

    /// <summary>Its key in the configuration.</summary>
    public string Name { get; }

    /// <summary>What it is doing now.</summary>
    public PipelineStatus Status
    {
        get
        {
            var (chain, state) = (_chain, _state);
            var health = Judge(state);
            return new PipelineStatus(
                Name,
                _source.Id,
                state,
                health,
                _heartbeat.Silence.TotalSeconds,
                _heartbeat.Count,
                Interlocked.Read(ref _failed),
                Interlocked.Read(ref _droppedBefore) + (_mailbox?.Dropped ?? 0),
                _lastError)
            {
                Picture = state == PipelineState.Watching && _source.IsLive ? _picture.State : PictureState.Good,
                Stuck = health is HealthState.Healthy or HealthState.Ended ? null : NameOf(chain.Stuck(_policy), chain),
                Elements = [.. chain.Slots.Select((slot, index) =>
                    new ElementStatus(slot.Name, chain.BusyFor(index + 1).TotalSeconds, slot.Recycled))],
            };
        }
    }

    /// <summary>Runs until the source ends (a file), or until cancelled (a camera: connection after connection, for ever).</summary>
    /// <exception cref="SourceException">A file could not be read to its end.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        await using var stopping = cancellation.Register(_stop.Cancel);
        await PrepareAsync(cancellation);
        var failures = 0;
        while (!cancellation.IsCancellationRequested)
        {
            var framesBefore = _heartbeat.Count;
            try
            {
                await RunOnceAsync(cancellation);
                if (!_source.IsLive)
                {
                    _state = PipelineState.Ended;
                    LogEnded(Name, _heartbeat.Count);
                    return;
                }

                _lastError = $"source {_source.Id} ended, though it is live";
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                break;
            }
            catch (SourceException error)
            {
                _lastError = error.Message;
                if (!_source.IsLive)
                {
                    _state = PipelineState.Failed;
                    LogFailed(Name, error.Message);
                    throw;
                }
            }

            failures = _heartbeat.Count > framesBefore ? 1 : failures + 1;
            var wait = _backoff.After(failures, _random);
            var waiting = Task.Delay(wait, _time, cancellation);
            _state = PipelineState.Waiting;
            LogWaiting(Name, _lastError, wait.TotalSeconds);
            await waiting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        _state = PipelineState.Stopped;
    }

    /// <summary>
    /// Replaces what is stuck and leaves the rest as it is: the connection is made anew, or the element. Returns at once; what
    /// was replaced ends in its own time. Never a heartbeat.
    /// </summary>
    /// <returns>False when there is nothing to replace: the source is being connected already.</returns>
    /// <remarks>What an element's constructor throws passes through; the element before stays.</remarks>
    public bool TryHeal()
    {
        var chain = _chain;
        var stuck = chain.Stuck(_policy);
        var isElement = stuck > 0 && chain.Slots[stuck - 1].Create is not null;
        var connection = _connection;
        if (!isElement && !(connection?.Age >= _policy.StuckAfter))
        {
            return false; // a camera may take a while until its first picture
        }

        LogHealing(Name, _heartbeat.Silence.TotalSeconds, NameOf(stuck, chain));
        if (!isElement)
        {
            connection!.GiveUp($"source {_source.Id}: given up after {_heartbeat.Silence.TotalSeconds:0} s without a picture");
            return true;
        }

        _chain = new ElementChain(
            [.. chain.Slots.Select((slot, index) => index == stuck - 1 ? slot.Renew() : slot)], Arrive, _time, _stop.Token);
        chain.GiveUp();
        return true;
    }

    /// <summary>Disposes the elements; the pipeline must have stopped. An element that fails or hangs at it is logged and does not keep the others.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var slot in _chain.Slots)
        {
            await DisposeAsync(slot);
        }

        _chain.Dispose();
        _stop.Dispose();
    }

    private static string NameOf(int place, ElementChain chain) => place == 0 ? "source" : chain.Slots[place - 1].Name;

    private HealthState Judge(PipelineState state) => state switch
    {
        PipelineState.Connecting or PipelineState.Watching or PipelineState.Waiting => _policy.Judge(_heartbeat.Silence),
        PipelineState.Ended or PipelineState.Failed => HealthState.Ended,
        _ => HealthState.Healthy,
    };

    private async ValueTask DisposeAsync(ElementSlot slot)
    {
        try
        {
            await Task.Run(() => slot.DisposeAsync().AsTask()).WaitAsync(Patience, _time);
        }
        catch (Exception error)
        {
            LogNotDisposed(error, Name, slot.Name);
        }
    }

    private async Task PrepareAsync(CancellationToken cancellation)
    {
        _state = PipelineState.Preparing;
        var started = _time.GetTimestamp();
        foreach (var slot in _chain.Slots)
        {
            try
            {
                await slot.Element.PrepareAsync(cancellation);
            }
            catch (Exception error) when (!cancellation.IsCancellationRequested)
            {
                _lastError = error.Message; // the first sample meets it again, and that is reported
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }

        _heartbeat.Forgive(_time.GetElapsedTime(started));
    }

    /// <summary>One connection: one task reads the source into the mailbox, another looks at what it finds there.</summary>
    private async Task RunOnceAsync(CancellationToken cancellation)
    {
        _state = PipelineState.Connecting;
        var mailbox = _source.IsLive ? FrameMailbox.LatestWins() : FrameMailbox.Lossless(FileReadAhead);
        _mailbox = mailbox;
        using var connection = new Connection(_time, cancellation);
        _connection = connection;
        var reading = Task.Run(() => ReadSourceAsync(mailbox, connection), CancellationToken.None);
        try
        {
            await LookAsync(mailbox, cancellation);
        }
        finally
        {
            _connection = null;
            await connection.EndAsync();
            await EndedAsync(reading);
            mailbox.Drain();
            Interlocked.Add(ref _droppedBefore, mailbox.Dropped);
            _mailbox = null;
        }
    }

    /// <summary>A source that does not let go is left behind: its mailbox is closed, so nothing comes of it any more.</summary>
    private async Task EndedAsync(Task reading)
    {
        try
        {
            await reading.WaitAsync(Patience, _time);
        }
        catch (TimeoutException)
        {
            LogLeftBehind(Name, "source", Patience.TotalSeconds);
        }
    }

    /// <summary>Never throws: how the source ended is said through the mailbox, after the frames that came before.</summary>
    private async Task ReadSourceAsync(FrameMailbox mailbox, Connection connection)
    {
        try
        {
            await foreach (var frame in _source.ReadAsync(connection.Token))
            {
                await mailbox.PostAsync(frame, connection.Token);
            }

            mailbox.Close();
        }
        catch (Exception error)
        {
            mailbox.Close(connection.ReasonToGiveUp is { } reason ? new SourceException(reason, error) : error);
        }
    }

    /// <summary>Looks at frames until the source ends; what hangs in an element is left behind once that has been replaced.</summary>
    private async Task LookAsync(FrameMailbox mailbox, CancellationToken cancellation)
    {
        while (true)
        {
            var chain = _chain;
            var looking = Task.Run(() => LookAsync(mailbox, chain, cancellation), CancellationToken.None);
            await Task.WhenAny(looking, chain.WhenGivenUp, _overdue);
            if (_overdue.IsCompleted && !looking.IsCompleted)
            {
                LogLeftBehind(Name, NameOf(chain.Stuck(_policy), chain), Patience.TotalSeconds);
                return;
            }

            if (!chain.WhenGivenUp.IsCompleted)
            {
                await looking;
            }

            if (_chain == chain)
            {
                return;
            }

            _ = RetireAsync(looking, chain);
        }
    }

    /// <returns>When the source has ended, or the chain was replaced.</returns>
    private async Task LookAsync(FrameMailbox mailbox, ElementChain chain, CancellationToken cancellation)
    {
        await foreach (var frame in mailbox.ReadAllAsync(cancellation))
        {
            using (frame)
            {
                _picture.See(frame);
                if (!await TryHandleAsync(frame, chain, cancellation) || _chain != chain)
                {
                    return;
                }
            }
        }
    }

    /// <summary>Completes when a stop was asked for and has taken too long.</summary>
    private async Task OverdueAsync(CancellationToken cancellation)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, _time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.Delay(Patience, _time, CancellationToken.None);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> TryHandleAsync(Frame frame, ElementChain chain, CancellationToken cancellation)
    {
        try
        {
            return await chain.TryInvokeAsync(new Sample(frame));
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception error)
        {
            Interlocked.Increment(ref _failed);
            LogFailureOncePerInterval(error);
            return true;
        }
    }

    /// <summary>Disposes the element that was replaced, once its last call has ended; if that never happens, it is left behind.</summary>
    private async Task RetireAsync(Task looking, ElementChain chain)
    {
        await looking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var slot in chain.Slots.Except(_chain.Slots))
        {
            await DisposeAsync(slot);
        }

        chain.Dispose();
    }

    private ValueTask Arrive(Sample sample, CancellationToken cancellation)
    {
        _lastError = null;
        _heartbeat.Beat();
        if (_state == PipelineState.Connecting)
        {
            _state = PipelineState.Watching; // a frame alone is not enough: somebody has to have looked at it
            LogWatching(Name, _source.Id);
        }

        return ValueTask.CompletedTask;
    }

    private void LogFailureOncePerInterval(Exception error)
    {
        _failuresUnlogged++;
        if (_failureLoggedAt != 0 && _time.GetElapsedTime(_failureLoggedAt) < RepeatedFailureInterval)
        {
            return;
        }

        _lastError = error.Message;
        LogSampleDropped(error is InferenceException ? null : error, Name, _failuresUnlogged, error.Message);
        _failuresUnlogged = 0;
        _failureLoggedAt = _time.GetTimestamp();
    }

    [LoggerMessage(LogLevel.Information, "Pipeline {Pipeline} ended with its source after {Samples} samples")]
    private partial void LogEnded(string pipeline, long samples);

    [LoggerMessage(LogLevel.Error, "Pipeline {Pipeline} failed: {Reason}")]
    private partial void LogFailed(string pipeline, string reason);

    [LoggerMessage(LogLevel.Warning, "Pipeline {Pipeline} is blind: {Reason}; connecting again in {Seconds:0.0} s")]
    private partial void LogWaiting(string pipeline, string? reason, double seconds);

    [LoggerMessage(LogLevel.Warning, "Pipeline {Pipeline} has been silent for {Seconds:0.0} s: {Stuck} is stuck and is made anew")]
    private partial void LogHealing(string pipeline, double seconds, string stuck);

    [LoggerMessage(LogLevel.Error, "Pipeline {Pipeline}: {Part} does not stop and was left behind after {Seconds:0} s")]
    private partial void LogLeftBehind(string pipeline, string part, double seconds);

    [LoggerMessage(LogLevel.Error, "Pipeline {Pipeline} dropped {Count} sample(s) that an element failed on: {Reason}")]
    private partial void LogSampleDropped(Exception? error, string pipeline, long count, string reason);

    [LoggerMessage(LogLevel.Information, "Pipeline {Pipeline} watches {Source}")]
    private partial void LogWatching(string pipeline, string source);

    [LoggerMessage(LogLevel.Error, "Pipeline {Pipeline}: {Element} failed while it was disposed")]
    private partial void LogNotDisposed(Exception error, string pipeline, string element);
}
