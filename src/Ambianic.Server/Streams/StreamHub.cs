using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading.Channels;
using Ambianic.Core.Alerts;
using Ambianic.Core.Health;
using Ambianic.Core.Timeline;
using Ambianic.Server.Api;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;

namespace Ambianic.Server.Streams;

/// <summary>Follows the stores of events and alerts and the health, and wakes everybody who listens. Reads each thing once, however many there are.</summary>
internal sealed class StreamHub : BackgroundService
{
    /// <summary>Between two signs of life for one listener.</summary>
    public static readonly TimeSpan BeatEvery = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    /// <summary>Ticks: what is recovered from files is not announced.</summary>
    private const int LookEvery = 5;

    private readonly ConcurrentDictionary<StreamListener, int> _listeners = new();
    private readonly Channel<bool> _hints = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private readonly IAlertFollower _alerts;
    private readonly EventFeed _feed;
    private readonly HealthFeed _health;
    private readonly JsonSerializerOptions _json;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private int _added;
    private bool _hasFailed;

    public StreamHub(
        IEventFollower events,
        IAlertFollower alerts,
        EventFeed feed,
        HealthFeed health,
        HealthReports reports,
        IOptions<JsonOptions> json,
        TimeProvider time,
        ILogger<StreamHub> logger)
    {
        (_alerts, _feed, _health, _json, _time, _logger) = (alerts, feed, health, json.Value.SerializerOptions, time, logger);
        Events = new RecentMessages(new FollowedEvents(events, _json, time));
        Alerts = new RecentMessages(new FollowedAlerts(alerts, _json));
        Health = new StreamHealth(reports, _json);
    }

    /// <summary>New events.</summary>
    public RecentMessages Events { get; }

    /// <summary>Alerts that changed.</summary>
    public RecentMessages Alerts { get; }

    /// <summary>How the pipelines are.</summary>
    public StreamHealth Health { get; }

    /// <summary>Messages from now on, until cancelled.</summary>
    /// <param name="topics">Of what.</param>
    /// <param name="resumeFrom">The id of the message that the listener had last; null when it begins now.</param>
    /// <param name="cancellation">The listener has left.</param>
    public async IAsyncEnumerable<StreamFrame> ListenAsync(StreamTopics topics, string? resumeFrom, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var listener = new StreamListener(this, topics, resumeFrom);
        _listeners[listener] = Interlocked.Increment(ref _added) & int.MaxValue;
        try
        {
            await foreach (var frame in listener.ReadAsync(cancellation))
            {
                yield return frame;
            }
        }
        finally
        {
            _listeners.TryRemove(listener, out _);
        }
    }

    /// <summary>Writes what a listener is sent.</summary>
    public byte[] Json<T>(T content) => JsonSerializer.SerializeToUtf8Bytes(content, _json);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield(); // the first look reads the disk
        _alerts.AlertsStored += Hint;
        try
        {
            await Task.WhenAll(FollowAsync(stoppingToken), HearEventsAsync(stoppingToken), HearHealthAsync(stoppingToken), TickAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            // the program stops
        }
        finally
        {
            _alerts.AlertsStored -= Hint;
        }
    }

    private void Hint() => _hints.Writer.TryWrite(true);

    private async Task FollowAsync(CancellationToken cancellation)
    {
        do
        {
            if (TryUpdate(Events) | TryUpdate(Alerts))
            {
                WakeAll();
            }
        }
        while (await _hints.Reader.ReadAsync(cancellation));
    }

    private bool TryUpdate(RecentMessages messages)
    {
        try
        {
            return messages.Update();
        }
        catch (IOException)
        {
            return false; // the health says so; tried again
        }
        catch (Exception error)
        {
            if (!_hasFailed)
            {
                _logger.StreamFailed(error);
                _hasFailed = true;
            }

            return false;
        }
    }

    private async Task HearEventsAsync(CancellationToken cancellation)
    {
        using var events = _feed.Listen();
        while (true)
        {
            await events.NextAsync(cancellation);
            Hint();
        }
    }

    private async Task HearHealthAsync(CancellationToken cancellation)
    {
        await foreach (var _ in _health.SubscribeAsync(cancellation))
        {
            if (!_listeners.IsEmpty && Health.Update())
            {
                WakeAll();
            }
        }
    }

    private async Task TickAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(Tick, _time);
        for (var tick = 0; await timer.WaitForNextTickAsync(cancellation); tick = (tick + 1) % (LookEvery * (int)BeatEvery.TotalSeconds))
        {
            if (Events.End is null || Alerts.End is null || tick % LookEvery == 0)
            {
                Hint();
            }

            foreach (var (listener, number) in _listeners)
            {
                if (number % (int)BeatEvery.TotalSeconds == tick % (int)BeatEvery.TotalSeconds)
                {
                    listener.Beat();
                }
            }
        }
    }

    private void WakeAll()
    {
        foreach (var (listener, _) in _listeners)
        {
            listener.Wake();
        }
    }
}
