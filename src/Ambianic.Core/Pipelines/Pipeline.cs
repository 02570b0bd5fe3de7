using Ambianic.Core.Frames;
using Ambianic.Core.Health;
using Ambianic.Core.Vision;
using Microsoft.Extensions.Logging;

namespace Ambianic.Core.Pipelines;

/// <summary>
/// Reads one source, connection after connection, and has each frame handed down a chain of elements. Decides when to
/// connect again, and which part to replace when it is told that it is stuck.
/// </summary>
public sealed class Pipeline : IAsyncDisposable
{
    /// <summary>What was told to stop has this long; an ffmpeg that has to be killed takes four seconds.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(6);

    /// <summary>A model that overflows on some pictures, such as those with a person, is no better on the empty ones between them.</summary>
    private static readonly TimeSpan NeedsPersonFor = TimeSpan.FromMinutes(1);

    private readonly IFrameSource _source;
    private readonly HealthPolicySource _policy;
    private readonly Backoff _backoff;
    private readonly TimeProvider _time;
    private readonly ILogger<Pipeline> _logger;
    private readonly Random _jitter;
    private readonly Heartbeat _heartbeat;
    private readonly FaultLog _reconnects;
    private readonly FrameReader _reader;
    private readonly CancellationTokenSource _stop = new();

