using Ambianic.Core.Alerts;
using Ambianic.Core.Configuration;
using Ambianic.Core.Health;
using Ambianic.Server.Hosting;

namespace Ambianic.Server.Alerts;

/// <summary>
/// Asks for an address of a monitor outside of the house while supervisor and alerting live and every pipeline does what it should; the monitor
/// tells somebody when that stops, so that a dead computer or router is noticed, too.
/// </summary>
internal sealed class HeartbeatService(
    CurrentConfiguration configuration, HealthFeed health, IAlertDesk alerts, IHttpClientFactory clients, TimeProvider time, ILogger<HeartbeatService> logger) : BackgroundService
{
    /// <summary>The supervisor gives a snapshot every second.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>So soon an edit of the configuration is noticed.</summary>
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);

    private bool _failed;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            HeartbeatOptions? of = null;
            for (var beaten = 0L; ; await Task.Delay(LookEvery, time, stoppingToken))
            {
                var options = configuration.Result.Configuration.Heartbeat;
                if (options == of && time.GetElapsedTime(beaten) < options.Every)
                {
                    continue;
                }

                if (options.Url.Length > 0 && IsWell() && await BeatAsync(options.Url, stoppingToken))
                {
                    (of, beaten) = (options, time.GetTimestamp()); // one that was not taken is tried again soon
                }
            }
        }
        catch (OperationCanceledException)
        {
            // the program stops: the monitor is to notice
        }
    }

    /// <summary>True when every pipeline gives a usable picture or is meant not to, and somebody has looked just now.</summary>
    private bool IsWell()
    {
        var latest = health.Latest;
        return alerts.IsAlive
            && latest.Pipelines.Count > 0
            && time.GetElapsedTime(latest.Timestamp) < Fresh
            && latest.Pipelines.All(pipeline => pipeline.Visibility is VisibilityState.Visible or VisibilityState.Off && !pipeline.IsStuck);
    }

    /// <returns>True when it was taken.</returns>
    private async Task<bool> BeatAsync(string url, CancellationToken cancellation)
    {
        try
        {
            using var limit = new CancellationTokenSource(Patience, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
            using var client = clients.CreateClient();
            using var answer = await client.GetAsync(new Uri(url), HttpCompletionOption.ResponseHeadersRead, either.Token);
            answer.EnsureSuccessStatusCode();
            _failed = false;
            return true;
        }
        catch (Exception error) when (!cancellation.IsCancellationRequested)
        {
            if (!_failed)
            {
                logger.HeartbeatNotTaken(Credentials.Mask(error.Message));
            }

            _failed = true;
            return false;
        }
    }
}
