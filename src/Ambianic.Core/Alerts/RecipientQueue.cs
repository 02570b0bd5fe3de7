using Ambianic.Core.Configuration;
using Ambianic.Core.Health;

namespace Ambianic.Core.Alerts;

/// <summary>
/// What one recipient is to be sent, and when. Critical messages go out one by one as soon as they can; while the provider fails, one a
/// second is tried, new ones first. Others are at most three a minute; more than that, and those that were held back, become one message.
/// Used by one thread.
/// </summary>
internal sealed class RecipientQueue(Recipient recipient)
{
    /// <summary>So long a provider may take nothing before others are told.</summary>
    public static readonly TimeSpan FailsFor = TimeSpan.FromMinutes(15);

    /// <summary>No pause is longer, whatever a provider asks for.</summary>
    public static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);

    private const int MostInAMinute = 3;
    private const int MostInAMessage = 100;

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    /// <summary>Thousands of critical messages for a provider that fails must not keep the processor and the disk busy.</summary>
    private static readonly TimeSpan UrgentPause = TimeSpan.FromSeconds(1);

    private static readonly Backoff Retry = new(TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(10));

    private readonly Dictionary<string, Delivery> _waiting = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Delivery> _receipts = new(StringComparer.Ordinal);
    private readonly Queue<DateTimeOffset> _sent = new();
    private (DateTimeOffset? Urgent, DateTimeOffset? Other)? _earliest; // null when it has to be looked for
    private DateTimeOffset _pausedUntil = DateTimeOffset.MinValue;
    private DateTimeOffset _urgentPausedUntil = DateTimeOffset.MinValue;
    private int _failures;

    /// <summary>Who gets it.</summary>
    public Recipient Recipient => recipient;

    /// <summary>What waits to be sent.</summary>
    public IReadOnlyCollection<Delivery> Waiting => _waiting.Values;

    /// <summary>What was sent and can still be acknowledged with the provider.</summary>
    public IReadOnlyCollection<Delivery> Receipts => _receipts.Values;

    /// <summary>Since when every attempt failed; null when the last one did not.</summary>
    public DateTimeOffset? FailingSince { get; private set; }

    /// <summary>Why the last attempt failed; null when it did not.</summary>
    public string? Error { get; private set; }

    /// <summary>True when the provider has taken a message in this run.</summary>
    public bool HasDelivered { get; private set; }

    /// <summary>What waits under this id; null when nothing does.</summary>
    public Delivery? Find(string id) => _waiting.GetValueOrDefault(id);

    public void Put(Delivery delivery)
    {
        if (delivery.Receipt is not null && delivery.State != DeliveryState.Waiting)
        {
            _receipts[delivery.Id] = delivery;
        }
        else
        {
            _receipts.Remove(delivery.Id);
        }

        var wasThere = _waiting.Remove(delivery.Id);
        if (delivery.State == DeliveryState.Waiting)
        {
            _waiting[delivery.Id] = delivery;
        }

        _earliest = wasThere ? null : _earliest is { } known && delivery.State == DeliveryState.Waiting ? With(known, delivery) : _earliest;
    }

    /// <summary>What is to be sent now, as one message; empty when there is nothing.</summary>
    public IReadOnlyList<Delivery> Next(DateTimeOffset now)
    {
        if (NextDue(now) is not { } earliest || earliest > now)
        {
            return []; // the usual case: a queue of thousands is not looked through at each step
        }

        var due = Waiting.Where(delivery => delivery.NotBefore <= now).OrderBy(delivery => delivery.CreatedAt).ToList();
        if (_urgentPausedUntil <= now && due.Where(IsUrgent).MinBy(delivery => FailingSince is null ? 0 : delivery.Attempts) is { } urgent)
        {
            return [urgent];
        }

        due.RemoveAll(IsUrgent);

        if (due.Count == 0 || _pausedUntil > now || _sent.Count >= MostInAMinute)
        {
            return [];
        }

        var isOne = due.Count == 1 || (due.Count + _sent.Count <= MostInAMinute && !due[0].IsHeld);
        return isOne ? [due[0]] : [.. due.Take(MostInAMessage)];
    }

    /// <summary>When <see cref="Next"/> gives something; null when nothing waits.</summary>
    public DateTimeOffset? NextDue(DateTimeOffset now)
    {
        while (_sent.TryPeek(out var first) && (first <= now - Minute || first > now))
        {
            _sent.Dequeue(); // also after the clock was set back
        }

        var pause = _sent.Count >= MostInAMinute && _sent.Peek() + Minute > _pausedUntil ? _sent.Peek() + Minute : _pausedUntil;
        var (urgent, other) = _earliest ??= Waiting.Aggregate<Delivery, (DateTimeOffset?, DateTimeOffset?)>((null, null), With);
        other = other < pause ? pause : other;
        urgent = urgent < _urgentPausedUntil ? _urgentPausedUntil : urgent;
        return urgent is null || other < urgent ? other : urgent;
    }

    /// <summary>The clock was set: a pause lasts as long as before.</summary>
    public void Shift(TimeSpan step)
    {
        _sent.Clear();
        _pausedUntil = _pausedUntil == DateTimeOffset.MinValue ? _pausedUntil : _pausedUntil + step;
        _urgentPausedUntil = DateTimeOffset.MinValue;
        FailingSince += step;
    }

    /// <summary>The address was edited: what the one before refused says nothing of this one.</summary>
    public void Restart()
    {
        (_pausedUntil, _urgentPausedUntil) = (DateTimeOffset.MinValue, DateTimeOffset.MinValue);
        _failures = 0;
        (FailingSince, Error, HasDelivered) = (null, null, false);
    }

    /// <summary>Takes in how an attempt ended.</summary>
    public void Take(DeliveryOutcome outcome, DateTimeOffset now)
    {
        Error = outcome.Reason;
        if (outcome.Kind == DeliveryOutcomeKind.Delivered)
        {
            _failures = 0;
            FailingSince = null;
            HasDelivered = true;
            (_pausedUntil, _urgentPausedUntil) = (DateTimeOffset.MinValue, DateTimeOffset.MinValue);
            _sent.Enqueue(now);
            return;
        }

        FailingSince ??= now;
        if (outcome.Kind == DeliveryOutcomeKind.Passing)
        {
            var wait = outcome.RetryAfter ?? Retry.After(++_failures, Random.Shared);
            _pausedUntil = now + (wait < LongestPause ? wait : LongestPause);
            _urgentPausedUntil = now + UrgentPause;
        }
    }

    private static (DateTimeOffset? Urgent, DateTimeOffset? Other) With((DateTimeOffset? Urgent, DateTimeOffset? Other) earliest, Delivery delivery) =>
        IsUrgent(delivery)
            ? (delivery.NotBefore < earliest.Urgent ? delivery.NotBefore : earliest.Urgent ?? delivery.NotBefore, earliest.Other)
            : (earliest.Urgent, delivery.NotBefore < earliest.Other ? delivery.NotBefore : earliest.Other ?? delivery.NotBefore);

    /// <summary>That somebody takes care, or that it is over, must not wait behind what is merely good to know.</summary>
    private static bool IsUrgent(Delivery delivery) =>
        delivery.Severity == AlertSeverity.Critical || delivery.Kind is DeliveryKind.Taken or DeliveryKind.Update;
}
