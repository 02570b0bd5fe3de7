using Ambianic.Core.Frames;
using Ambianic.Core.Health;
using Ambianic.Core.Vision;
using Microsoft.Extensions.Logging;

namespace Ambianic.Core.Pipelines;

/// <summary>
/// Reads one source, connection after connection, and has each frame handed down a chain of elements. Decides when to
/// connect again, and which part to make anew when it is told that it is ill.
/// </summary>
public sealed partial class Pipeline : IAsyncDisposable
{
    /// <summary>What was told to stop has this long; an ffmpeg that has to be killed takes four seconds.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(6);

    /// <summary>One sample that an element fails on is no blindness; none looked at for this long is.</summary>
    private static readonly TimeSpan FailingAfter = TimeSpan.FromSeconds(2);

    /// <summary>A model that overflows on some pictures, such as those with a person, is no better on the empty ones between them.</summary>
    private static readonly TimeSpan NeedsPersonFor = TimeSpan.FromMinutes(1);

    private readonly IFrameSource _source;
    private readonly HealthPolicySource _policy;
    private readonly Backoff _backoff;
    private readonly TimeProvider _time;
    private readonly ILogger<Pipeline> _logger;
    private readonly Random _random = new();
    private readonly Heartbeat _heartbeat;
    private readonly Outage _outage;
    private readonly FrameReader _reader;
    private readonly CancellationTokenSource _stop = new();

