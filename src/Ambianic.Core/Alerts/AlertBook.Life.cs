using Ambianic.Core.Configuration;
using Ambianic.Core.Vision.Falls;

namespace Ambianic.Core.Alerts;

/// <content>The life of one alert.</content>
internal sealed partial class AlertBook
{
    private const string ProviderPrefix = "provider:";

    /// <summary>What a device is told, apart from the providers of an entry.</summary>
    private IEnumerable<Recipient> Devices(Alert alert) => alert.TellsDevices
        ? Others(alert, Settings.Devices.Where(device => device.MinSeverity <= alert.Severity).Select(device => new Recipient("", 0, device.Id)))
        : [];

    /// <summary>A provider that does not take messages is not told of that by itself.</summary>
    private static IEnumerable<Recipient> Others(Alert alert, IEnumerable<Recipient> recipients) =>
        alert.Kind == AlertKind.Provider ? recipients.Where(recipient => alert.Incident != ProviderIncident(recipient)) : recipients;

    private AlertUntil Until(Alert alert) =>
        Settings.Of(alert.Notification).Until ?? (alert.Severity == AlertSeverity.Critical ? AlertUntil.Acknowledged : AlertUntil.Delivered);

    private IReadOnlyList<EscalationOptions> LevelsOf(Alert alert) => Settings.Of(alert.Notification).Escalate;

    /// <summary>True when it must not end before a person has answered.</summary>
    public bool NeedsAnswer(Alert alert) => alert.Severity == AlertSeverity.Critical || Until(alert) == AlertUntil.Acknowledged;

    /// <summary>True when it is neither repeated nor escalated any more.</summary>
    private bool IsSatisfied(Alert alert) =>
        alert.AcknowledgedAt is not null || (Until(alert) == AlertUntil.Delivered && (alert.DeliveredAt is not null || HasNobodyToTell(alert)));

    /// <summary>True when it was to be told, and nobody wants to hear of it, for example devices that want to know of critical alerts alone.</summary>
    private bool HasNobodyToTell(Alert alert) => alert is { ToldAt: not null, Told.Count: 0 } && alert.Level >= LevelsOf(alert).Count;

    /// <summary>When the clock alone changes it next; null when only something that happens does.</summary>
    private DateTimeOffset? Due(Alert alert)
    {
        if (alert.AcknowledgedAt is { } acknowledged)
        {
            return acknowledged + CareLasts;
        }

        if (alert.ToldAt is null)
        {
            return alert.RoundAt;
        }

        if (NeedsAnswer(alert) || !IsSatisfied(alert))
        {
            return Earliest(NextLevelAt(alert), NextReminderAt(alert), GivesUpAt(alert));
        }

        return alert.Kind switch
        {
            AlertKind.Detection => VisitEndsAt(alert),
            AlertKind.Restart or AlertKind.Summary => alert.ToldAt,
            _ => null,
        };
    }

    private DateTimeOffset? NextLevelAt(Alert alert) =>
        !IsSatisfied(alert) && alert.Level < LevelsOf(alert).Count ? alert.RoundAt + LevelsOf(alert)[alert.Level].After : null;

    private DateTimeOffset? NextReminderAt(Alert alert) =>
        !IsSatisfied(alert) && NeedsAnswer(alert) && Settings.Of(alert.Notification).RepeatEvery is var every && every > TimeSpan.Zero ? alert.ToldAt + every : null;

    /// <summary>
    /// Only what a person must answer can be given up; what merely is to be delivered ends with its deliveries. Levels that were not told
    /// because delivery was enough do not hold that up.
    /// </summary>
    private DateTimeOffset? GivesUpAt(Alert alert) =>
        NeedsAnswer(alert) && (IsSatisfied(alert) || alert.Level >= LevelsOf(alert).Count)
            ? alert.RoundAt + (LevelsOf(alert) is [.., var last] ? last.After : TimeSpan.Zero) + GiveUpAfter
            : null;

    private DateTimeOffset VisitEndsAt(Alert alert) => alert.LabelsAt.Values.Max() + Settings.Of(alert.Notification).Cooldown;

