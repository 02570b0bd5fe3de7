using Ambianic.Core.Configuration;
using Ambianic.Core.Frames;
using Ambianic.Core.Health;
using Microsoft.Extensions.Logging;

namespace Ambianic.Core.Pipelines;

/// <summary>
/// One configured pipeline over all its lives: it is built again after a crash and when nothing else helps, and its
/// heartbeat, by which its health is judged, outlives every rebuilding.
/// </summary>
internal sealed partial class SupervisedPipeline : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly PipelineBuilder _builder;
    private readonly HealthPolicySource _policy;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Heartbeat _heartbeat;
    private readonly Outage _outage;
    private readonly CrashHistory _crashes;
    private readonly CancellationTokenSource _stop = new();
    private readonly PipelineStatus _unbuilt;

    private Task _running = Task.CompletedTask;
    private volatile Pipeline? _pipeline;
    private volatile CancellationTokenSource? _life;
    private volatile PipelineStatus? _between;
    private volatile PipelineStatus? _stopped;
    private Task _healing = Task.CompletedTask;
    private long _beatsAtHealing = -1;
    private long _healedAt;
    private long _rebuiltAt;
    private int _rebuiltInARow;
    private long _healed;
    private long _rebuilt;

    public SupervisedPipeline(
        PipelineConfiguration configuration, PipelineBuilder builder, HealthPolicySource policy, TimeProvider time, ILogger logger)
    {
        Configuration = configuration;
        _builder = builder;
        _policy = policy;
        _time = time;
        _logger = logger;
        _heartbeat = new Heartbeat(time);
        _outage = new Outage(time);
        _crashes = new CrashHistory(time);
        _unbuilt = new PipelineStatus(
            configuration.Name,
            configuration.Source?.Id ?? "",
            configuration.IsEnabled ? PipelineState.Idle : PipelineState.Disabled,
            configuration.IsEnabled ? HealthState.Healthy : HealthState.Disabled,
            0, 0, 0, 0,
            configuration.IsEnabled ? null : string.Join("; ", configuration.Problems.Select(problem => problem.ToString())));
    }

    public PipelineConfiguration Configuration { get; }

    public PipelineStatus Status
    {
        get
        {
            var status = _between ?? _pipeline?.Status ?? _unbuilt;
            var health = status.State switch
            {
                PipelineState.Preparing when _rebuilt == 0 => // a model is downloaded
                    _heartbeat.Silence < _policy().PreparingAtMost ? HealthState.Healthy : HealthState.Terminal,
                PipelineState.Idle or PipelineState.Preparing or PipelineState.Waiting or PipelineState.Stopped when _stopped is null =>
                    _policy().Judge(_heartbeat.Silence),
                _ => status.Health,
            };
            return status with
            {
                State = status.State == PipelineState.Stopped && !_stop.IsCancellationRequested ? PipelineState.Waiting : status.State, // between two lives
                Health = health == HealthState.Stalled && IsHealing ? HealthState.Healing : health,
                SilenceSeconds = _heartbeat.Silence.TotalSeconds,
                Processed = _heartbeat.Count,
                Healed = Interlocked.Read(ref _healed),
                Rebuilt = Interlocked.Read(ref _rebuilt),
            };
        }
    }

    /// <summary>True from a healing until a sample arrives again.</summary>
    private bool IsHealing => Interlocked.Read(ref _beatsAtHealing) == _heartbeat.Count;

    /// <summary>Starts to run, unless it is disabled.</summary>
    /// <param name="after">What it waits for before; it does not fail.</param>
    public void Start(Task after)
    {
        if (Configuration.IsEnabled)
        {
            _running = Task.Run(
                async () =>
                {
                    await after;
                    await KeepRunningAsync();
                },
                CancellationToken.None);
        }
    }

    /// <summary>Does for the health of the pipeline what is due; waits for nothing.</summary>
    /// <param name="maybeRestart">
    /// False while many are ill together, because then a new connection, or building one anew, does not help. An element that is
    /// stuck is replaced all the same.
    /// </param>
    public void Check(bool maybeRestart)
    {
        var status = Status;
        switch (status.Health)
        {
            case HealthState.Healthy:
                _rebuiltInARow = 0;
                break;
            case HealthState.Stalled or HealthState.Healing when _time.GetElapsedTime(_healedAt) >= _policy().HealingPause || _healedAt == 0:
                Heal(maybeRestart);
                break;
            case HealthState.Terminal when status is { State: PipelineState.Preparing, Rebuilt: 0 }:
                break; // what has come of the model so far would be lost
            case HealthState.Terminal when maybeRestart && IsRebuildingDue:
                Rebuild();
                break;
        }
    }

    /// <summary>Takes a time out of the silence in which nothing of the program ran.</summary>
    public void Forgive(TimeSpan pause) => _heartbeat.Forgive(pause);

    /// <summary>Stops; what does not stop in time is left behind.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        try
        {
            await _running.WaitAsync(Patience, _time);
            _stop.Dispose();
        }
        catch (TimeoutException)
        {
            LogLeftBehind(Configuration.Name, Patience.TotalSeconds);
        }
    }

    private bool IsRebuildingDue =>
        _rebuiltInARow == 0 || _time.GetElapsedTime(_rebuiltAt) >= _policy().Rebuilding.After(_rebuiltInARow, Random.Shared);

    private void Heal(bool maybeReconnect)
    {
        if (_pipeline is not { } pipeline || !_healing.IsCompleted)
        {
            return;
        }

        Interlocked.Exchange(ref _healedAt, _time.GetTimestamp());
        _healing = Task.Run(() => Heal(pipeline, maybeReconnect));
    }

    private void Heal(Pipeline pipeline, bool maybeReconnect)
    {
        try
        {
            var isStillIll = Status.Health is HealthState.Stalled or HealthState.Healing; // on a busy machine this comes late
            if (isStillIll && pipeline.TryHeal(maybeReconnect))
            {
                Interlocked.Exchange(ref _beatsAtHealing, _heartbeat.Count);
                Interlocked.Increment(ref _healed);
            }
        }
        catch (Exception error)
        {
            LogNotHealed(error, Configuration.Name);
        }
    }

    private void Rebuild()
    {
        _rebuiltAt = _time.GetTimestamp();
        _rebuiltInARow++;
        LogRebuilding(
            _outage.IsOpen && _rebuiltInARow > 1 ? LogLevel.Debug : LogLevel.Error, Configuration.Name, _heartbeat.Silence.TotalSeconds);
        try
        {
            _ = _life?.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // it has just ended by itself
        }
    }

    private async Task KeepRunningAsync()
    {
        _heartbeat.Restart();
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                if (await RunOnceAsync())
                {
                    return;
                }
            }
            catch (SourceException)
            {
                return; // said by the pipeline; a file is not tried again
            }
            catch (Exception error)
            {
                var wait = _crashes.Add(Random.Shared);
                var waiting = Task.Delay(wait, _time, _stop.Token);
                LogCrashed(error, Configuration.Name, wait.TotalSeconds);
                Interlocked.Increment(ref _rebuilt);
                _between = _unbuilt with { State = PipelineState.Waiting, LastError = $"crashed: {error.Message}" };
                await waiting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        _between = _stopped = Status with { State = PipelineState.Stopped, Health = HealthState.Ended };
    }

    /// <summary>One life.</summary>
    /// <returns>True when it has nothing more to do, false when it was ended to be built anew.</returns>
    private async Task<bool> RunOnceAsync()
    {
        using var life = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        _life = life;
        await using var pipeline = await _builder.BuildAsync(Configuration, _policy, _heartbeat, _outage);
        _pipeline = pipeline;
        _between = null;
        LogStarted(_outage.IsOpen ? LogLevel.Debug : LogLevel.Information, Configuration.Name, Configuration.Source?.Id);
        await pipeline.RunAsync(life.Token);
        if (life.IsCancellationRequested && !_stop.IsCancellationRequested)
        {
            Interlocked.Increment(ref _rebuilt);
            return false;
        }

        return true;
    }

    [LoggerMessage("Pipeline {Pipeline} starts to read {Source}")]
    private partial void LogStarted(LogLevel level, string pipeline, string? source);

    [LoggerMessage(LogLevel.Error, "Pipeline {Pipeline} crashed and is built again in {Seconds:0.0} s")]
    private partial void LogCrashed(Exception error, string pipeline, double seconds);

    [LoggerMessage("Pipeline {Pipeline} has been silent for {Seconds:0} s and healing did not help: all of it is built anew")]
    private partial void LogRebuilding(LogLevel level, string pipeline, double seconds);

    [LoggerMessage(LogLevel.Error, "Pipeline {Pipeline} could not be healed; it is tried again")]
    private partial void LogNotHealed(Exception error, string pipeline);

    [LoggerMessage(LogLevel.Error, "Pipeline {Pipeline} does not stop and was left behind after {Seconds:0} s")]
    private partial void LogLeftBehind(string pipeline, double seconds);
}
