using Ambianic.Core.Configuration;
using Ambianic.Core.Health;

namespace Ambianic.Core.Alerts;

/// <summary>
/// What one recipient is to be sent, and when. Critical messages go out one by one as soon as they can. Others are at most three a
/// minute; more than that, and those that were held back, become one message. Used by one thread.
/// </summary>
internal sealed class RecipientQueue(Recipient recipient)
{
    /// <summary>So long a provider may take nothing before others are told.</summary>
    public static readonly TimeSpan FailsFor = TimeSpan.FromMinutes(15);

    private const int MostInAMinute = 3;
    private const int MostInAMessage = 100;

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly Backoff Retry = new(TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(10));
    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);

    private readonly Dictionary<string, Delivery> _deliveries = new(StringComparer.Ordinal);
    private readonly Queue<DateTimeOffset> _sent = new();
    private DateTimeOffset _pausedUntil = DateTimeOffset.MinValue;
    private int _failures;

    /// <summary>Who gets it.</summary>
    public Recipient Recipient => recipient;

    /// <summary>What waits to be sent.</summary>
    public IEnumerable<Delivery> Waiting => _deliveries.Values.Where(delivery => delivery.State == DeliveryState.Waiting);

    /// <summary>What was sent and can still be acknowledged with the provider.</summary>
    public IEnumerable<Delivery> Receipts => _deliveries.Values.Where(delivery => delivery.Receipt is not null);

    /// <summary>Since when every attempt failed; null when the last one did not.</summary>
    public DateTimeOffset? FailingSince { get; private set; }

    /// <summary>Why the last attempt failed; null when it did not.</summary>
    public string? Error { get; private set; }

    public Delivery? Find(string id) => _deliveries.GetValueOrDefault(id);

    public void Put(Delivery delivery)
    {
        if (delivery.State == DeliveryState.Waiting || delivery.Receipt is not null)
        {
            _deliveries[delivery.Id] = delivery;
        }
        else
        {
            _deliveries.Remove(delivery.Id);
        }
    }

    /// <summary>What is to be sent now, as one message; empty when there is nothing.</summary>
    public IReadOnlyList<Delivery> Next(DateTimeOffset now)
    {
        var due = Waiting.Where(delivery => Possible(delivery.NotBefore, now) <= now).OrderBy(delivery => delivery.CreatedAt).ToList();
        if (due.Find(IsUrgent) is { } urgent)
        {
            return [urgent];
        }

        while (_sent.TryPeek(out var first) && (first <= now - Minute || first > now))
        {
            _sent.Dequeue(); // also after the clock was set back
        }

        if (due.Count == 0 || Possible(_pausedUntil, now) > now || _sent.Count >= MostInAMinute)
        {
            return [];
        }

        var isOne = due.Count == 1 || (due.Count + _sent.Count <= MostInAMinute && !due[0].IsHeld);
        return isOne ? [due[0]] : [.. due.Take(MostInAMessage)];
    }

    /// <summary>When <see cref="Next"/> gives something; null when nothing waits.</summary>
    public DateTimeOffset? NextDue(DateTimeOffset now)
    {
        DateTimeOffset? earliest = null;
        var pause = _sent.Count >= MostInAMinute && _sent.Peek() + Minute > _pausedUntil ? _sent.Peek() + Minute : _pausedUntil;
        foreach (var delivery in Waiting)
        {
            var due = IsUrgent(delivery) || delivery.NotBefore > pause ? delivery.NotBefore : pause;
            due = Possible(due, now);
            earliest = earliest is null || due < earliest ? due : earliest;
        }

        return earliest;
    }

    /// <summary>Takes in how an attempt ended.</summary>
    public void Take(DeliveryOutcome outcome, DateTimeOffset now)
    {
        Error = outcome.Reason;
        if (outcome.Kind == DeliveryOutcomeKind.Delivered)
        {
            _failures = 0;
            FailingSince = null;
            _pausedUntil = DateTimeOffset.MinValue;
            _sent.Enqueue(now);
            return;
        }

        FailingSince ??= now;
        if (outcome.Kind == DeliveryOutcomeKind.Passing)
        {
            var wait = outcome.RetryAfter ?? Retry.After(++_failures, Random.Shared);
            _pausedUntil = now + (wait < LongestPause ? wait : LongestPause);
        }
    }

    /// <summary>No pause is as long as that: the clock was set back, and would have to come there again.</summary>
    private static DateTimeOffset Possible(DateTimeOffset due, DateTimeOffset now) => due > now + LongestPause ? now : due;

    /// <summary>That somebody takes care, or that it is over, must not wait behind what is merely good to know.</summary>
    private static bool IsUrgent(Delivery delivery) =>
        delivery.Severity == AlertSeverity.Critical || delivery.Kind is DeliveryKind.Taken or DeliveryKind.Update;
}