    /// <summary>Does the first thing that is due, and what follows from it.</summary>
    private Alert Advance(Alert alert, DateTimeOffset now)
    {
        while (!alert.HasEnded && Due(alert) <= now)
        {
            alert = Step(alert, now);
        }

        return alert;
    }

    private Alert Step(Alert alert, DateTimeOffset now)
    {
        if (alert.AcknowledgedAt is not null)
        {
            return End(alert with { Resolution = alert.Resolution ?? "nothing more was heard of it" }, AlertState.Closed, now);
        }

        if (alert.ToldAt is null)
        {
            var isHeld = IsQuiet(alert) && alert.RoundAt - alert.RaisedAt > TimeSpan.FromMinutes(1);
            List<Recipient> first = [.. RecipientsOf(alert, 0), .. Devices(alert)];
            alert = Tell(alert, DeliveryKind.Alert, first, alert.Severity, now, isHeld);
            return first.Count == 0 && LevelsOf(alert).Count > 0 ? Escalate(alert, now) : alert;
        }

        if (NextLevelAt(alert) <= now)
        {
            return Escalate(alert, now);
        }

        if (GivesUpAt(alert) <= now)
        {
            return End(alert, AlertState.Expired, now);
        }

        if (NextReminderAt(alert) <= now)
        {
            return Remind(alert, now);
        }

        alert = alert.Triggers > alert.TriggersTold ? Tell(alert, DeliveryKind.Summary, ToldSoFar(alert), AlertSeverity.Info, now) : alert;
        return End(alert, AlertState.Closed, now);
    }

    /// <summary>Tells the next level on which there is somebody.</summary>
    private Alert Escalate(Alert alert, DateTimeOffset now)
    {
        List<Recipient> recipients;
        do
        {
            alert = alert with { Level = alert.Level + 1 };
            recipients = [.. RecipientsOf(alert, alert.Level)];
        }
        while (recipients.Count == 0 && alert.Level < LevelsOf(alert).Count);
        return Tell(alert, DeliveryKind.Escalation, recipients, alert.Severity, now);
    }

    /// <summary>Whom a message still waits for is not sent a second one: what waits says what is known when it is sent.</summary>
    private Alert Remind(Alert alert, DateTimeOffset now)
    {
        var recipients = Enumerable.Range(0, alert.Level + 1).SelectMany(level => RecipientsOf(alert, level)).Concat(Devices(alert));
        return Tell(alert, DeliveryKind.Reminder, recipients.Where(recipient => !Outbox.Waiting(alert.Id, recipient).Any(IsNewsOf)), alert.Severity, now);

        bool IsNewsOf(Delivery waiting) => waiting.Kind == DeliveryKind.Reminder || (IsNews(waiting.Kind) && alert.HelpAskedBy is null);
    }

    private static bool IsNews(DeliveryKind kind) => kind is DeliveryKind.Alert or DeliveryKind.Reminder or DeliveryKind.Escalation;

    private IEnumerable<Recipient> RecipientsOf(Alert alert, int level)
    {
        var levels = LevelsOf(alert);
        return Others(alert, level == 0 ? Settings.RecipientsOf(alert.Notification)
            : level > levels.Count ? [] // the configuration was edited
            : levels[level - 1].To.SelectMany(Settings.RecipientsOf));
    }

    /// <summary>The incident of a provider that does not take messages: it is told through the others.</summary>
    internal static string ProviderIncident(Recipient recipient) => ProviderPrefix + recipient;

    /// <summary>The provider that an incident is about; null when it is about something else.</summary>
    internal static Recipient? ProviderOf(string incident) =>
        incident.StartsWith(ProviderPrefix, StringComparison.Ordinal) ? Recipient.Parse(incident[ProviderPrefix.Length..]) : null;

    /// <summary>It is over.</summary>
    private Alert Resolve(Alert alert, string how, DateTimeOffset at, DateTimeOffset now)
    {
        if (alert.ResolvedAt is not null || alert.HasEnded)
        {
            return alert;
        }

        alert = alert with { ResolvedAt = at, Resolution = how };
        if (alert.ToldAt is not null)
        {
            alert = Tell(alert, DeliveryKind.Update, ToldSoFar(alert), AlertSeverity.Info, now);
        }

        return alert.AcknowledgedAt is not null || !NeedsAnswer(alert) ? End(alert, AlertState.Closed, now)
            : alert.ToldAt is null ? alert // snoozed: it is told afterwards, as over
            : alert with { State = AlertState.ResolvedUnacknowledged };
    }

