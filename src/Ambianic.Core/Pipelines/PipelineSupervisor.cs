using Ambianic.Core.Configuration;
using Ambianic.Core.Health;
using Microsoft.Extensions.Logging;

namespace Ambianic.Core.Pipelines;

/// <summary>
/// Runs all pipelines beside each other and looks after them once a second: what is stuck is healed, what cannot be healed
/// is recreated, and while most are stuck together nobody is restarted for it. It never waits for a pipeline.
/// </summary>
public sealed class PipelineSupervisor(
    PipelineBuilder builder, HealthPolicySource policy, IWatchdog watchdog, TimeProvider time, ILogger<PipelineSupervisor> logger)
    : IDisposable
{
    /// <summary>With fewer pipelines, "most of them" is no pattern yet.</summary>
    private const int FewestForAPattern = 3;
    private static readonly TimeSpan Rhythm = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(10);

    /// <summary>A common cause that lasts for longer may be several causes after all: then each is recreated, ever more seldom.</summary>
    private static readonly TimeSpan LongestHold = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan SignOfLifeInterval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan InterruptionIsShown = TimeSpan.FromMinutes(10);

    private readonly SemaphoreSlim _applying = new(1);
    private readonly Heartbeat _heartbeat = new(time);
    private readonly PauseWatch _pauses = new(Rhythm, time);
    private readonly List<(PipelineConfiguration Configuration, Task Ending)> _ending = []; // guarded by _applying
    private readonly HashSet<string> _off = new(StringComparer.Ordinal); // guarded by _applying
    private volatile IReadOnlyList<SupervisedPipeline> _pipelines = [];
    private Interruption? _interruption;
    private long _interruptedAt;
    private long? _patternSince;
    private long? _signOfLifeAt;
    private bool _isHeldBack;
    private bool _hasStopped; // guarded by _applying
    private bool _isFailing;

    /// <summary>How all pipelines are, once a second. Who asks between two snapshots, or after a pause of the machine, gets the latest.</summary>
    public HealthFeed Health { get; } = new();

    /// <summary>False when the supervisor itself does not run any more: nobody is healed then.</summary>
    public bool IsAlive => _heartbeat.Silence < LongestSilence;

    /// <summary>Runs the pipelines and looks after them until <paramref name="cancellation"/>; returns when all have stopped.</summary>
    public async Task RunAsync(IReadOnlyList<PipelineConfiguration> configurations, CancellationToken cancellation)
    {
        _heartbeat.Restart();
        using var timer = new PeriodicTimer(Rhythm, time);
        try
        {
            await ApplyAsync(configurations, cancellation);
            do
            {
                Check();
            }
            while (await timer.WaitForNextTickAsync(cancellation));
        }
        catch (OperationCanceledException)
        {
            watchdog.Stopping();
            await StopAsync();
        }
    }

    /// <summary>
    /// Makes the pipelines those of a new configuration: only those that have changed are stopped or started, the others lose no
    /// frame. A new one starts as soon as those have ended whose place or camera it takes, however long the rest may need.
    /// </summary>
    /// <returns>Names of the pipelines that are being started or stopped; none when the supervisor has stopped, which is for good.</returns>
    public async Task<IReadOnlyList<string>> ApplyAsync(IReadOnlyList<PipelineConfiguration> configurations, CancellationToken cancellation)
    {
        await _applying.WaitAsync(cancellation);
        try
        {
            return _hasStopped ? [] : Apply(configurations);
        }
        finally
        {
            _applying.Release();
        }
    }

    /// <summary>True while a pipeline is switched off.</summary>
    public bool IsOff(string name) => _pipelines.Any(pipeline => pipeline.Configuration.Name == name && pipeline.IsOff);

    /// <summary>Stops a pipeline until it is switched on again, or the program starts again: then all are watched, so that none is forgotten.</summary>
    /// <param name="name">The pipeline.</param>
    /// <param name="isOn">False to stop it.</param>
    /// <param name="by">Who asks, for the log.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <returns>False when there is no pipeline of this name that could run.</returns>
    public async Task<bool> SwitchAsync(string name, bool isOn, string by, CancellationToken cancellation)
    {
        await _applying.WaitAsync(cancellation);
        try
        {
            if (_hasStopped || !_pipelines.Any(pipeline => pipeline.Configuration.Name == name && pipeline.Configuration.IsEnabled))
            {
                return false;
            }

            if (isOn ? _off.Remove(name) : _off.Add(name))
            {
                logger.PipelineSwitched(name, isOn ? "on" : "off", by);
                Apply([.. _pipelines.Select(pipeline => pipeline.Configuration)]);
            }

            return true;
        }
        finally
        {
            _applying.Release();
        }
    }

    /// <summary>Recreates a pipeline because a person asks for it: its source connects anew and its elements are made anew. Waits for nothing.</summary>
    /// <param name="name">The pipeline.</param>
    /// <param name="by">Who asks, for the log.</param>
    /// <returns>False when it does not run: there is none of this name, or it is switched off, disabled, has ended or is being prepared.</returns>
    public bool TryRecreate(string name, string by)
    {
        if (_pipelines.FirstOrDefault(pipeline => pipeline.Configuration.Name == name) is not { } pipeline || !pipeline.TryRecreate())
        {
            return false;
        }

        logger.PipelineRecreatedByPerson(name, by);
        return true;
    }

    /// <summary>Called with <see cref="_applying"/> held.</summary>
    private List<string> Apply(IReadOnlyList<PipelineConfiguration> configurations)
    {
        var former = _pipelines;
        List<SupervisedPipeline> next = [];
        foreach (var configuration in configurations)
        {
            var isOff = _off.Contains(configuration.Name);
            next.Add(former.FirstOrDefault(pipeline => pipeline.IsOff == isOff && IsSame(pipeline.Configuration, configuration))
                ?? new SupervisedPipeline(configuration, builder, policy, time, logger, isOff));
        }

        var stopped = former.Except(next).Select(pipeline => (pipeline.Configuration, Ending: pipeline.DisposeAsync().AsTask())).ToList();
        _ending.RemoveAll(one => one.Ending.IsCompleted);
        _ending.AddRange(stopped); // also those of an earlier edit may still hold a camera
        _pipelines = next;
        var started = next.Except(former).ToList();
        foreach (var pipeline in started)
        {
            pipeline.Start(after: Task.WhenAll(_ending.Where(one => MustStopFirst(one.Configuration, pipeline.Configuration)).Select(one => one.Ending)));
        }

        return [.. stopped.Select(one => one.Configuration).Concat(started.Select(pipeline => pipeline.Configuration)).Select(one => one.Name).Distinct()];
    }

    /// <summary>Afterwards one may still ask how they were.</summary>
    private async Task StopAsync()
    {
        await _applying.WaitAsync(CancellationToken.None);
        _hasStopped = true;
        await Task.WhenAll([.. _ending.Select(one => one.Ending), .. _pipelines.Select(pipeline => pipeline.DisposeAsync().AsTask())]);
        Health.Publish(Observe());
        _applying.Release();
    }

    /// <summary>How all pipelines are at this moment; changes nothing and tells nobody.</summary>
    internal HealthSnapshot Observe()
    {
        var at = time.GetUtcNow();
        return new HealthSnapshot(at, time.GetTimestamp(), [.. _pipelines.Select(pipeline => pipeline.Observe(at))], null);
    }

    /// <inheritdoc/>
    public void Dispose() => _applying.Dispose();

    private static bool IsSame(PipelineConfiguration one, PipelineConfiguration other) =>
        one.Name == other.Name && one.Fingerprint == other.Fingerprint && one.Problems.SequenceEqual(other.Problems);

    private static bool MustStopFirst(PipelineConfiguration former, PipelineConfiguration next) =>
        former.Name == next.Name || (former.Source is { } source && source.Uri == next.Source?.Uri);

    /// <summary>
    /// Looks at everybody at one moment, does what is due, and tells everybody else what was seen. Whatever happens here, the next
    /// round comes; but only one that looked after everybody is a sign of life.
    /// </summary>
    private void Check()
    {
        try
        {
            var pipelines = _pipelines;
            NoticeInterruption(pipelines);
            var at = time.GetUtcNow();
            List<PipelineHealth> health = [.. pipelines.Select(pipeline => pipeline.Observe(at))];
            NoticePattern(health);
            for (var i = 0; i < health.Count; i++)
            {
                pipelines[i].Act(health[i], allowRestart: !_isHeldBack);
            }

            var snapshot = new HealthSnapshot(at, time.GetTimestamp(), health, SystemicFault());
            Health.Publish(snapshot);
            watchdog.Feed(snapshot.Summary());
            _heartbeat.Beat();
            _isFailing = false;
            GiveSignOfLife(health);
        }
        catch (Exception error)
        {
            if (!_isFailing)
            {
                logger.SupervisionFailed(error);
            }

            _isFailing = true;
        }
    }

    private void GiveSignOfLife(List<PipelineHealth> pipelines)
    {
        if (_signOfLifeAt is { } last && time.GetElapsedTime(last) < SignOfLifeInterval)
        {
            return;
        }

        _signOfLifeAt = time.GetTimestamp();
        logger.SupervisorIsAlive(pipelines.Count(pipeline => pipeline.State == PipelineState.Running), pipelines.Count);
    }

    private void NoticeInterruption(IReadOnlyList<SupervisedPipeline> pipelines)
    {
        if (_pauses.Observe() is not { } interruption)
        {
            return;
        }

        logger.SilenceExcluded(interruption.Reason);
        (_interruption, _interruptedAt) = (interruption, time.GetTimestamp());
        foreach (var pipeline in pipelines)
        {
            pipeline.Exclude(interruption.Stood);
        }
    }

    private void NoticePattern(List<PipelineHealth> pipelines)
    {
        var watched = pipelines.Count(pipeline => pipeline.State is not (PipelineState.Ended or PipelineState.Stopped or PipelineState.Disabled));
        var stuck = pipelines.Count(pipeline => pipeline.IsStuck);
        if (watched < FewestForAPattern || 2 * stuck <= watched)
        {
            (_isHeldBack, _patternSince) = (false, null);
            return;
        }

        if (_patternSince is null)
        {
            logger.PipelinesSilentTogether(stuck, watched);
        }

        _patternSince ??= time.GetTimestamp();
        _isHeldBack = time.GetElapsedTime(_patternSince.Value) < LongestHold;
    }

    private string? SystemicFault() =>
        _interruption is { } interruption && time.GetElapsedTime(_interruptedAt) < InterruptionIsShown ? interruption.Reason
        : _patternSince is null ? null
        : "most pipelines are silent together, so the cause is probably common to them (network, power, disk, processor); "
            + (_isHeldBack ? "no connection is given up and no pipeline recreated meanwhile" : "each is recreated by now, ever more rarely");
}