    private volatile PipelinePhase _phase = PipelinePhase.NotStarted;
    private volatile string? _lastError;
    private volatile Exception? _failure;
    private long _failedAt;
    private volatile FrameMailbox? _mailbox;
    private volatile Connection? _connection;
    private long _receivedBefore;
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
        : this(name, source, elements, time, logger, policy, backoff, heartbeat, null, Random.Shared)
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
        FaultLog? reconnects,
        Random jitter,
        Scene? scene = null,
        SampleMetrics? metrics = null)
    {
        Name = name;
        _source = source;
        _time = time;
        _logger = logger;
        _policy = policy ?? (() => HealthPolicy.Default);
        _backoff = backoff ?? Backoff.Default;
        _heartbeat = heartbeat ?? new Heartbeat(time);
        _jitter = jitter;
        _reconnects = reconnects ?? new FaultLog(time);
        _reader = new FrameReader(name, elements, Arrive, Fail, _policy, Patience, time, logger, _stop.Token, scene, metrics);
    }

    /// <summary>Its key in the configuration.</summary>
    public string Name { get; }

    /// <summary>How it is now, for those who run it without a supervisor.</summary>
    public PipelineHealth Status => PipelineHealth.Of(Facts, _policy(), _time.GetUtcNow(), null);

    /// <summary>What is known of it now.</summary>
    internal PipelineFacts Facts
    {
        get
        {
            var (chain, mailbox, phase, error, failure) = (_reader.Chain, _mailbox, _phase, _lastError, _failure);
            var needsPerson = NeedsPerson(failure);
            return new PipelineFacts(Name, _source.Id, phase)
            {
                Silence = _heartbeat.Silence,
                Processed = _heartbeat.Count,
                Failed = _reader.Failed,
                Received = Interlocked.Read(ref _receivedBefore) + (mailbox?.Received ?? 0),
                Dropped = Interlocked.Read(ref _droppedBefore) + (mailbox?.Dropped ?? 0),
                Waiting = mailbox?.Count ?? 0,
                LastError = needsPerson ? failure!.Message : error,
                HasFailedSample = failure is not null,
                NeedsPerson = needsPerson,
                Suspect = chain.NameOf(chain.Stuck(_policy())),
                Picture = phase == PipelinePhase.Receiving && _source.IsLive ? _reader.Picture : PictureState.Good,
                PictureLasts = _reader.PictureLasts,
                Source = _source.Status,
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
                    _phase = PipelinePhase.Ended;
                    _logger.PipelineEnded(Name, _heartbeat.Count);
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
                    _phase = PipelinePhase.Unreadable;
                    _logger.PipelineFailed(Name, error.Message);
                    throw;
                }
            }

            failures = _heartbeat.Count > framesBefore ? 1 : failures + 1;
            var wait = _backoff.After(failures, _jitter);
            var waiting = Task.Delay(wait, _time, cancellation);
            _phase = PipelinePhase.Waiting;
            LogReconnect(_reconnects.Fail(_lastError ?? ""), wait);
            await waiting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }

        _phase = PipelinePhase.Stopped;
    }

    /// <summary>
    /// Replaces what is stuck, the connection or the element, and leaves the rest as it is. Returns at once; what
    /// was replaced ends in its own time. Never a heartbeat.
    /// </summary>
    /// <param name="allowReconnect">False to leave the connection as it is.</param>
    /// <returns>False when there is nothing to replace: the source is being connected, or the element being replaced, already.</returns>
    /// <remarks>What an element's constructor throws passes through; the element before stays.</remarks>
    public bool TryHeal(bool allowReconnect) => Heal(allowReconnect) != HealedPart.None;

    /// <inheritdoc cref="TryHeal"/>
    /// <returns>What was replaced.</returns>
    internal HealedPart Heal(bool allowReconnect)
    {
        var (chain, policy) = (_reader.Chain, _policy());
        if (chain.IsPreparing)
        {
            return HealedPart.None; // an element that was replaced gets what it needs, which may take minutes
        }

        var stuck = chain.Stuck(policy);
        var isElement = stuck > 0 && chain.Slots[stuck - 1].Create is not null;
        var connection = _connection;
        if (!isElement && (!(allowReconnect && connection?.Age >= policy.StuckAfter) || _source.Status.IsWaitingForKeyFrame))
        {
            return HealedPart.None; // a camera may take a while until its first picture; the source itself limits the wait for a key frame
        }

        _logger.PartReplaced(Name, _heartbeat.Silence.TotalSeconds, chain.NameOf(stuck));
        if (isElement)
        {
            return _reader.TryReplace(stuck) ? HealedPart.Element : HealedPart.None;
        }

        connection!.GiveUp($"source {_source.Id}: given up because no picture came of it");
        return HealedPart.Connection;
    }

    /// <summary>Disposes the elements; the pipeline must have stopped. An element that fails or hangs at it is logged and does not keep the others.</summary>
    public async ValueTask DisposeAsync()
    {
        await _reader.DisposeAsync();
        _stop.Dispose();
    }

    private async Task PrepareAsync(CancellationToken cancellation)
    {
        _phase = PipelinePhase.Preparing;
        var started = _time.GetTimestamp();
        _lastError = await _reader.PrepareAsync(cancellation);
        _heartbeat.Exclude(_time.GetElapsedTime(started));
    }

    /// <summary>One connection: it reads the source into its mailbox, and the reader looks at what it finds there.</summary>
    private async Task RunOnceAsync(CancellationToken cancellation)
    {
        _failure = null;
        _phase = PipelinePhase.Connecting;
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
                _logger.SourceAbandoned(Name, _source.Id, Patience.TotalSeconds);
            }

            _mailbox = null; // first, so that nothing is counted twice
            Interlocked.Add(ref _receivedBefore, connection.Mailbox.Received);
            Interlocked.Add(ref _droppedBefore, connection.Mailbox.Dropped);
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
        if (_phase == PipelinePhase.Connecting)
        {
            _phase = PipelinePhase.Receiving; // a frame alone is not enough: somebody has to have looked at it
            if (!_reconnects.IsOpen)
            {
                _logger.FirstSample(Name, _source.Id);
            }
        }

        if (_reconnects.Succeed() is { } over)
        {
            _logger.VideoBack(Name, over.Duration, over.Count);
        }

        return ValueTask.CompletedTask;
    }

    private void LogReconnect(FaultLogReport report, TimeSpan wait)
    {
        switch (report.Change)
        {
            case FaultChange.GoesOn:
                _logger.StillNoVideo(Name, report.Since, report.Duration, report.Count, _lastError);
                break;
            case FaultChange.OtherReason:
                _logger.ReconnectingForOtherReason(Name, _lastError, wait.TotalSeconds, report.Attempts);
                break;
            case var change:
                _logger.Reconnecting(change == FaultChange.Begun ? LogLevel.Warning : LogLevel.Debug, Name, _lastError, wait.TotalSeconds, report.Attempts);
                break;
        }
    }
}
