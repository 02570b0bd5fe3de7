using Ambianic.Core.Configuration;
using Ambianic.Core.Pipelines;

namespace Ambianic.Server.Hosting;

/// <summary>Runs the pipelines for as long as the program runs.</summary>
internal sealed class PipelineService(PipelineSupervisor supervisor, AmbianicConfiguration configuration) : BackgroundService
{
    /// <summary>Reading a decoder's pictures and its messages from pipes each holds a thread of the pool while it waits.</summary>
    private const int ThreadsPerPipeline = 2;

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The pool itself would add these one or two a second, and fifty cameras would wait for each other.
        ThreadPool.GetMinThreads(out var workers, out var completions);
        ThreadPool.SetMinThreads(workers + (ThreadsPerPipeline * configuration.Pipelines.Count), completions);
        return supervisor.RunAsync(configuration.Pipelines, stoppingToken);
    }
}
