using Ambianic.Core.Health;
using Ambianic.Core.Pipelines;
using Ambianic.Core.Timeline;
using Ambianic.Core.Visibility;

namespace Ambianic.Server.Visibility;

/// <summary>Tells in the log and on the timeline when a pipeline has gone blind and when it sees again.</summary>
internal sealed partial class SightService(
    PipelineSupervisor supervisor, IEventStore store, HealthPolicySource policy, TimeProvider time, ILogger<SightService> logger) : BackgroundService
{
    private static readonly TimeSpan Rhythm = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RetryAfterFailure = TimeSpan.FromSeconds(5);

    private readonly SightNews _news = new(time);
    private readonly SightRecorder _recorder = new(store, time);
    private readonly Queue<SightReport> _untold = [];
    private long? _failedAt;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Rhythm, time);
        try
        {
            await ResumeAsync(stoppingToken);
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                try
                {
                    foreach (var report in _news.Observe(supervisor.Statuses, policy().TellAfter))
                    {
                        Log(report);
                        _untold.Enqueue(report);
                    }

                    await TellAsync(stoppingToken);
                }
                catch (Exception error) when (error is not OperationCanceledException)
                {
                    LogFailed(error); // the next round is another chance
                }
            }
        }
        catch (OperationCanceledException)
        {
            // the program stops; that nobody watches then is no news
        }
    }

    private async Task ResumeAsync(CancellationToken cancellation)
    {
        try
        {
            foreach (var report in await _recorder.LastAsync(cancellation))
            {
                _news.Resume(report);
            }
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            LogNotRead(error.Message);
        }
    }

    /// <summary>A full disk is asked again; what happened stays true.</summary>
    private async Task TellAsync(CancellationToken cancellation)
    {
        if (_failedAt is { } failed && time.GetElapsedTime(failed) < RetryAfterFailure)
        {
            return;
        }

        try
        {
            while (_untold.TryPeek(out var report))
            {
                await SaveAsync(report, cancellation);
                _untold.Dequeue();
                _failedAt = null;
            }
        }
        catch (IOException error)
        {
            if (_failedAt is null)
            {
                LogNotSaved(error.Message);
            }

            _failedAt = time.GetTimestamp();
        }
    }

    /// <summary>What a defect keeps from the timeline is in the log, and must not keep others from it.</summary>
    private async Task SaveAsync(SightReport report, CancellationToken cancellation)
    {
        try
        {
            await _recorder.SaveAsync(report, cancellation);
        }
        catch (Exception error) when (error is not (IOException or OperationCanceledException))
        {
            LogLost(error, report.Pipeline);
        }
    }

    private void Log(SightReport report)
    {
        if (report.Sight == Sight.Watching)
        {
            LogSees(report.Pipeline, (report.At - report.BlindSince).TotalSeconds, report.Reason);
        }
        else
        {
            LogBlind(report.Pipeline, (time.GetUtcNow() - report.BlindSince).TotalSeconds, report.Reason);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Pipeline {Pipeline} has seen nothing of use for {Seconds:0.0} s: {Reason}")]
    private partial void LogBlind(string pipeline, double seconds, string reason);

    [LoggerMessage(LogLevel.Information, "Pipeline {Pipeline} sees again after {Seconds:0.0} s ({Reason})")]
    private partial void LogSees(string pipeline, double seconds, string reason);

    [LoggerMessage(LogLevel.Error, "Looking for news of blindness failed")]
    private partial void LogFailed(Exception error);

    [LoggerMessage(LogLevel.Warning, "What was told of blindness before cannot be read: {Reason}")]
    private partial void LogNotRead(string reason);

    [LoggerMessage(LogLevel.Error, "That pipeline {Pipeline} is blind or sees again is not put on the timeline, by a defect of Ambianic; please report it")]
    private partial void LogLost(Exception error, string pipeline);

    [LoggerMessage(LogLevel.Error, "That a pipeline is blind or sees again could not be put on the timeline; it is tried again: {Reason}")]
    private partial void LogNotSaved(string reason);
}
