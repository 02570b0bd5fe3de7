using Ambianic.Core.Alerts;
using Ambianic.Core.Pipelines;
using Ambianic.Core.Timeline;
using Ambianic.Server.Hosting;

namespace Ambianic.Server.Api;

/// <summary>Tells how everything is.</summary>
internal sealed class HealthReports(PipelineSupervisor supervisor, CurrentConfiguration configuration, IEventStore store, IAlertDesk alerts)
{
    /// <summary>As of the latest snapshot.</summary>
    public HealthReport Now()
    {
        var snapshot = supervisor.Health.Latest;
        return new HealthReport(
            supervisor.IsAlive,
            snapshot.SystemicFault,
            store.Fault,
            alerts.Fault,
            [.. configuration.Rejected.Select(problem => problem.ToString())],
            [.. snapshot.Pipelines.Select(PipelineReport.Of)]);
    }
}