    /// <summary>It happened again, or goes on.</summary>
    private Alert Repeat(Alert alert, AlertTrigger trigger, DateTimeOffset now)
    {
        var goesOn = trigger.Labels.Except(alert.Labels).Any();
        var isOver = alert.ResolvedAt is not null;
        alert = alert with
        {
            Triggers = alert.Triggers + 1,
            TriggeredAt = trigger.At > alert.TriggeredAt ? trigger.At : alert.TriggeredAt,
            EventId = trigger.EventId ?? alert.EventId,
            Labels = [.. alert.Labels.Union(trigger.Labels)],
            Reason = trigger.Reason.Length > 0 ? trigger.Reason : alert.Reason,
        };
        var isTheSameFall = goesOn || trigger.Labels.All(label => label == FallLabels.LongLie); // which is reported more than once
        if (alert.AcknowledgedAt is { } acknowledged && isTheSameFall && !isOver && now - acknowledged < OnTheWay)
        {
            return Tell(alert, DeliveryKind.Update, ToldSoFar(alert), AlertSeverity.Warning, now);
        }

        if (alert.AcknowledgedAt is not null || isOver)
        {
            return StartAgain(alert, trigger, now);
        }

        return alert.Kind == AlertKind.Fall && alert.ToldAt is not null ? Remind(alert, now) : alert;
    }

    private Alert StartAgain(Alert alert, AlertTrigger trigger, DateTimeOffset now)
    {
        Outbox.Cancel(alert.Id); // that somebody takes care, or that it is over, is true no more
        var due = HeldUntil(alert, now);
        return Advance(
            alert with
            {
                Round = alert.Round + 1,
                RoundAt = trigger.NotBefore > due ? trigger.NotBefore.Value : due,
                State = AlertState.Raised,
                Level = 0,
                ToldAt = null,
                DeliveredAt = null,
                ReachedLevel = null,
                AcknowledgedAt = null,
                AcknowledgedBy = null,
                HelpAskedBy = null,
                ResolvedAt = null,
                Resolution = null,
            },
            now);
    }

    /// <summary>A delivery was taken, or never will be.</summary>
    private Alert Heard(Alert alert, Delivery delivery, DateTimeOffset now)
    {
        if (delivery.Kind is DeliveryKind.Update or DeliveryKind.Taken or DeliveryKind.Summary)
        {
            return alert;
        }

        if (delivery.State == DeliveryState.Delivered)
        {
            alert = alert with
            {
                DeliveredAt = alert.DeliveredAt ?? now,
                ReachedLevel = LevelOf(alert, delivery.Recipient) is { } level && !(level <= alert.ReachedLevel) ? level : alert.ReachedLevel,
                State = alert.State is AlertState.Raised or AlertState.Delivering ? AlertState.Delivered : alert.State,
            };
            return alert.Kind is AlertKind.Restart or AlertKind.Summary && !NeedsAnswer(alert)
                ? End(alert, AlertState.Closed, now)
                : Advance(alert, now);
        }

        if (alert.ReachedLevel >= alert.Level || alert.AcknowledgedAt is not null || IsWaitedFor(alert))
        {
            return alert;
        }

        // Nobody on this level can be reached: waiting for the next is pointless.
        return alert.Level < LevelsOf(alert).Count && !IsSatisfied(alert) ? Advance(Escalate(alert, now), now)
            : NeedsAnswer(alert) || alert.DeliveredAt is not null ? alert
            : End(alert, AlertState.Expired, now);
    }

    /// <summary>True while something waits for somebody on the level that it has reached.</summary>
    private bool IsWaitedFor(Alert alert) => alert.Level == 0
        ? Outbox.HasWaiting(alert.Id)
        : RecipientsOf(alert, alert.Level).Any(recipient => Outbox.Waiting(alert.Id, recipient).Any());

