using System.Threading.Channels;
using Ambianic.Core.Health;
using Ambianic.Core.Timeline;
using Ambianic.Core.Visibility;

namespace Ambianic.Server.Visibility;

/// <summary>Tells in the log and on the timeline when an outage of a pipeline has begun and when it is over.</summary>
internal sealed class OutageService(
    HealthFeed health, IEventStore store, HealthPolicySource policy, TimeProvider time, ILogger<OutageService> logger, OutageMetrics? metrics = null)
    : BackgroundService
{
    private static readonly Backoff Retry = new(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5));

    private readonly OutageNotifier _notifier = new(time);
    private readonly OutageLog _log = new(time);
    private readonly OutageRecorder _recorder = new(store, time);
    private readonly Channel<OutageReport> _unsaved = Channel.CreateUnbounded<OutageReport>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await ResumeAsync(stoppingToken);
            await Task.WhenAll(NotifyAsync(stoppingToken), SaveAllAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            // the program stops; that nothing is seen then is no outage
        }
    }

    private async Task ResumeAsync(CancellationToken cancellation)
    {
        try
        {
            foreach (var report in await _recorder.LastAsync(cancellation))
            {
                _notifier.Resume(report);
                _log.Resume(report);
            }
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            logger.ReportedOutagesNotRead(error.Message);
        }
    }

    private async Task NotifyAsync(CancellationToken cancellation)
    {
        await foreach (var snapshot in health.SubscribeAsync(cancellation))
        {
            try
            {
                var reports = _notifier.Observe(snapshot, policy().TellAfter);
                foreach (var report in reports)
                {
                    _unsaved.Writer.TryWrite(report);
                    metrics?.Count(report);
                }

                foreach (var line in _log.Observe(snapshot, reports))
                {
                    Log(line);
                }
            }
            catch (Exception error)
            {
                logger.OutageCheckFailed(error); // the next snapshot is another chance
            }
        }
    }

    private async Task SaveAllAsync(CancellationToken cancellation)
    {
        await foreach (var report in _unsaved.Reader.ReadAllAsync(cancellation))
        {
            await SaveAsync(report, cancellation);
        }
    }

    /// <summary>A full disk is asked again; what happened stays true. What a defect keeps from the timeline is in the log, and must not keep others from it.</summary>
    private async Task SaveAsync(OutageReport report, CancellationToken cancellation)
    {
        for (var failures = 1; ; failures++)
        {
            try
            {
                await _recorder.SaveAsync(report, cancellation);
                return;
            }
            catch (IOException error)
            {
                if (failures == 1)
                {
                    logger.OutageNotSaved(report.Pipeline, error.Message);
                }

                await Task.Delay(Retry.After(failures, Random.Shared), time, cancellation);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                logger.OutageLost(error, report.Pipeline);
                return;
            }
        }
    }

    private void Log(OutageLine line)
    {
        switch (line.Kind)
        {
            case OutageLineKind.Begun:
                logger.OutageBegun(line.Pipeline, line.Duration, line.Reason);
                break;
            case OutageLineKind.GoesOn:
                logger.OutageGoesOn(line.Pipeline, line.Since, line.Duration, line.Reason);
                break;
            case OutageLineKind.Over:
                logger.OutageOver(line.Pipeline, line.Duration, line.Reason);
                break;
        }
    }
}
