using System.Runtime.CompilerServices;
using Ambianic.Frames;
using Ambianic.Health;
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

    private readonly IFrameSource _source;
    private readonly IReadOnlyList<IPipelineElement> _elements;
    private readonly SampleHandler _chain;
    private readonly HealthPolicy _policy;
    private readonly Backoff _backoff;
    private readonly TimeProvider _time;
    private readonly ILogger<Pipeline> _logger;
    private readonly Random _random = new();
    private readonly Heartbeat _heartbeat;

    private volatile PipelineState _state = PipelineState.Idle;
    private volatile string? _lastError;
    private volatile FrameMailbox? _mailbox;
    private long _droppedBefore;
    private long _failed;
    private long _failuresUnlogged;
    private long _failureLoggedAt;

    /// <summary>Makes a pipeline that owns its elements and does not run yet.</summary>
    public Pipeline(
        string name,
        IFrameSource source,
        IReadOnlyList<IPipelineElement> elements,
        TimeProvider time,
        ILogger<Pipeline> logger,
        HealthPolicy? policy = null,
        Backoff? backoff = null)
    {
        Name = name;
        _source = source;
        _elements = elements;
        _time = time;
        _logger = logger;
        _policy = policy ?? HealthPolicy.Default;
        _backoff = backoff ?? Backoff.Default;
        _heartbeat = new Heartbeat(time);
        _chain = Link(elements, Arrive);
    }

    /// <summary>Its key in the configuration.</summary>
    public string Name { get; }

    /// <summary>What it is doing now.</summary>
    public PipelineStatus Status => new(
        Name,
        _source.Id,
        _state,
        IsWatched ? _policy.Judge(_heartbeat.Silence) : HealthState.Healthy,
        _heartbeat.Silence.TotalSeconds,
        _heartbeat.Count,
        Interlocked.Read(ref _failed),
        Interlocked.Read(ref _droppedBefore) + (_mailbox?.Dropped ?? 0),
        _lastError);

    private bool IsWatched => _state is PipelineState.Connecting or PipelineState.Watching or PipelineState.Waiting;

    /// <summary>Runs until the source ends (a file), or until cancelled (a camera: connection after connection, for ever).</summary>
    /// <exception cref="SourceException">A file could not be read to its end.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        _heartbeat.Restart();
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

    /// <summary>Disposes the elements; the pipeline must have stopped. An element that fails at it is logged and does not keep the others.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var element in _elements)
        {
            try
            {
                await DisposeAsync(element);
            }
            catch (Exception error)
            {
                LogNotDisposed(error, Name, element.GetType().Name);
            }
        }
    }

    /// <summary>Disposes an element if it holds anything.</summary>
    internal static ValueTask DisposeAsync(IPipelineElement element)
    {
        switch (element)
        {
            case IAsyncDisposable disposable:
                return disposable.DisposeAsync();
            case IDisposable disposable:
                disposable.Dispose();
                break;
        }

        return ValueTask.CompletedTask;
    }

    private static SampleHandler Link(IReadOnlyList<IPipelineElement> elements, SampleHandler last) =>
        elements.Reverse().Aggregate(last, (next, element) => (sample, cancellation) => element.InvokeAsync(sample, next, cancellation));

    /// <summary>One connection: one task reads the source into the mailbox, this one looks at what it finds there.</summary>
    private async Task RunOnceAsync(CancellationToken cancellation)
    {
        _state = PipelineState.Connecting;
        var mailbox = _source.IsLive ? FrameMailbox.LatestWins() : FrameMailbox.Lossless(FileReadAhead);
        _mailbox = mailbox;
        using var connection = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var reading = Task.Run(() => ReadSourceAsync(mailbox, connection.Token), CancellationToken.None);
        try
        {
            await foreach (var frame in mailbox.ReadAllAsync(cancellation))
            {
                using (frame)
                {
                    _state = PipelineState.Watching;
                    await HandleAsync(frame, cancellation);
                }
            }
        }
        finally
        {
            await connection.CancelAsync();
            await reading;
            mailbox.Drain();
            Interlocked.Add(ref _droppedBefore, mailbox.Dropped);
            _mailbox = null;
        }
    }

    /// <summary>Never throws: how the source ended is said through the mailbox, after the frames that came before.</summary>
    private async Task ReadSourceAsync(FrameMailbox mailbox, CancellationToken cancellation)
    {
        try
        {
            await foreach (var frame in _source.ReadAsync(cancellation))
            {
                await mailbox.PostAsync(frame, cancellation);
            }

            mailbox.Close();
        }
        catch (Exception error)
        {
            mailbox.Close(error);
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask HandleAsync(Frame frame, CancellationToken cancellation)
    {
        try
        {
            await _chain(new Sample(frame), cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception error)
        {
            Interlocked.Increment(ref _failed);
            LogFailureOncePerInterval(error);
        }
    }

    private ValueTask Arrive(Sample sample, CancellationToken cancellation)
    {
        _lastError = null;
        _heartbeat.Beat();
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
        LogSampleDropped(error, Name, _failuresUnlogged);
        _failuresUnlogged = 0;
        _failureLoggedAt = _time.GetTimestamp();
    }

    [LoggerMessage(LogLevel.Information, "Pipeline {Pipeline} ended with its source after {Samples} samples")]
    private partial void LogEnded(string pipeline, long samples);

    [LoggerMessage(LogLevel.Error, "Pipeline {Pipeline} failed: {Reason}")]
    private partial void LogFailed(string pipeline, string reason);

    [LoggerMessage(LogLevel.Warning, "Pipeline {Pipeline} is blind: {Reason}; connecting again in {Seconds:0.0} s")]
    private partial void LogWaiting(string pipeline, string? reason, double seconds);

    [LoggerMessage(LogLevel.Error, "Pipeline {Pipeline} dropped {Count} sample(s) that an element failed on")]
    private partial void LogSampleDropped(Exception error, string pipeline, long count);

    [LoggerMessage(LogLevel.Error, "Pipeline {Pipeline}: {Element} failed while it was disposed")]
    private partial void LogNotDisposed(Exception error, string pipeline, string element);
}
