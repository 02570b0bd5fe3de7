using Ambianic.Core.Configuration;
using Ambianic.Core.Health;

namespace Ambianic.Core.Alerts;

/// <summary>What is to be sent, one queue for each recipient. No I/O: <see cref="IAlertStore"/> has the durable copy. Used by one thread.</summary>
internal sealed class Outbox
{
    private static readonly Backoff CriticalRetry = new(TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(1));

    private readonly Dictionary<Recipient, RecipientQueue> _queues = [];
    private readonly Dictionary<string, Delivery> _changed = new(StringComparer.Ordinal);

    /// <summary>All queues; one that is empty may still pause.</summary>
    public IReadOnlyCollection<RecipientQueue> Queues => _queues.Values;

    /// <summary>Takes over what an earlier run left: what waits, and what has a receipt.</summary>
    public void Resume(IReadOnlyList<Delivery> deliveries)
    {
        foreach (var delivery in deliveries)
        {
            Queue(delivery.Recipient).Put(delivery);
        }
    }

    /// <summary>What changed since the last call.</summary>
    public IReadOnlyList<Delivery> TakeChanges()
    {
        List<Delivery> changes = [.. _changed.Values];
        _changed.Clear();
        return changes;
    }

    /// <summary>Adds what is to be sent.</summary>
    public void Add(Delivery delivery) => Change(delivery);

    /// <summary>True while something of an alert waits to be sent.</summary>
    public bool HasWaiting(string alertId) => _queues.Values.Any(queue => queue.Waiting.Any(delivery => delivery.AlertId == alertId));

    /// <summary>Nothing of an alert is sent any more.</summary>
    public void Cancel(string alertId)
    {
        foreach (var delivery in _queues.Values.SelectMany(queue => queue.Waiting).Where(delivery => delivery.AlertId == alertId).ToList())
        {
            Change(delivery with { State = DeliveryState.Cancelled });
        }
    }

    /// <summary>Nothing is sent any more.</summary>
    public void CancelAll()
    {
        foreach (var delivery in _queues.Values.SelectMany(queue => queue.Waiting).ToList())
        {
            Change(delivery with { State = DeliveryState.Cancelled });
        }
    }

    /// <summary>Takes in how an attempt to send several as one message ended.</summary>
    /// <returns>The deliveries as they are now.</returns>
    public IReadOnlyList<Delivery> Report(IReadOnlyList<Delivery> sent, DeliveryOutcome outcome, DateTimeOffset now)
    {
        Queue(sent[0].Recipient).Take(outcome, now);
        return [.. sent.Select(delivery => Report(delivery, outcome, now))];
    }

    /// <summary>Ends what could not be delivered for a day.</summary>
    /// <returns>The deliveries as they are now.</returns>
    public IReadOnlyList<Delivery> ExpireOld(DateTimeOffset now)
    {
        List<Delivery> expired =
        [
            .. _queues.Values.SelectMany(queue => queue.Waiting)
                .Where(delivery => now - delivery.CreatedAt >= AlertBook.DeliveryLasts)
                .Select(delivery => delivery with { State = DeliveryState.Expired, Error = delivery.Error ?? "it could not be sent for a day" }),
        ];
        expired.ForEach(Change);
        return expired;
    }

    private Delivery Report(Delivery sent, DeliveryOutcome outcome, DateTimeOffset now)
    {
        if (Queue(sent.Recipient).Find(sent.Id) is not { State: DeliveryState.Waiting } delivery)
        {
            return sent with { State = DeliveryState.Cancelled }; // while it was being sent
        }

        var next = delivery with
        {
            Attempts = delivery.Attempts + 1,
            AttemptedAt = now,
            Error = outcome.Reason is { } reason ? Credentials.Mask(reason) : null,
            Receipt = outcome.Receipt,
        };
        next = outcome.Kind switch
        {
            DeliveryOutcomeKind.Delivered => next with { State = DeliveryState.Delivered },
            DeliveryOutcomeKind.Permanent => next with { State = DeliveryState.Failed },
            _ => next with { NotBefore = now + CriticalRetry.After(next.Attempts, Random.Shared) },
        };
        Change(next);
        return next;
    }

    /// <summary>A receipt tells nothing more.</summary>
    public void ForgetReceipt(Delivery delivery) => Change(delivery with { Receipt = null });

    private void Change(Delivery delivery)
    {
        _changed[delivery.Id] = delivery;
        Queue(delivery.Recipient).Put(delivery);
    }

    private RecipientQueue Queue(Recipient recipient) =>
        _queues.TryGetValue(recipient, out var queue) ? queue : _queues[recipient] = new RecipientQueue(recipient);
}
