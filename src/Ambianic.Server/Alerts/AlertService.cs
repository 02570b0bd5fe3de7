using System.Threading.Channels;
using Ambianic.Core.Alerts;
using Ambianic.Core.Health;
using Ambianic.Core.Timeline;

namespace Ambianic.Server.Alerts;

/// <summary>Runs the <see cref="AlertDesk"/> for as long as the program runs, and puts alerts that nobody answered on the timeline.</summary>
internal sealed class AlertService(AlertDesk desk, IEventStore store, TimeProvider time, ILogger<AlertService> logger) : BackgroundService
{
    private static readonly Backoff Retry = new(TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(1));

    private readonly AlertRecorder _recorder = new(store, time);
    private readonly Channel<Alert> _expired = Channel.CreateUnbounded<Alert>(new UnboundedChannelOptions { SingleReader = true });

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield(); // the desk reads its database before it waits
        desk.Expired += alert => _expired.Writer.TryWrite(alert);
        await Task.WhenAll(desk.RunAsync(stoppingToken), RecordAllAsync(stoppingToken));
    }

    private async Task RecordAllAsync(CancellationToken cancellation)
    {
        try
        {
            await foreach (var alert in _expired.Reader.ReadAllAsync(cancellation))
            {
                await RecordAsync(alert, cancellation);
            }
        }
        catch (OperationCanceledException)
        {
            // the program stops; the alert itself is stored
        }
    }

    private async Task RecordAsync(Alert alert, CancellationToken cancellation)
    {
        for (var failures = 1; ; failures++)
        {
            try
            {
                await _recorder.SaveAsync(alert.Id, alert.Pipeline, alert.Source, AlertTexts.Subject(alert), alert.EndedAt ?? time.GetLocalNow(), cancellation);
                return;
            }
            catch (IOException error)
            {
                if (failures == 1)
                {
                    logger.UnansweredAlertNotRecorded(error.Message);
                }

                await Task.Delay(Retry.After(failures, Random.Shared), time, cancellation);
            }
        }
    }
}
