using Ambianic.Core.Configuration;
using Ambianic.Core.Health;
using Ambianic.Core.Visibility;
using Microsoft.Extensions.Logging;

namespace Ambianic.Core.Pipelines;

/// <summary>
/// Runs all pipelines beside each other and looks after them once a second: what is stuck is healed, what cannot be healed
/// is built anew, and while most are ill together nobody is restarted for it. It never waits for a pipeline.
/// </summary>
public sealed partial class PipelineSupervisor(
    PipelineBuilder builder, HealthPolicySource policy, IWatchdog watchdog, TimeProvider time, ILogger<PipelineSupervisor> logger)
    : IDisposable
{
    /// <summary>With fewer pipelines, "most of them" is no pattern yet.</summary>
    private const int FewestForAPattern = 3;
    private static readonly TimeSpan Rhythm = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(10);

    /// <summary>A common cause that lasts for longer may be several causes after all: then each is built anew, ever more seldom.</summary>
    private static readonly TimeSpan LongestHold = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan InterruptionIsShown = TimeSpan.FromMinutes(10);

    private readonly SemaphoreSlim _applying = new(1);
    private readonly Heartbeat _heartbeat = new(time);
    private readonly PauseWatch _pauses = new(Rhythm, time);
    private readonly Lock _noticing = new();
    private readonly List<(PipelineConfiguration Configuration, Task Ending)> _ending = []; // guarded by _applying
    private volatile IReadOnlyList<SupervisedPipeline> _pipelines = [];
    private volatile Interruption? _interruption;
    private long _interruptedAt;
    private volatile Tuple<long>? _patternSince;
    private volatile bool _isHeldBack;
    private bool _isFailing;

    /// <summary>All pipelines at this moment, in the order of the configuration; also those that are disabled or could not be built.</summary>
    public IReadOnlyList<PipelineStatus> Statuses
    {
        get
        {
            var pipelines = _pipelines;
            NoticeInterruption(pipelines); // who asks after a pause, before the next round, must not hear of a silence
            return [.. pipelines.Select(pipeline => pipeline.Status)];
        }
    }

    /// <summary>False when the supervisor itself does not run any more: nobody is healed then.</summary>
    public bool IsAlive => _heartbeat.Silence < LongestSilence;

    /// <summary>What is wrong with the machine rather than with a pipeline, for people; null when nothing is.</summary>
    public string? SystemicTrouble =>
        _interruption is { } interruption && time.GetElapsedTime(Interlocked.Read(ref _interruptedAt)) < InterruptionIsShown ? interruption.Reason
        : _patternSince is null ? null
        : "most pipelines are silent together, so the cause is probably common to them (network, power, disk, processor); "
            + (_isHeldBack ? "none is given up or built anew meanwhile" : "each is built anew by now, ever more rarely");

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
    /// <returns>Names of the pipelines that are being started or stopped.</returns>
    public async Task<IReadOnlyList<string>> ApplyAsync(IReadOnlyList<PipelineConfiguration> configurations, CancellationToken cancellation)
    {
        await _applying.WaitAsync(cancellation);
        try
        {
            var former = _pipelines;
            List<SupervisedPipeline> next = [];
            foreach (var configuration in configurations)
            {
                next.Add(former.FirstOrDefault(pipeline => IsSame(pipeline.Configuration, configuration))
                    ?? new SupervisedPipeline(configuration, builder, policy, time, logger));
            }

            var stopped = former.Except(next).Select(pipeline => (pipeline.Configuration, Ending: pipeline.DisposeAsync().AsTask())).ToList();
            _ending.RemoveAll(one => one.Ending.IsCompleted);
            _ending.AddRange(stopped); // also those of an earlier edit may still hold a camera
            _pipelines = next;
            var started = next.Except(former).ToList();
            foreach (var pipeline in started)
            {
                pipeline.Start(after: Task.WhenAll(_ending.Where(one => MustMakeWay(one.Configuration, pipeline.Configuration)).Select(one => one.Ending)));
            }

            return [.. stopped.Select(one => one.Configuration).Concat(started.Select(pipeline => pipeline.Configuration)).Select(one => one.Name).Distinct()];
        }
        finally
        {
            _applying.Release();
        }
    }

    /// <summary>Afterwards one may still ask how they were.</summary>
    private async Task StopAsync()
    {
        await _applying.WaitAsync(CancellationToken.None);
        await Task.WhenAll([.. _ending.Select(one => one.Ending), .. _pipelines.Select(pipeline => pipeline.DisposeAsync().AsTask())]);
        _applying.Release();
    }

    /// <inheritdoc/>
    public void Dispose() => _applying.Dispose();

    private static bool IsSame(PipelineConfiguration one, PipelineConfiguration other) =>
        one.Name == other.Name && one.Fingerprint == other.Fingerprint && one.Problems.SequenceEqual(other.Problems);

    private static bool MustMakeWay(PipelineConfiguration former, PipelineConfiguration next) =>
        former.Name == next.Name || (former.Source is { } source && source.Uri == next.Source?.Uri);

    /// <summary>Whatever happens here, the next round comes; but only one that looked after everybody is a sign of life.</summary>
    private void Check()
    {
        try
        {
            var pipelines = _pipelines;
            NoticeInterruption(pipelines);
            var statuses = pipelines.Select(pipeline => pipeline.Status).ToList();
            NoticePattern(statuses);
            foreach (var pipeline in pipelines)
            {
                pipeline.Check(maybeRestart: !_isHeldBack);
            }

            watchdog.Feed(Summary(statuses));
            _heartbeat.Beat();
            _isFailing = false;
        }
        catch (Exception error)
        {
            if (!_isFailing)
            {
                LogCheckFailed(error);
            }

            _isFailing = true;
        }
    }

    private void NoticeInterruption(IReadOnlyList<SupervisedPipeline> pipelines)
    {
        lock (_noticing)
        {
            if (_pauses.Observe() is not { } interruption)
            {
                return;
            }

            LogInterruption(interruption.Reason);
            Interlocked.Exchange(ref _interruptedAt, time.GetTimestamp());
            _interruption = interruption;
            foreach (var pipeline in pipelines)
            {
                pipeline.Forgive(interruption.Stood);
            }
        }
    }

    private void NoticePattern(List<PipelineStatus> statuses)
    {
        var watched = statuses.Count(status => status.Health is not (HealthState.Ended or HealthState.Disabled));
        var ill = statuses.Count(status => status.Health is HealthState.Stalled or HealthState.Healing or HealthState.Terminal);
        if (watched < FewestForAPattern || 2 * ill <= watched)
        {
            (_isHeldBack, _patternSince) = (false, null);
            return;
        }

        if (_patternSince is null)
        {
            LogSystemic(ill, watched);
        }

        _patternSince ??= Tuple.Create(time.GetTimestamp());
        _isHeldBack = time.GetElapsedTime(_patternSince.Item1) < LongestHold;
    }

    private string Summary(List<PipelineStatus> statuses)
    {
        var troubled = statuses.Select(status => (status.Name, Trouble: Trouble(status))).Where(one => one.Trouble is not null).ToList();
        return troubled.Count == 0
            ? $"{statuses.Count} pipeline(s), all well"
            : $"{troubled.Count} of {statuses.Count} pipeline(s) do not see: " + string.Join(", ", troubled.Select(one => $"{one.Name} {one.Trouble}"));
    }

    /// <summary>Why it does not see, in one word; null when it does, or has nothing more to see.</summary>
    private string? Trouble(PipelineStatus status) => SightChange.Of(status, time.GetUtcNow()).Sight switch
    {
        Sight.Watching or Sight.Off => null,
        Sight.Blind when status.Health is HealthState.Healthy or HealthState.Ended => status.State.ToString().ToLowerInvariant(),
        Sight.Blind => status.Health.ToString().ToLowerInvariant(),
        var sight => sight.ToString().ToLowerInvariant(),
    };

    [LoggerMessage(LogLevel.Warning, "Nobody is blamed for a silence because {Reason}")]
    private partial void LogInterruption(string reason);

    [LoggerMessage(LogLevel.Error, "{Ill} of {Watched} pipelines are silent together: look for a common cause (network, power, disk, processor). None is given up or built anew meanwhile")]
    private partial void LogSystemic(int ill, int watched);

    [LoggerMessage(LogLevel.Error, "The supervisor failed to look after the pipelines and goes on trying")]
    private partial void LogCheckFailed(Exception error);
}
