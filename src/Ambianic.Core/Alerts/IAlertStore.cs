using Ambianic.Core.Configuration;
using Ambianic.Core.Timeline;

namespace Ambianic.Core.Alerts;

/// <summary>The durable copy of everything that alerting has to remember. Safe to use from several threads.</summary>
public interface IAlertStore
{
    /// <summary>What an earlier run left: alerts that have not ended, deliveries that wait, snoozes, and how far the timeline was read.</summary>
    /// <exception cref="IOException">It cannot be read; the message says what to do.</exception>
    AlertJournal Load();

    /// <summary>Stores changes, all or none; when it returns, they survive a loss of power.</summary>
    /// <exception cref="AlertStoreReplacedException">Nothing was stored, and what was stored before is lost: everything that the caller remembers is to be committed.</exception>
    /// <exception cref="IOException">Nothing was stored; the message says what to do. Trying again with the same changes is safe.</exception>
    void Commit(AlertChanges changes);

    /// <summary>Alerts that match, newest first.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    IReadOnlyList<Alert> Alerts(AlertQuery query);

    /// <summary>Deliveries of one alert, or of all, newest first.</summary>
    /// <param name="alertId">The alert; null for all.</param>
    /// <param name="limit">Deliveries at most.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    IReadOnlyList<Delivery> Deliveries(string? alertId, int limit);

    /// <summary>Events of one alert, oldest first.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    IReadOnlyList<string> EventsOf(string alertId);

    /// <summary>True when an event belongs to an alert already.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    bool IsAlerted(string eventId);

    /// <summary>What people said of alerts, by pipeline and kind.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    IReadOnlyList<FeedbackCount> Feedback();

    /// <summary>A secret of this installation that is made on first use and kept, for example the key that signs links.</summary>
    /// <param name="name">For example <c>links</c>.</param>
    /// <param name="make">Makes it, once.</param>
    /// <exception cref="IOException">It cannot be read or stored.</exception>
    byte[] Secret(string name, Func<byte[]> make);

    /// <summary>Devices that subscribed to Web Push.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    IReadOnlyList<PushSubscription> Subscriptions();

    /// <summary>Stores a subscription; one with the same endpoint is replaced.</summary>
    /// <exception cref="IOException">It could not be stored.</exception>
    void Subscribe(PushSubscription subscription);

    /// <summary>Forgets a subscription.</summary>
    /// <returns>False when there is none of this id.</returns>
    /// <exception cref="IOException">It could not be stored.</exception>
    bool Unsubscribe(string id);
}

/// <summary>What an earlier run left.</summary>
/// <param name="Cursor">How far the timeline was read; null when it never was. When what was stored is lost, a position an hour before that, so that events of this hour come again.</param>
/// <param name="Open">Alerts that have not ended.</param>
/// <param name="Waiting">Deliveries that wait, and those that have a receipt and belong to an alert that has not ended.</param>
/// <param name="Snoozes">By pipeline, until when.</param>
/// <param name="EndedCleanly">False when the run before was killed; true when there was none.</param>
/// <param name="IsEnabled">False when a person has switched all notifications off.</param>
public sealed record AlertJournal(
    EventCursor? Cursor,
    IReadOnlyList<Alert> Open,
    IReadOnlyList<Delivery> Waiting,
    IReadOnlyDictionary<string, DateTimeOffset> Snoozes,
    bool EndedCleanly,
    bool IsEnabled = true);

/// <summary>Changes that belong together.</summary>
public sealed record AlertChanges
{
    /// <summary>Nothing.</summary>
    public static AlertChanges None { get; } = new();

    /// <summary>How far the timeline was read; null leaves it.</summary>
    public EventCursor? Cursor { get; init; }

    /// <summary>New or changed.</summary>
    public IReadOnlyList<Alert> Alerts { get; init; } = [];

    /// <summary>New or changed.</summary>
    public IReadOnlyList<Delivery> Deliveries { get; init; } = [];

    /// <summary>Events that belong to alerts.</summary>
    public IReadOnlyList<(string AlertId, string EventId)> Events { get; init; } = [];

    /// <summary>By pipeline, until when; a time that has passed removes it.</summary>
    public IReadOnlyDictionary<string, DateTimeOffset> Snoozes { get; init; } = new Dictionary<string, DateTimeOffset>();

    /// <summary>True at the start and false at a clean end of the program; null leaves it.</summary>
    public bool? IsRunning { get; init; }

    /// <summary>False when a person switches all notifications off, true when on; null leaves it.</summary>
    public bool? IsEnabled { get; init; }

    /// <summary>True when there is nothing to store but a cursor, which may wait.</summary>
    public bool IsEmpty => Alerts.Count == 0 && Deliveries.Count == 0 && Events.Count == 0 && Snoozes.Count == 0 && IsRunning is null && IsEnabled is null;

    /// <summary>These and then others, as one; of two states of one alert or delivery the later counts.</summary>
    public AlertChanges Then(AlertChanges next) => next is { IsEmpty: true, Cursor: null } ? this : new()
    {
        Cursor = next.Cursor ?? Cursor,
        Alerts = [.. Alerts.Concat(next.Alerts).Reverse().DistinctBy(alert => alert.Id).Reverse()],
        Deliveries = [.. Deliveries.Concat(next.Deliveries).Reverse().DistinctBy(delivery => delivery.Id).Reverse()],
        Events = [.. Events.Concat(next.Events).Distinct()],
        Snoozes = Snoozes.Concat(next.Snoozes).Reverse().DistinctBy(snooze => snooze.Key).ToDictionary(),
        IsRunning = next.IsRunning ?? IsRunning,
        IsEnabled = next.IsEnabled ?? IsEnabled,
    };
}

/// <summary>Which alerts; a null matches all.</summary>
public sealed record AlertQuery
{
    /// <summary>With this id.</summary>
    public string? Id { get; init; }

    /// <summary>In this state.</summary>
    public AlertState? State { get; init; }

    /// <summary>True for those that have not ended, false for those that have.</summary>
    public bool? IsOpen { get; init; }

    /// <summary>Of this severity.</summary>
    public AlertSeverity? Severity { get; init; }

    /// <summary>Of this pipeline.</summary>
    public string? Pipeline { get; init; }

    /// <summary>Raised at or after.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Raised before.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Alerts to pass over.</summary>
    public int Offset { get; init; }

    /// <summary>Alerts at most.</summary>
    public int Limit { get; init; } = 100;
}

/// <summary>What people said of alerts.</summary>
/// <param name="Pipeline">Its pipeline.</param>
/// <param name="Kind">What they were about.</param>
/// <param name="Correct">True ones.</param>
/// <param name="FalseAlarms">False alarms.</param>
public sealed record FeedbackCount(string Pipeline, AlertKind Kind, int Correct, int FalseAlarms);

/// <summary>A device that gets messages by Web Push (RFC 8030).</summary>
/// <param name="Id">Its name here, hexadecimal digits.</param>
/// <param name="Endpoint">Where messages for it go; a secret.</param>
/// <param name="P256dh">Its public key, base64url (RFC 8291).</param>
/// <param name="Auth">Its authentication secret, base64url.</param>
/// <param name="Name">What its owner calls it.</param>
/// <param name="MinSeverity">It is not told of alerts that matter less.</param>
public sealed record PushSubscription(string Id, string Endpoint, string P256dh, string Auth, string Name, AlertSeverity MinSeverity);
