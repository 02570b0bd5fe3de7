using Ambianic.Configuration;
using Ambianic.Health;
using Microsoft.Extensions.Logging;

namespace Ambianic.Pipelines;

/// <summary>Runs all pipelines beside each other: one that fails or crashes does not disturb the others.</summary>
public sealed partial class PipelineSupervisor(
    PipelineBuilder builder, TimeProvider time, ILogger<PipelineSupervisor> logger)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Func<PipelineStatus>> _statuses = new(StringComparer.Ordinal);
    private IReadOnlyList<string> _order = [];

    /// <summary>All pipelines at this moment, in the order of the configuration; also those that are disabled or could not be built.</summary>
    public IReadOnlyList<PipelineStatus> Statuses
    {
        get
        {
            lock (_gate)
            {
                return [.. _order.Select(name => _statuses[name]())];
            }
        }
    }

    /// <summary>Builds and runs the pipelines until all have ended or <paramref name="cancellation"/>; returns when all have stopped.</summary>
    public async Task RunAsync(IReadOnlyList<PipelineConfiguration> configurations, CancellationToken cancellation)
    {
        lock (_gate)
        {
            _order = [.. configurations.Select(pipeline => pipeline.Name)];
            _statuses.Clear();
            foreach (var pipeline in configurations)
            {
                Show(pipeline, pipeline.IsEnabled ? PipelineState.Idle : PipelineState.Disabled, Problems(pipeline));
            }
        }

        var running = configurations
            .Where(pipeline => pipeline.IsEnabled)
            .Select(pipeline => Task.Run(() => KeepRunningAsync(pipeline, cancellation), CancellationToken.None));
        await Task.WhenAll([.. running]);
    }

    private static string? Problems(PipelineConfiguration configuration) =>
        configuration.IsEnabled ? null : string.Join("; ", configuration.Problems.Select(problem => problem.ToString()));

    /// <summary>A crash is a defect of ours or of an element's construction: it is reported, and the pipeline is built anew with back-off.</summary>
    private async Task KeepRunningAsync(PipelineConfiguration configuration, CancellationToken cancellation)
    {
        for (var crashes = 1; !cancellation.IsCancellationRequested; crashes++)
        {
            try
            {
                await using var pipeline = await builder.BuildAsync(configuration);
                Show(configuration.Name, () => pipeline.Status);
                LogStarted(configuration.Name, configuration.Source?.Id);
                await pipeline.RunAsync(cancellation);
                return;
            }
            catch (Frames.SourceException)
            {
                return; // said by the pipeline; a file is not tried again
            }
            catch (Exception error)
            {
                var wait = Backoff.Default.After(crashes, Random.Shared);
                Show(configuration, PipelineState.Waiting, $"crashed: {error.Message}");
                LogCrashed(error, configuration.Name, wait.TotalSeconds);
                await Task.Delay(wait, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private void Show(PipelineConfiguration configuration, PipelineState state, string? error)
    {
        var status = new PipelineStatus(
            configuration.Name, configuration.Source?.Id ?? "", state, HealthState.Healthy, 0, 0, 0, 0, error);
        Show(configuration.Name, () => status);
    }

    private void Show(string name, Func<PipelineStatus> status)
    {
        lock (_gate)
        {
            _statuses[name] = status;
        }
    }

    [LoggerMessage(LogLevel.Information, "Pipeline {Pipeline} watches {Source}")]
    private partial void LogStarted(string pipeline, string? source);

    [LoggerMessage(LogLevel.Error, "Pipeline {Pipeline} crashed and is built again in {Seconds:0.0} s")]
    private partial void LogCrashed(Exception error, string pipeline, double seconds);
}
