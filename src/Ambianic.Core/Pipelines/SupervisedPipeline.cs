using Ambianic.Core.Configuration;
using Ambianic.Core.Frames;
using Ambianic.Core.Health;
using Microsoft.Extensions.Logging;

namespace Ambianic.Core.Pipelines;

/// <summary>
/// One configured pipeline over all its lives: it is recreated after a crash and when nothing else helps, and its
/// heartbeat, by which its health is judged, outlives every recreation.
/// </summary>
internal sealed class SupervisedPipeline : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly PipelineBuilder _builder;
    private readonly HealthPolicySource _policy;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Heartbeat _heartbeat;
    private readonly FaultLog _reconnects;
    private readonly CrashHistory _crashes;
    private readonly CancellationTokenSource _stop = new();
    private readonly PipelineFacts _unbuilt;

    private Task _running = Task.CompletedTask;
    private volatile Pipeline? _pipeline;
    private volatile CancellationTokenSource? _life;
    private volatile PipelineFacts? _between;
    private volatile PipelineHealth? _last;
    private Task _healing = Task.CompletedTask;
    private long _beatsAtHealing = -1;
    private long _healedAt;
    private long _rebuiltAt;
    private int _rebuiltInARow;
    private long _healed;
    private long _healedElements;
    private long _rebuilt;

    public SupervisedPipeline(
        PipelineConfiguration configuration, PipelineBuilder builder, HealthPolicySource policy, TimeProvider time, ILogger logger, bool isOff = false)
    {
        Configuration = configuration;
        IsOff = isOff;
        _builder = builder;
        _policy = policy;
        _time = time;
        _logger = logger;
        _heartbeat = new Heartbeat(time);
        _reconnects = new FaultLog(time);
        _crashes = new CrashHistory(time);
        _unbuilt = new PipelineFacts(
            configuration.Name,
            configuration.Source?.Id ?? "",
            !configuration.IsEnabled ? PipelinePhase.Disabled : isOff ? PipelinePhase.SwitchedOff : PipelinePhase.NotStarted)
        {
            LastError = configuration.IsEnabled ? null : string.Join("; ", configuration.Problems.Select(problem => problem.ToString())),
        };
    }

    public PipelineConfiguration Configuration { get; }

    /// <summary>True when a person has switched it off: it does not run.</summary>
    public bool IsOff { get; }

    /// <summary>How it is now. Safe to use from any thread.</summary>
    /// <param name="at">The present, wall clock.</param>
    public PipelineHealth Observe(DateTimeOffset at) => PipelineHealth.Of(Facts, _policy(), at, _last);

    private PipelineFacts Facts
    {
        get
        {
            var facts = _between ?? _pipeline?.Facts ?? _unbuilt;
            return facts with
            {
                Phase = facts.Phase == PipelinePhase.Stopped && !_stop.IsCancellationRequested ? PipelinePhase.Waiting : facts.Phase, // between two lives
                Silence = _heartbeat.Silence,
                Processed = _heartbeat.Count,
                IsAway = _reconnects.IsOpen,
                IsHealing = IsHealing,
                Healed = Interlocked.Read(ref _healed),
                HealedElements = Interlocked.Read(ref _healedElements),
                Rebuilt = Interlocked.Read(ref _rebuilt),
            };
        }
    }

    /// <summary>True from a healing until a sample arrives again.</summary>
    private bool IsHealing => Interlocked.Read(ref _beatsAtHealing) == _heartbeat.Count;

    /// <summary>Starts to run, unless it is disabled or switched off.</summary>
    /// <param name="after">What it waits for before; it does not fail.</param>
    public void Start(Task after)
    {
        if (Configuration.IsEnabled && !IsOff)
        {
            _running = Beside.Run(async () =>
            {
                await after;
                await KeepRunningAsync();
            });
        }
    }

    /// <summary>Does for the health of the pipeline what is due; waits for nothing.</summary>
    /// <param name="health">How it is: what <see cref="Observe"/> said a moment ago.</param>
    /// <param name="allowRestart">
    /// False while many are stuck together, because then neither a new connection nor recreating the pipeline helps. An element
    /// that is stuck is replaced all the same.
    /// </param>
    public void Act(PipelineHealth health, bool allowRestart)
    {
        _last = health;
        switch (health.State)
        {
            case PipelineState.Starting or PipelineState.Running or PipelineState.Reconnecting or PipelineState.Failing:
                _rebuiltInARow = 0;
                break;
            case PipelineState.Stalled or PipelineState.Healing when _time.GetElapsedTime(_healedAt) >= _policy().HealingPause || _healedAt == 0:
                Heal(allowRestart);
                break;
            case PipelineState.Terminal when health.IsPreparing:
                break; // what has come of the model so far would be lost
            case PipelineState.Terminal when allowRestart && IsRebuildingDue:
                Rebuild();
                break;
        }
    }

    /// <summary>Ends the present life, so that another begins; waits for nothing.</summary>
    /// <returns>False when there is none, or what came of its models so far would be lost.</returns>
    public bool TryRecreate()
    {
        if (Facts.Phase is not (PipelinePhase.Connecting or PipelinePhase.Receiving or PipelinePhase.Waiting) || _between is not null || _life is not { } life)
        {
            return false;
        }

        _ = Beside.Cancel(life);
        return true;
    }

    /// <summary>Excludes a time from the silence in which nothing of the program ran.</summary>
    public void Exclude(TimeSpan pause) => _heartbeat.Exclude(pause);

    /// <summary>Stops; what does not stop in time is abandoned.</summary>
    public async ValueTask DisposeAsync()
    {
        await Beside.Cancel(_stop);
        try
        {
            await _running.WaitAsync(Patience, _time);
            _stop.Dispose();
        }
        catch (TimeoutException)
        {
            _logger.PipelineAbandoned(Configuration.Name, Patience.TotalSeconds);
        }
    }

    private bool IsRebuildingDue =>
        _rebuiltInARow == 0 || _time.GetElapsedTime(_rebuiltAt) >= _policy().Rebuilding.After(_rebuiltInARow, _builder.Jitter);

    private void Heal(bool allowReconnect)
    {
        if (_pipeline is not { } pipeline || !_healing.IsCompleted)
        {
            return;
        }

        Interlocked.Exchange(ref _healedAt, _time.GetTimestamp());
        _healing = Beside.Run(() => Heal(pipeline, allowReconnect));
    }

    private void Heal(Pipeline pipeline, bool allowReconnect)
    {
        try
        {
            var isStillStuck = HealthRules.State(Facts, _policy()) is PipelineState.Stalled or PipelineState.Healing; // on a busy machine this comes late
            if (isStillStuck && pipeline.Heal(allowReconnect) is var part and not HealedPart.None)
            {
                Interlocked.Exchange(ref _beatsAtHealing, _heartbeat.Count);
                Interlocked.Increment(ref _healed);
                Interlocked.Add(ref _healedElements, part == HealedPart.Element ? 1 : 0);
            }
        }
        catch (Exception error)
        {
            _logger.HealingFailed(error, Configuration.Name);
        }
    }

    private void Rebuild()
    {
        _rebuiltAt = _time.GetTimestamp();
        _rebuiltInARow++;
        _logger.PipelineRecreated(
            _reconnects.IsOpen && _rebuiltInARow > 1 ? LogLevel.Debug : LogLevel.Error, Configuration.Name, _heartbeat.Silence.TotalSeconds);
        if (_life is { } life)
        {
            _ = Beside.Cancel(life);
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
                var wait = _crashes.Add(_builder.Jitter);
                var waiting = Task.Delay(wait, _time, _stop.Token);
                _logger.PipelineCrashed(error, Configuration.Name, wait.TotalSeconds);
                Interlocked.Increment(ref _rebuilt);
                _between = _unbuilt with { Phase = PipelinePhase.Waiting, LastError = $"crashed: {error.Message}" };
                await waiting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            }
        }

        _between = Facts with { Phase = PipelinePhase.Stopped };
    }

    /// <summary>One life.</summary>
    /// <returns>True when it has nothing more to do, false when it was ended to be recreated.</returns>
    private async Task<bool> RunOnceAsync()
    {
        using var life = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        _life = life;
        await using var pipeline = await _builder.BuildAsync(Configuration, _policy, _heartbeat, _reconnects);
        _pipeline = pipeline;
        _between = null;
        _logger.PipelineStarting(_reconnects.IsOpen ? LogLevel.Debug : LogLevel.Information, Configuration.Name, Configuration.Source?.Id);
        await pipeline.RunAsync(life.Token);
        if (life.IsCancellationRequested && !_stop.IsCancellationRequested)
        {
            Interlocked.Increment(ref _rebuilt);
            return false;
        }

        return true;
    }
}
