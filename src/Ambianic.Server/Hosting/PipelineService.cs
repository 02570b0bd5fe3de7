using Ambianic.Configuration;
using Ambianic.Pipelines;

namespace Ambianic.Hosting;

/// <summary>Runs the pipelines for as long as the program runs.</summary>
public sealed class PipelineService(PipelineSupervisor supervisor, AmbianicConfiguration configuration) : BackgroundService
{
    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        supervisor.RunAsync(configuration.Pipelines, stoppingToken);
}