    private volatile PipelineState _state = PipelineState.Idle;
    private volatile string? _lastError;
    private volatile Exception? _failure;
    private long _failedAt;
    private volatile FrameMailbox? _mailbox;
    private volatile Connection? _connection;
    private long _droppedBefore;

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
        HealthPolicySource? policy = null,
        Backoff? backoff = null,
        Heartbeat? heartbeat = null)
        : this(name, source, elements, time, logger, policy, backoff, heartbeat, null)
    {
    }

    internal Pipeline(
        string name,
        IFrameSource source,
        IReadOnlyList<ElementSlot> elements,
        TimeProvider time,
        ILogger<Pipeline> logger,
        HealthPolicySource? policy,
        Backoff? backoff,
        Heartbeat? heartbeat,
        Outage? outage)
    {
        Name = name;
        _source = source;
        _time = time;
        _logger = logger;
        _policy = policy ?? (() => HealthPolicy.Default);
        _backoff = backoff ?? Backoff.Default;
        _heartbeat = heartbeat ?? new Heartbeat(time);
        _outage = outage ?? new Outage(time);
        _reader = new FrameReader(name, elements, Arrive, Fail, _policy, time, logger, _stop.Token);
    }

    /// <summary>Its key in the configuration.</summary>
    public string Name { get; }

    /// <summary>What it is doing now.</summary>
    public PipelineStatus Status
    {
        get
        {
            var (chain, state, error) = (_reader.Chain, _state, _lastError);
            var health = Judge(state);
            var failure = _failure;
            var needsPerson = NeedsPerson(failure);
            if ((state == PipelineState.Watching && error is not null && _heartbeat.Silence >= FailingAfter)
                || (state == PipelineState.Connecting && failure is not null) // pictures come, and none could be looked at yet
                || (state == PipelineState.Watching && needsPerson))
            {
                state = PipelineState.Failing;
            }

            return new PipelineStatus(
                Name,
                _source.Id,
                state,
                health,
                _heartbeat.Silence.TotalSeconds,
                _heartbeat.Count,
                _reader.Failed,
                Interlocked.Read(ref _droppedBefore) + (_mailbox?.Dropped ?? 0),
                needsPerson ? failure!.Message : error)
            {
                Picture = state == PipelineState.Watching && _source.IsLive ? _reader.Picture : PictureState.Good,
                PictureSeconds = _reader.PictureLasts.TotalSeconds,
                NeedsPerson = state == PipelineState.Failing && needsPerson,
                Source = _source.Status,
                Stuck = health is HealthState.Healthy or HealthState.Ended ? null : chain.NameOf(chain.Stuck(_policy())),
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
            LogOutage(_outage.Fail(_lastError ?? ""), wait);
            await waiting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        _state = PipelineState.Stopped;
    }

    /// <summary>
    /// Replaces what is stuck and leaves the rest as it is: the connection is made anew, or the element. Returns at once; what
    /// was replaced ends in its own time. Never a heartbeat.
    /// </summary>
    /// <param name="maybeReconnect">False to leave the connection as it is.</param>
    /// <returns>False when there is nothing to replace: the source is being connected already.</returns>
    /// <remarks>What an element's constructor throws passes through; the element before stays.</remarks>
    public bool TryHeal(bool maybeReconnect)
    {
        var (chain, policy) = (_reader.Chain, _policy());
        var stuck = chain.Stuck(policy);
        var isElement = stuck > 0 && chain.Slots[stuck - 1].Create is not null;
        var connection = _connection;
        if (!isElement && (!(maybeReconnect && connection?.Age >= policy.StuckAfter) || _source.Status.IsWaitingForKeyFrame))
        {
            return false; // a camera may take a while until its first picture; the source itself limits the wait for a key frame
        }

        LogHealing(Name, _heartbeat.Silence.TotalSeconds, chain.NameOf(stuck));
        if (isElement)
        {
            _reader.Renew(stuck);
        }
        else
        {
            connection!.GiveUp($"source {_source.Id}: given up because no picture came of it");
        }

        return true;
    }

    /// <summary>Disposes the elements; the pipeline must have stopped. An element that fails or hangs at it is logged and does not keep the others.</summary>
    public async ValueTask DisposeAsync()
    {
        await _reader.DisposeAsync();
        _stop.Dispose();
    }

    private HealthState Judge(PipelineState state) => state switch
    {
        PipelineState.Connecting or PipelineState.Watching or PipelineState.Waiting => _policy().Judge(_heartbeat.Silence),
        PipelineState.Ended or PipelineState.Failed => HealthState.Ended,
        _ => HealthState.Healthy,
    };

    private async Task PrepareAsync(CancellationToken cancellation)
    {
        _state = PipelineState.Preparing;
        var started = _time.GetTimestamp();
        _lastError = await _reader.PrepareAsync(cancellation);
        _heartbeat.Forgive(_time.GetElapsedTime(started));
    }

    /// <summary>One connection: it reads the source into its mailbox, and the reader looks at what it finds there.</summary>
    private async Task RunOnceAsync(CancellationToken cancellation)
    {
        _failure = null;
        _state = PipelineState.Connecting;
        using var connection = new Connection(_source, _time, cancellation);
        _mailbox = connection.Mailbox;
        _connection = connection;
        try
        {
            await _reader.ReadAsync(connection.Mailbox, cancellation);
        }
        finally
        {
            _connection = null;
            if (!await connection.EndAsync(Patience))
            {
                LogLeftBehind(Name, _source.Id, Patience.TotalSeconds);
            }

            Interlocked.Add(ref _droppedBefore, connection.Mailbox.Dropped);
            _mailbox = null;
        }
    }

    private void Fail(Exception error)
    {
        _lastError = error.Message;
        _failure = error;
        _failedAt = _time.GetTimestamp();
    }

    private static bool NeedsPerson(Exception? failure) => failure is InferenceException { IsLasting: true };

    private ValueTask Arrive(Sample sample, CancellationToken cancellation)
    {
        if (!NeedsPerson(_failure) || _time.GetElapsedTime(_failedAt) >= NeedsPersonFor)
        {
            _failure = null;
        }

        _lastError = null;
        _heartbeat.Beat();
        if (_state == PipelineState.Connecting)
        {
            _state = PipelineState.Watching; // a frame alone is not enough: somebody has to have looked at it
            if (!_outage.IsOpen)
            {
                LogWatching(Name, _source.Id);
            }
        }

        if (_outage.Watch() is { } over)
        {
            LogBack(Name, over.Duration, over.Count);
        }

        return ValueTask.CompletedTask;
    }

    private void LogOutage(OutageNews news, TimeSpan wait)
    {
        switch (news.Change)
        {
            case OutageChange.GoesOn:
                LogStillBlind(Name, news.Since, news.Duration, news.Count, _lastError);
                break;
            case OutageChange.OtherReason:
                LogOtherReason(Name, _lastError, wait.TotalSeconds);
                break;
            case var change:
                LogWaiting(change == OutageChange.Begun ? LogLevel.Warning : LogLevel.Debug, Name, _lastError, wait.TotalSeconds);
                break;
        }
    }

    [LoggerMessage(LogLevel.Information, "Pipeline {Pipeline} ended with its source after {Samples} samples")]
    private partial void LogEnded(string pipeline, long samples);

    [LoggerMessage(LogLevel.Error, "Pipeline {Pipeline} failed: {Reason}")]
    private partial void LogFailed(string pipeline, string reason);

    [LoggerMessage("Pipeline {Pipeline} is blind: {Reason}; connecting again in {Seconds:0.0} s")]
    private partial void LogWaiting(LogLevel level, string pipeline, string? reason, double seconds);

    [LoggerMessage(LogLevel.Warning, "Pipeline {Pipeline} is still blind, now because: {Reason}; connecting again in {Seconds:0.0} s")]
    private partial void LogOtherReason(string pipeline, string? reason, double seconds);

    [LoggerMessage(LogLevel.Warning, "Pipeline {Pipeline} is blind since {Since:yyyy-MM-dd HH:mm}, for {Duration} and {Attempts}: {Reason}")]
    private partial void LogStillBlind(string pipeline, DateTimeOffset since, string duration, string attempts, string? reason);

    [LoggerMessage(LogLevel.Information, "Pipeline {Pipeline} is back after {Duration}, {Attempts}")]
    private partial void LogBack(string pipeline, string duration, string attempts);

    [LoggerMessage(LogLevel.Warning, "Pipeline {Pipeline} has been silent for {Seconds:0.0} s: {Stuck} is stuck and is made anew")]
    private partial void LogHealing(string pipeline, double seconds, string stuck);

    [LoggerMessage(LogLevel.Error, "Pipeline {Pipeline}: source {Source} does not let go and was left behind after {Seconds:0} s")]
    private partial void LogLeftBehind(string pipeline, string source, double seconds);

    [LoggerMessage(LogLevel.Information, "Pipeline {Pipeline} watches {Source}")]
    private partial void LogWatching(string pipeline, string source);
}
