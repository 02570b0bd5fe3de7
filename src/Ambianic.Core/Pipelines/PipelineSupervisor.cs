using Ambianic.Configuration;
using Ambianic.Health;
using Microsoft.Extensions.Logging;

namespace Ambianic.Pipelines;

/// <summary>Runs all pipelines beside each other: one that fails or crashes does not disturb the others.</summary>
public sealed partial class PipelineSupervisor(
    PipelineBuilder builder, TimeProvider time, ILogger<PipelineSupervisor> logger)
{
    private readonly List<Pipeline> _pipelines = [];
    private IReadOnlyList<PipelineStatus> _disabled = [];

    /// <summary>All pipelines at this moment, the disabled ones last.</summary>
    public IReadOnlyList<PipelineStatus> Statuses
    {
        get
        {
            lock (_pipelines)
            {
                return [.. _pipelines.Select(pipeline => pipeline.Status), .. _disabled];
            }
        }
    }

    /// <summary>Builds and runs the pipelines until all have ended or <paramref name="cancellation"/>; returns when all have stopped.</summary>
    public async Task RunAsync(IReadOnlyList<PipelineConfiguration> configurations, CancellationToken cancellation)
    {
        _disabled = [.. configurations.Where(pipeline => !pipeline.IsEnabled).Select(Disabled)];
        var running = configurations
            .Where(pipeline => pipeline.IsEnabled)
            .Select(pipeline => Task.Run(() => KeepRunningAsync(pipeline, cancellation), CancellationToken.None));
        await Task.WhenAll([.. running]);
    }

    private static PipelineStatus Disabled(PipelineConfiguration configuration) => new(
        configuration.Name,
        configuration.Source?.Id ?? "",
        PipelineState.Disabled,
        HealthState.Healthy,
        0,
        0,
        0,
        0,
        string.Join("; ", configuration.Problems.Select(problem => problem.ToString())));

    /// <summary>A crash is a defect of ours or of an element's construction: it is reported, and the pipeline is built anew with back-off.</summary>
    private async Task KeepRunningAsync(PipelineConfiguration configuration, CancellationToken cancellation)
    {
        for (var crashes = 1; !cancellation.IsCancellationRequested; crashes++)
        {
            Pipeline? pipeline = null;
            try
            {
                pipeline = builder.Build(configuration);
                Show(pipeline);
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
                LogCrashed(error, configuration.Name, wait.TotalSeconds);
                await Task.Delay(wait, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            finally
            {
                if (pipeline is not null)
                {
                    await pipeline.DisposeAsync();
                }
            }
        }
    }

    private void Show(Pipeline pipeline)
    {
        lock (_pipelines)
        {
            _pipelines.RemoveAll(former => former.Name == pipeline.Name);
            _pipelines.Add(pipeline);
        }
    }

    [LoggerMessage(LogLevel.Information, "Pipeline {Pipeline} watches {Source}")]
    private partial void LogStarted(string pipeline, string? source);

    [LoggerMessage(LogLevel.Error, "Pipeline {Pipeline} crashed and is built again in {Seconds:0.0} s")]
    private partial void LogCrashed(Exception error, string pipeline, double seconds);
}