    /// <summary>The highest level on which a recipient was told; null when it is on none, because the configuration was edited.</summary>
    private int? LevelOf(Alert alert, Recipient recipient)
    {
        for (var level = alert.Level; level >= 0; level--)
        {
            if (RecipientsOf(alert, level).Contains(recipient))
            {
                return level;
            }
        }

        return recipient.Device is null ? null : 0;
    }

    private Alert Answer(Alert alert, AlertAnswer answer, string by, DateTimeOffset now, Recipient? from) => answer switch
    {
        AlertAnswer.FalseAlarm => Resolve(Acknowledge(alert with { Feedback = AlertFeedback.FalseAlarm }, by, now, from), $"a false alarm, says {by}", now, now),
        AlertAnswer.CallForHelp => CallForHelp(alert with { HelpAskedBy = by }, now),
        _ => Acknowledge(alert, by, now, from),
    };

    /// <summary>Somebody who calls for help cannot manage alone, also when they had said that they take care: the next level is told, and the one after.</summary>
    private Alert CallForHelp(Alert alert, DateTimeOffset now)
    {
        if (alert.AcknowledgedAt is not null)
        {
            Outbox.Cancel(alert.Id); // that somebody takes care is true no more
            alert = alert with { RoundAt = now, State = AlertState.Delivering, AcknowledgedAt = null, AcknowledgedBy = null, DeliveredAt = null };
        }

        return alert.Level < LevelsOf(alert).Count ? Advance(Escalate(alert, now), now) : Remind(alert, now);
    }

    /// <summary>The first who answers counts. What waits to be sent is pointless from now on; those who got a message hear who takes care.</summary>
    private Alert Acknowledge(Alert alert, string by, DateTimeOffset now, Recipient? from)
    {
        if (alert.AcknowledgedAt is not null)
        {
            return alert;
        }

        Outbox.Cancel(alert.Id);
        alert = alert with { AcknowledgedAt = now, AcknowledgedBy = by, State = AlertState.Acknowledged };
        if (alert.Feedback != AlertFeedback.FalseAlarm || alert.ResolvedAt is not null)
        {
            alert = Tell(alert, DeliveryKind.Taken, ToldSoFar(alert).Where(recipient => from is null ? recipient.Notification != by : recipient != from), AlertSeverity.Info, now);
        }

        return alert.ResolvedAt is null ? alert : End(alert, AlertState.Closed, now);
    }

    private static Alert End(Alert alert, AlertState state, DateTimeOffset now) => alert with { State = state, EndedAt = now };

    private static IEnumerable<Recipient> ToldSoFar(Alert alert) => alert.Told.Select(Recipient.Parse).OfType<Recipient>();

    /// <summary>Makes the deliveries of one message, one for each recipient.</summary>
    private Alert Tell(Alert alert, DeliveryKind kind, IEnumerable<Recipient> recipients, AlertSeverity severity, DateTimeOffset now, bool isHeld = false)
    {
        List<Recipient> told = [.. recipients.Distinct()];
        var isUpdate = kind is DeliveryKind.Taken or DeliveryKind.Update; // of what was told already
        var notBefore = isUpdate ? now : AfterQuietHours(alert, now);
        foreach (var recipient in told)
        {
            Outbox.Add(new Delivery
            {
                Id = Ids.Of(alert.Id, recipient.ToString(), $"{alert.Tellings}"),
                AlertId = alert.Id,
                Recipient = recipient,
                Kind = kind,
                Severity = severity,
                CreatedAt = now,
                NotBefore = notBefore,
                IsHeld = isHeld || notBefore > now,
            });
        }

        var isNews = IsNews(kind);
        return alert with
        {
            Told = [.. alert.Told.Union(told.Select(recipient => recipient.ToString()))],
            Tellings = alert.Tellings + 1,
            TriggersTold = alert.Triggers,
            ToldAt = isNews ? now : alert.ToldAt,
            State = !isNews ? alert.State : alert.ResolvedAt is not null ? AlertState.ResolvedUnacknowledged : AlertState.Delivering,
        };
    }

    private static DateTimeOffset? Earliest(params ReadOnlySpan<DateTimeOffset?> times)
    {
        DateTimeOffset? earliest = null;
        foreach (var time in times)
        {
            earliest = earliest is null || time < earliest ? time ?? earliest : earliest;
        }

        return earliest;
    }
}
