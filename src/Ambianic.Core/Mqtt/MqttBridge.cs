using Ambianic.Core.Configuration;
using Ambianic.Core.Timeline;
using Ambianic.Core.Vision.Falls;
using Microsoft.Extensions.Logging;

namespace Ambianic.Core.Mqtt;

/// <summary>
/// Tells a broker what all pipelines see, and carries out what others ask for there. Follows edits of the configuration. It never waits
/// for a pipeline, and no pipeline for it.
/// </summary>
/// <param name="parts">What it works with.</param>
/// <param name="time">Every clock.</param>
/// <param name="logger">Told of the connection and of commands.</param>
public sealed class MqttBridge(MqttParts parts, TimeProvider time, ILogger<MqttBridge> logger)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    /// <summary>Reports of falls that are this old do not say any more who is down.</summary>
    private static readonly TimeSpan FallsSince = TimeSpan.FromHours(24);

    private static readonly TimeSpan LongestRead = TimeSpan.FromSeconds(10);

    /// <summary>Larger pictures are not sent: some brokers end the connection then.</summary>
    private const int LargestPicture = 1_000_000;

    private volatile MqttSender? _sender;

    /// <summary>True while the broker takes messages.</summary>
    public bool IsConnected => _sender?.IsConnected ?? false;

    /// <summary>True when the configuration names a broker.</summary>
    internal bool IsWanted => parts.Configuration().Mqtt.IsActive;

    /// <summary>Works until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(LookEvery, time);
        try
        {
            do
            {
                var options = parts.Configuration().Mqtt;
                if (options.IsActive && !MqttCheck.Of(options).Any())
                {
                    await ServeAsync(options, timer, cancellation);
                }
            }
            while (await timer.WaitForNextTickAsync(cancellation));
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // the program stops
        }
    }

    /// <summary>Serves one broker until the configuration names another one.</summary>
    private async Task ServeAsync(MqttOptions options, PeriodicTimer timer, CancellationToken cancellation)
    {
        var topics = new MqttTopics(options.TopicPrefix);
        var reporter = new MqttReporter(parts, topics, time);
        var sender = new MqttSender(parts, options, topics, reporter, time, logger);
        using var events = parts.Feed.Listen();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        await TryResumeAsync(reporter, cancellation);
        _sender = sender;
        List<Task> tasks =
        [
            sender.RunAsync(end.Token),
            FollowEventsAsync(events, reporter, sender, end.Token),
            FollowCommandsAsync(new CommandDesk(parts, topics, reporter, time, logger), sender, end.Token),
            FollowHealthAsync(reporter, sender, end.Token),
        ];
        var pictures = new Dictionary<string, PictureTaker>(StringComparer.Ordinal);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellation) && IsSame(options, parts.Configuration().Mqtt))
            {
                TakePictures(pictures, reporter, sender);
            }

            reporter.Leave();
        }
        finally
        {
            await end.CancelAsync();
            await Task.WhenAll(tasks).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _sender = null;
        }
    }

    /// <summary>What makes another connection, or other topics.</summary>
    private static bool IsSame(MqttOptions one, MqttOptions other) =>
        one with { Discovery = other.Discovery, PicturesEvery = other.PicturesEvery } == other && one.Discovery.Prefix == other.Discovery.Prefix;

    /// <summary>A disk that hangs is not waited for: who falls later is shown all the same.</summary>
    private async Task TryResumeAsync(MqttReporter reporter, CancellationToken cancellation)
    {
        try
        {
            await Task.Run(() => ResumeAsync(reporter, cancellation), cancellation).WaitAsync(LongestRead, time, cancellation);
        }
        catch (Exception error) when (error is IOException or TimeoutException)
        {
            logger.FallsNotRead(error is TimeoutException ? "the disk does not answer" : error.Message);
        }
    }

    /// <summary>Learns from the timeline who was down when the program ended.</summary>
    private async Task ResumeAsync(MqttReporter reporter, CancellationToken cancellation)
    {
        List<DetectionEvent> falls = [];
        var since = time.GetUtcNow() - FallsSince;
        foreach (var label in new[] { FallLabels.Fall, FallLabels.LongLie, FallLabels.PersonDown, FallLabels.Recovered, FallLabels.GotUp })
        {
            await foreach (var seen in parts.Store.QueryAsync(new EventQuery { From = since, Label = label, Limit = 100 }, cancellation))
            {
                falls.Add(seen);
            }
        }

        var closed = parts.EndedAlerts.Alerts(new Alerts.AlertQuery { IsOpen = false, From = since - FallsSince, Limit = 1000 });
        reporter.Resume(falls.DistinctBy(seen => seen.Id).OrderBy(seen => seen.At), closed);
    }

    private async Task FollowHealthAsync(MqttReporter reporter, MqttSender sender, CancellationToken cancellation)
    {
        await foreach (var snapshot in parts.Health.SubscribeAsync(cancellation))
        {
            Try(() => reporter.Observe(snapshot));
            sender.Wake();
        }
    }

    private async Task FollowEventsAsync(EventListener events, MqttReporter reporter, MqttSender sender, CancellationToken cancellation)
    {
        while (true)
        {
            var seen = await events.NextAsync(cancellation);
            Try(() => reporter.Take(seen));
            sender.Wake();
            if (parts.Configuration().Mqtt.PicturesEvery > TimeSpan.Zero && sender.IsConnected && seen.ImageFileName.Length > 0 && EventMessages.TypeOf(seen) is not null)
            {
                Try(() =>
                {
                    if (parts.Pictures.Of(seen.Id) is { Jpeg.Length: <= LargestPicture } picture)
                    {
                        reporter.Show(seen.Pipeline, picture.Jpeg, isOfEvent: true);
                    }
                });
                sender.Wake();
            }
        }
    }

    private async Task FollowCommandsAsync(CommandDesk desk, MqttSender sender, CancellationToken cancellation)
    {
        await foreach (var command in sender.Commands.ReadAllAsync(cancellation))
        {
            try
            {
                await desk.HandleAsync(command, cancellation);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                logger.MqttFailed(error);
            }

            sender.Wake();
        }
    }

    private void TakePictures(Dictionary<string, PictureTaker> pictures, MqttReporter reporter, MqttSender sender)
    {
        var every = parts.Configuration().Mqtt.PicturesEvery;
        if (every <= TimeSpan.Zero || !sender.IsConnected)
        {
            return;
        }

        foreach (var pipeline in parts.Health.Latest.Pipelines.Where(pipeline => pipeline.State == Health.PipelineState.Running))
        {
            if (!pictures.TryGetValue(pipeline.Name, out var taker))
            {
                pictures[pipeline.Name] = taker = new PictureTaker(parts.Scenes.Of(pipeline.Name), parts.Encoder, time);
            }

            Try(() =>
            {
                if (taker.Take(every) is { Length: <= LargestPicture } jpeg)
                {
                    reporter.Show(pipeline.Name, jpeg, isOfEvent: false);
                    sender.Wake();
                }
            });
        }
    }

    /// <summary>Whatever is wrong here, the next snapshot is another chance.</summary>
    private void Try(Action action)
    {
        try
        {
            action();
        }
        catch (Exception error)
        {
            logger.MqttFailed(error);
        }
    }
}
