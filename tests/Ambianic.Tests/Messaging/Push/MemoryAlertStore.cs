using Ambianic.Core.Alerts;
using Ambianic.Core.Timeline;

namespace Ambianic.Tests.Messaging.Push;

/// <summary>What alerting remembers, for as long as a test lasts.</summary>
internal sealed class MemoryAlertStore : IAlertStore
{
    private readonly Dictionary<string, byte[]> _secrets = [];
    private readonly Dictionary<string, PushSubscription> _subscriptions = [];
    private readonly Dictionary<string, Alert> _alerts = [];
    private readonly Dictionary<string, Delivery> _deliveries = [];
    private readonly List<(string AlertId, string EventId)> _events = [];
    private readonly Dictionary<string, DateTimeOffset> _snoozes = [];
    private EventCursor? _cursor;
    private bool _isRunning;
    private bool _isEnabled = true;
    private bool _isReplaced;

    /// <summary>Every call fails from now on, as with a broken disk.</summary>
    public bool IsBroken { get; set; }

    public IReadOnlyList<FeedbackCount> Counts { get; set; } = [];

    public AlertJournal Load() => Read(() =>
    {
        var open = _alerts.Values.Where(alert => !alert.HasEnded).ToList();
        return new AlertJournal(
            _cursor,
            open,
            [.. _deliveries.Values.Where(delivery => delivery.State == DeliveryState.Waiting || (delivery.Receipt is not null && open.Any(alert => alert.Id == delivery.AlertId)))],
            new Dictionary<string, DateTimeOffset>(_snoozes),
            EndedCleanly: !_isRunning,
            _isEnabled);
    });

    /// <summary>Loses everything, as a database that is damaged while it is in use.</summary>
    public void Replace() => Read(() =>
    {
        _alerts.Clear();
        _deliveries.Clear();
        _events.Clear();
        _snoozes.Clear();
        (_cursor, _isRunning, _isEnabled, _isReplaced) = (null, false, true, true);
        return true;
    });

    public void Commit(AlertChanges changes) => Read(() =>
    {
        if (_isReplaced)
        {
            _isReplaced = false;
            throw new AlertStoreReplacedException("the database is damaged and is made anew");
        }

        (_cursor, _isRunning, _isEnabled) = (changes.Cursor ?? _cursor, changes.IsRunning ?? _isRunning, changes.IsEnabled ?? _isEnabled);
        foreach (var (pipeline, until) in changes.Snoozes)
        {
            _snoozes[pipeline] = until;
        }

        foreach (var alert in changes.Alerts)
        {
            _alerts[alert.Id] = alert;
        }

        foreach (var delivery in changes.Deliveries)
        {
            _deliveries[delivery.Id] = delivery;
        }

        _events.AddRange(changes.Events);
        return true;
    });

    public IReadOnlyList<Alert> Alerts(AlertQuery query) => Read(() =>
        _alerts.Values.Where(alert => (query.Id is null || alert.Id == query.Id)
                && (query.State is null || alert.State == query.State)
                && (query.IsOpen is null || alert.HasEnded != query.IsOpen)
                && (query.Severity is null || alert.Severity == query.Severity)
                && (query.Pipeline is null || alert.Pipeline == query.Pipeline)
                && (query.From is null || alert.RaisedAt >= query.From)
                && (query.To is null || alert.RaisedAt < query.To))
            .OrderByDescending(alert => alert.RaisedAt).Skip(query.Offset).Take(query.Limit).ToList());

    public IReadOnlyList<Delivery> Deliveries(string? alertId, int limit) => Read(() =>
        _deliveries.Values.Where(delivery => alertId is null || delivery.AlertId == alertId).OrderByDescending(delivery => delivery.CreatedAt).Take(limit).ToList());

    public IReadOnlyList<string> EventsOf(string alertId) => Read(() => _events.Where(one => one.AlertId == alertId).Select(one => one.EventId).ToList());

    public bool IsAlerted(string eventId) => Read(() => _events.Any(one => one.EventId == eventId));

    public IReadOnlyList<FeedbackCount> Feedback() => Counts;

    public byte[] Secret(string name, Func<byte[]> make)
    {
        lock (_secrets)
        {
            Fail();
            return _secrets.TryGetValue(name, out var secret) ? secret : _secrets[name] = make();
        }
    }

    public IReadOnlyList<PushSubscription> Subscriptions() => Read(() => _subscriptions.Values.ToList());

    public void Subscribe(PushSubscription subscription) => Read(() => _subscriptions[subscription.Endpoint] = subscription);

    public bool Unsubscribe(string id) => Read(() =>
        _subscriptions.Values.FirstOrDefault(subscription => subscription.Id == id) is { } found && _subscriptions.Remove(found.Endpoint));

    private T Read<T>(Func<T> read)
    {
        lock (_subscriptions)
        {
            Fail();
            return read();
        }
    }

    private void Fail()
    {
        if (IsBroken)
        {
            throw new IOException("the disk is full; make room");
        }
    }
}
