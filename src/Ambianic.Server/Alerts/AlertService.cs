using System.Threading.Channels;
using Ambianic.Core.Alerts;
using Ambianic.Core.Configuration;
using Ambianic.Core.Health;
using Ambianic.Core.Timeline;

namespace Ambianic.Server.Alerts;

/// <summary>Runs the <see cref="AlertDesk"/> for as long as the program runs, and puts alerts that nobody answered on the timeline.</summary>
internal sealed class AlertService(
    AlertDesk desk, IAlertStore alerts, IEventStore store, UnsavedFalls unsaved, TimeProvider time, ILogger<AlertService> logger) : BackgroundService
{
    private const int MostUnrecorded = 20;

    private static readonly TimeSpan Remembered = TimeSpan.FromDays(1);
    private static readonly Backoff Retry = new(TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(1));

    private readonly AlertRecorder _recorder = new(store, time);
    private readonly Channel<Alert> _expired = Channel.CreateUnbounded<Alert>(new UnboundedChannelOptions { SingleReader = true });

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield(); // the desk reads its database before it waits
        desk.Expired += alert => _expired.Writer.TryWrite(alert);
        unsaved.NotStored += desk.Take;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        var recording = RecordAllAsync(end.Token);
        try
        {
            await desk.RunAsync(stoppingToken); // if it breaks, the program ends and is started again: nobody would be told of anything
        }
        finally
        {
            unsaved.NotStored -= desk.Take;
            await end.CancelAsync();
            await recording;
        }
    }

    private async Task RecordAllAsync(CancellationToken cancellation)
    {
        try
        {
            foreach (var alert in Unrecorded())
            {
                await RecordAsync(alert, cancellation);
            }

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

    /// <summary>Those of an earlier run, which may have been killed before they were recorded; recording one twice changes nothing.</summary>
    private IReadOnlyList<Alert> Unrecorded()
    {
        try
        {
            return [.. alerts.Alerts(new AlertQuery { State = AlertState.Expired, Severity = AlertSeverity.Critical, From = time.GetUtcNow() - Remembered, Limit = MostUnrecorded })];
        }
        catch (IOException)
        {
            return []; // the desk says that they cannot be read
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
