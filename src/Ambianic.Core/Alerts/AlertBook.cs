using Ambianic.Core.Configuration;

namespace Ambianic.Core.Alerts;

/// <summary>
/// All alerts that have not ended, and the transitions of their life (docs/reference/alerts.md has them as a table). No I/O: what changes
/// is collected and taken by <see cref="TakeChanges"/>. Used by one thread.
/// </summary>
/// <param name="settings">Whom to tell.</param>
internal sealed partial class AlertBook(AlertSettings settings)
{
    /// <summary>Who has just said that they take care is on the way: what is new about the same fall does not start again.</summary>
    public static readonly TimeSpan OnTheWay = TimeSpan.FromMinutes(5);

    /// <summary>A critical alert that everybody on the list was told and nobody has answered is repeated for this long.</summary>
    public static readonly TimeSpan GiveUpAfter = TimeSpan.FromHours(2);

    /// <summary>An alert that somebody takes care of ends after this time at the latest, if nobody says that it is over.</summary>
    public static readonly TimeSpan CareLasts = TimeSpan.FromHours(12);

    /// <summary>What could not be delivered for this long is not tried any more.</summary>
    public static readonly TimeSpan DeliveryLasts = TimeSpan.FromHours(24);

    /// <summary>How long the button snoozes a camera.</summary>
    public static readonly TimeSpan SnoozeLasts = TimeSpan.FromMinutes(30);

    private const string EarlierRun = "@";

    private readonly Dictionary<string, Alert> _open = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Incident, string Notification, string Label), string> _latest = []; // id by what it is found by; the label of detections alone
    private readonly PriorityQueue<string, DateTimeOffset> _due = new(); // ids; what is no longer true is passed over
    private readonly Dictionary<string, DateTimeOffset> _snoozes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Alert> _changedAlerts = new(StringComparer.Ordinal);
    private readonly List<(string AlertId, string EventId)> _newEvents = [];
    private readonly Dictionary<string, DateTimeOffset> _changedSnoozes = new(StringComparer.Ordinal);

    /// <summary>Whom to tell.</summary>
    public AlertSettings Settings { get; private set; } = settings;

    /// <summary>The configuration was read again.</summary>
    public void Use(AlertSettings next, DateTimeOffset now)
    {
        Settings = next;
        foreach (var alert in _open.Values.ToList())
        {
            Adopt(alert, now);
        }

        Schedule();
    }

    /// <summary>Alerts that have not ended.</summary>
    public IReadOnlyCollection<Alert> Open => _open.Values;

    /// <summary>Everything to be sent.</summary>
    public Outbox Outbox { get; } = new();

    /// <summary>Takes over what an earlier run left. What nobody could answer meanwhile is not given up because of that: it is told again.</summary>
    public void Resume(AlertJournal journal, DateTimeOffset now)
    {
        foreach (var alert in journal.Open.OrderBy(alert => alert.RaisedAt))
        {
            var last = LevelsOf(alert) is [.., var level] ? level.After : TimeSpan.Zero;
            var wasAway = alert.IsUnanswered && NeedsAnswer(alert) && alert.RoundAt + last + GiveUpAfter <= now && now - alert.TriggeredAt < DeliveryLasts;
            Keep(alert);
            Change(OfEarlierRun(wasAway ? alert with { RoundAt = now } : alert, now));
            Adopt(_open[alert.Id], now);
        }

        foreach (var (pipeline, until) in journal.Snoozes)
        {
            _snoozes[pipeline] = until;
        }

        // a pause of the earlier run says nothing of this one, and may count by a clock that was wrong; what is held waits on
        Outbox.Resume([.. journal.Waiting.Select(delivery => delivery.NotBefore > now && (!delivery.IsHeld || delivery.NotBefore > now + WeeklyTimes.Longest)
            ? delivery with { CreatedAt = Earlier(delivery.CreatedAt, now), NotBefore = now }
            : delivery)]);
    }

    /// <summary>
    /// What happened is not in the future: a computer without a battery for its clock may start with an old time. Tracks count from one
    /// in each run, so that a person of this run is not the one who fell in an earlier one.
    /// </summary>
    private static Alert OfEarlierRun(Alert alert, DateTimeOffset now) => alert with
    {
        Incident = alert.Kind == AlertKind.Fall && !alert.Incident.Contains(EarlierRun) ? $"{alert.Incident}{EarlierRun}{alert.RaisedAt.UtcTicks}" : alert.Incident,
        RoundAt = alert.ToldAt is null ? alert.RoundAt : Earlier(alert.RoundAt, now),
        ToldAt = alert.ToldAt is { } told ? Earlier(told, now) : null,
        AcknowledgedAt = alert.AcknowledgedAt is { } acknowledged ? Earlier(acknowledged, now) : null,
        LabelsAt = alert.LabelsAt.ToDictionary(label => label.Key, label => Earlier(label.Value, now)),
    };

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;

    /// <summary>An entry that was renamed or removed: another one tells how it goes on. A pipeline that is watched no more has no outage.</summary>
    private void Adopt(Alert alert, DateTimeOffset now)
    {
        if (Settings.InsteadOf(alert.Notification, alert.Pipeline) is { } name && name != alert.Notification)
        {
            alert = Change(alert with { Notification = name });
        }

        if (alert.Kind == AlertKind.Outage && !Settings.HasPipeline(alert.Pipeline))
        {
            Change(End(alert with { Resolution = alert.Resolution ?? "the pipeline was removed" }, AlertState.Closed, now));
        }
    }

    /// <summary>An alert that nobody answered in time is open again, so that it can be answered.</summary>
    public void Reopen(Alert expired)
    {
        Keep(expired with { State = AlertState.Delivered, EndedAt = null });
        _changedAlerts[expired.Id] = _open[expired.Id];
    }

    /// <summary>
    /// The clock was set: what is to come is as far away as before, so that no alert ends unheard and none waits for hours. What has
    /// happened keeps the time that it was seen at.
    /// </summary>
    /// <param name="step">Positive when it was set forward.</param>
    /// <param name="now">Wall clock.</param>
    public void Shift(TimeSpan step, DateTimeOffset now)
    {
        foreach (var alert in _open.Values.ToList())
        {
            Change(alert with
            {
                RoundAt = alert.RoundAt + step,
                ToldAt = alert.ToldAt + step,
                AcknowledgedAt = alert.AcknowledgedAt + step,
                LabelsAt = alert.LabelsAt.ToDictionary(label => label.Key, label => label.Value + step),
            });
        }

        foreach (var (pipeline, until) in _snoozes.ToList())
        {
            _changedSnoozes[pipeline] = _snoozes[pipeline] = until + step;
        }

        Outbox.Shift(step);
        Tick(now);
    }

    /// <summary>An open alert; null when there is none of this id.</summary>
    public Alert? Find(string id) => _open.GetValueOrDefault(id);

    /// <summary>What changed since the last call; to be stored before anything is sent.</summary>
    public AlertChanges TakeChanges()
    {
        var changes = new AlertChanges
        {
            Alerts = [.. _changedAlerts.Values],
            Events = [.. _newEvents],
            Snoozes = new Dictionary<string, DateTimeOffset>(_changedSnoozes),
            Deliveries = Outbox.TakeChanges(),
        };
        _changedAlerts.Clear();
        _newEvents.Clear();
        _changedSnoozes.Clear();
        return changes;
    }

    /// <summary>All there is, for a store that has lost it.</summary>
    public AlertChanges Everything() => new()
    {
        Alerts = [.. _open.Values],
        Deliveries = [.. Outbox.Queues.SelectMany(queue => queue.Waiting.Concat(queue.Receipts))],
        Events = [.. _open.Values.Where(alert => alert.EventId is not null).Select(alert => (alert.Id, alert.EventId!))],
        Snoozes = new Dictionary<string, DateTimeOffset>(_snoozes),
    };

    /// <summary>Several things happened at once, or one that several entries tell of.</summary>
    public void Trigger(IReadOnlyList<AlertTrigger> triggers, DateTimeOffset now)
    {
        HashSet<string> told = [];
        foreach (var trigger in triggers.OrderByDescending(trigger => trigger.Severity)) // devices are told by the most severe
        {
            Trigger(trigger, now, tellsDevices: told.Add(trigger.Incident));
        }
    }

    /// <summary>Something happened: raises an alert, or changes the one that there is.</summary>
    /// <param name="trigger">What happened.</param>
    /// <param name="now">Wall clock.</param>
    /// <param name="tellsDevices">True for one trigger of an incident: who subscribed on the page is told once, whatever number of entries tell of it.</param>
    public void Trigger(AlertTrigger trigger, DateTimeOffset now, bool tellsDevices)
    {
        if (trigger.Kind == AlertKind.Detection)
        {
            See(trigger, now, tellsDevices);
            return;
        }

        if (trigger.Resolves)
        {
            foreach (var over in _open.Values.Where(alert => alert.Incident == trigger.Incident).ToList())
            {
                Link(over.Id, trigger.EventId);
                Change(Resolve(over, trigger.Reason, trigger.At, now));
            }
        }
        else if (Latest(trigger, "") is { } alert)
        {
            Link(alert.Id, trigger.EventId);
            Change(Repeat(alert, trigger, now));
        }
        else
        {
            Raise(trigger, trigger.Labels, now, tellsDevices);
        }
    }

    /// <summary>Does what is due: first messages, reminders, escalation, ends.</summary>
    public void Tick(DateTimeOffset now)
    {
        foreach (var (pipeline, _) in _snoozes.Where(snooze => snooze.Value <= now).ToList())
        {
            _snoozes.Remove(pipeline);
            _changedSnoozes[pipeline] = now;
        }

        Hear(Outbox.ExpireOld(now), now);
        while (NextAlertDue <= now)
        {
            Change(Advance(_open[_due.Dequeue()], now));
        }
    }

    /// <summary>The earliest time at which <see cref="Tick"/> has something to do; null when there is none.</summary>
    public DateTimeOffset? NextDue => Earliest(NextAlertDue, _snoozes.Count == 0 ? null : _snoozes.Values.Min());

    private DateTimeOffset? NextAlertDue
    {
        get
        {
            while (_due.TryPeek(out var id, out var due))
            {
                if (_open.TryGetValue(id, out var alert) && Due(alert) == due)
                {
                    return due;
                }

                _due.Dequeue();
            }

            return null;
        }
    }

    /// <summary>A delivery ended: it was taken, will be tried again, or never will be taken.</summary>
    public void Report(IReadOnlyList<Delivery> deliveries, DeliveryOutcome outcome, DateTimeOffset now)
    {
        Hear(Outbox.Report(deliveries, outcome, now), now);
    }

    /// <summary>A person answers, for all alerts of the incident.</summary>
    /// <returns>The alert as it is now; null when it is not open.</returns>
    public Alert? Answer(string alertId, AlertAnswer answer, string by, DateTimeOffset now, Recipient? from = null)
    {
        if (_open.GetValueOrDefault(alertId) is not { } answered)
        {
            return null;
        }

        if (answer == AlertAnswer.Snooze && answered.Pipeline.Length > 0)
        {
            Snooze(answered.Pipeline, now + SnoozeLasts, now);
        }

        foreach (var alert in _open.Values.Where(alert => alert.Incident == answered.Incident).ToList())
        {
            answered = Change(Answer(alert, answer, by, now, from)) is var next && next.Id == alertId ? next : answered;
        }

        return answered;
    }

    /// <summary>What a person says of all alerts of the incident; changes nothing else.</summary>
    /// <returns>The alert as it is now; null when none of this id is open.</returns>
    public Alert? Judge(string alertId, AlertFeedback feedback)
    {
        if (_open.GetValueOrDefault(alertId) is not { } judged)
        {
            return null;
        }

        foreach (var alert in _open.Values.Where(alert => alert.Incident == judged.Incident).ToList())
        {
            Change(alert with { Feedback = feedback });
        }

        return _open.GetValueOrDefault(alertId);
    }

    /// <summary>A person says that it is over, for all alerts of the incident; who says so knows of it.</summary>
    /// <returns>The alert as it is now; null when it is not open.</returns>
    public Alert? Close(string alertId, string by, DateTimeOffset now)
    {
        if (_open.GetValueOrDefault(alertId) is not { } closed)
        {
            return null;
        }

        foreach (var alert in _open.Values.Where(alert => alert.Incident == closed.Incident).ToList())
        {
            var next = Change(Resolve(Acknowledge(alert, by, now, from: null), $"over, says {by}", now, now));
            closed = next.Id == alertId ? next : closed;
        }

        return closed;
    }

    /// <summary>Holds back the messages of a pipeline until a time; one that has passed ends the snooze.</summary>
    public void Snooze(string pipeline, DateTimeOffset until, DateTimeOffset now)
    {
        if (until > now)
        {
            _snoozes[pipeline] = until;
        }
        else
        {
            _snoozes.Remove(pipeline);
        }

        _changedSnoozes[pipeline] = until;
        foreach (var alert in _open.Values.Where(alert => alert.Pipeline == pipeline && alert.ToldAt is null && alert.RoundAt > now && alert.Kind is not AlertKind.Outage).ToList())
        {
            Change(alert with { RoundAt = HeldUntil(alert, now) });
        }
    }

    /// <summary>A person wants to be told of nothing: nothing is sent any more, and what merely was to be told ends, because nobody hears how it goes on.</summary>
    public void SwitchOff(DateTimeOffset now)
    {
        Outbox.CancelAll();
        foreach (var alert in _open.Values.Where(alert => !NeedsAnswer(alert)).ToList())
        {
            Change(End(alert with { Resolution = alert.Resolution ?? "notifications were switched off" }, AlertState.Closed, now));
        }
    }

    /// <summary>Until when a pipeline is snoozed; null when it is not.</summary>
    public DateTimeOffset? SnoozedUntil(string pipeline) => _snoozes.TryGetValue(pipeline, out var until) ? until : null;

    private void Raise(AlertTrigger trigger, IReadOnlyList<string> labels, DateTimeOffset now, bool tellsDevices)
    {
        var alert = new Alert
        {
            Id = trigger.AlertId,
            Incident = trigger.Incident,
            Notification = trigger.Notification,
            Kind = trigger.Kind,
            Severity = trigger.Kind == AlertKind.Fall ? AlertSeverity.Critical : trigger.Severity,
            Pipeline = trigger.Pipeline,
            Source = trigger.Source,
            Labels = labels,
            LabelsAt = labels.ToDictionary(label => label, _ => trigger.At),
            Reason = trigger.Reason,
            Confidence = trigger.Confidence,
            RaisedAt = trigger.At,
            TriggeredAt = trigger.At,
            EventId = trigger.EventId,
            RoundAt = now,
            TellsDevices = tellsDevices,
            IsTest = trigger.IsTest,
        };
        Link(alert.Id, trigger.EventId);
        var due = HeldUntil(alert, now);
        Change(Advance(alert with { RoundAt = trigger.NotBefore > due ? trigger.NotBefore.Value : due }, now));
    }

    /// <summary>Detections belong together by label, while less than the cooldown lies between them.</summary>
    private void See(AlertTrigger trigger, DateTimeOffset now, bool tellsDevices)
    {
        var cooldown = Settings.Of(trigger.Notification).Cooldown;
        List<string> unseen = [.. trigger.Labels];
        foreach (var alert in trigger.Labels.Select(label => Latest(trigger, label)).OfType<Alert>().DistinctBy(alert => alert.Id).ToList())
        {
            var known = trigger.Labels.Where(label => alert.LabelsAt.TryGetValue(label, out var last) && (trigger.At - last).Duration() < cooldown).ToList();
            if (known.Count == 0)
            {
                continue;
            }

            unseen.RemoveAll(known.Contains);
            Link(alert.Id, trigger.EventId);
            Change(alert with
            {
                LabelsAt = alert.LabelsAt.ToDictionary(label => label.Key, label => known.Contains(label.Key) && trigger.At > label.Value ? trigger.At : label.Value),
                TriggeredAt = trigger.At > alert.TriggeredAt ? trigger.At : alert.TriggeredAt,
                Triggers = alert.Triggers + 1,
            });
        }

        if (unseen.Count > 0)
        {
            Raise(trigger, unseen, now, tellsDevices);
        }
    }

    private void Hear(IReadOnlyList<Delivery> deliveries, DateTimeOffset now)
    {
        foreach (var delivery in deliveries.Where(delivery => delivery.State is not (DeliveryState.Waiting or DeliveryState.Cancelled)))
        {
            if (_open.GetValueOrDefault(delivery.AlertId) is { } alert)
            {
                Change(Heard(alert, delivery, now));
            }
        }
    }

    private Alert Change(Alert alert)
    {
        if (ReferenceEquals(_open.GetValueOrDefault(alert.Id), alert))
        {
            return alert;
        }

        _changedAlerts[alert.Id] = alert;
        if (alert.HasEnded)
        {
            _open.Remove(alert.Id, out var known);
            Forget(known ?? alert);
        }
        else
        {
            Keep(alert);
        }

        return alert;
    }

    private void Keep(Alert alert)
    {
        var known = _open.GetValueOrDefault(alert.Id);
        if (known is null || (known.Incident, known.Notification) != (alert.Incident, alert.Notification))
        {
            Forget(known);
            foreach (var key in Keys(alert))
            {
                _latest[key] = alert.Id;
            }
        }

        _open[alert.Id] = alert;
        if (Due(alert) is { } due)
        {
            _due.Enqueue(alert.Id, due);
        }
    }

    private void Forget(Alert? alert)
    {
        foreach (var key in alert is null ? [] : Keys(alert).Where(key => _latest.GetValueOrDefault(key) == alert.Id).ToList())
        {
            _latest.Remove(key);
        }
    }

    private void Schedule()
    {
        _due.Clear();
        _due.EnqueueRange(_open.Values.Select(alert => (alert.Id, Due: Due(alert))).Where(item => item.Due is not null).Select(item => (item.Id, item.Due!.Value)));
    }

    private Alert? Latest(AlertTrigger trigger, string label) =>
        _latest.TryGetValue((trigger.Incident, trigger.Notification, label), out var id) ? _open[id] : null;

    /// <summary>By what an alert is found when something happens again.</summary>
    private static IEnumerable<(string Incident, string Notification, string Label)> Keys(Alert alert) =>
        (alert.Kind == AlertKind.Detection ? alert.Labels : [""]).Select(label => (alert.Incident, alert.Notification, label));

    private void Link(string alertId, string? eventId)
    {
        if (eventId is not null)
        {
            _newEvents.Add((alertId, eventId));
        }
    }

    /// <summary>When its first message may be sent: now, or at the end of a snooze or of the quiet hours.</summary>
    private DateTimeOffset HeldUntil(Alert alert, DateTimeOffset now)
    {
        if (alert.IsTest)
        {
            return now;
        }

        var due = SnoozedUntil(alert.Pipeline) is { } snoozed && snoozed > now ? snoozed : now;
        return AfterQuietHours(alert, due);
    }

    /// <summary>Falls, outages and what keeps falls from being told are told at any hour.</summary>
    private DateTimeOffset AfterQuietHours(Alert alert, DateTimeOffset due) =>
        IsQuiet(alert) ? WeeklyTimes.FirstOutside(Settings.Of(alert.Notification).QuietHours, due, Settings.Zone) : due;

    private static bool IsQuiet(Alert alert) =>
        alert.Severity != AlertSeverity.Critical && !alert.IsTest && alert.Kind is not (AlertKind.Outage or AlertKind.Storage or AlertKind.Provider);
}
