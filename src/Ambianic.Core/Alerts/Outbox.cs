using Ambianic.Core.Configuration;
using Ambianic.Core.Health;

namespace Ambianic.Core.Alerts;

/// <summary>What is to be sent, one queue for each recipient. No I/O: <see cref="IAlertStore"/> has the durable copy. Used by one thread.</summary>
internal sealed class Outbox
{
    private static readonly Backoff CriticalRetry = new(TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(1));
    private static readonly TimeSpan ExpireEvery = TimeSpan.FromMinutes(1);

    private readonly Dictionary<Recipient, RecipientQueue> _queues = [];
    private readonly Dictionary<string, Delivery> _changed = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Dictionary<string, Delivery>> _waiting = new(StringComparer.Ordinal); // by alert and id
    private OutboxState? _state; // null when it has to be looked for
    private DateTimeOffset _expireNext = DateTimeOffset.MinValue;

    /// <summary>All queues; one that is empty may still pause.</summary>
    public IReadOnlyCollection<RecipientQueue> Queues => _queues.Values;

    /// <summary>What waits now.</summary>
    public OutboxState State => _state ??= OutboxState.Of(_waiting.Values.SelectMany(ofAlert => ofAlert.Values));

    /// <summary>Takes over what an earlier run left: what waits, and what has a receipt.</summary>
    public void Resume(IReadOnlyList<Delivery> deliveries)
    {
        foreach (var delivery in deliveries)
        {
            Put(delivery);
        }
    }

    /// <summary>The clock was set: what is to come is as far away as before.</summary>
    public void Shift(TimeSpan step)
    {
        foreach (var queue in _queues.Values)
        {
            queue.Shift(step);
            foreach (var delivery in queue.Waiting.ToList())
            {
                Change(delivery with { CreatedAt = delivery.CreatedAt + step, NotBefore = delivery.NotBefore + step });
            }
        }

        _expireNext = DateTimeOffset.MinValue;
    }

    /// <summary>The address of a recipient was edited: it is tried at once.</summary>
    public void Restart(Recipient recipient) => Queue(recipient).Restart();

    /// <summary>Why the last attempt to send to a recipient failed; null when it did not.</summary>
    public string? ErrorOf(Recipient recipient) => Queue(recipient).Error;

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
    public bool HasWaiting(string alertId) => _waiting.ContainsKey(alertId);

    /// <summary>What of an alert waits to be sent to one recipient.</summary>
    public IEnumerable<Delivery> Waiting(string alertId, Recipient recipient) =>
        _waiting.GetValueOrDefault(alertId)?.Values.Where(delivery => delivery.Recipient == recipient) ?? [];

    /// <summary>Nothing of an alert is sent any more.</summary>
    public void Cancel(string alertId)
    {
        foreach (var delivery in _waiting.GetValueOrDefault(alertId)?.Values.ToList() ?? [])
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

    /// <summary>Ends what could not be delivered for a day; looks once a minute.</summary>
    /// <returns>The deliveries as they are now.</returns>
    public IReadOnlyList<Delivery> ExpireOld(DateTimeOffset now)
    {
        if (now < _expireNext && now >= _expireNext - ExpireEvery)
        {
            return [];
        }

        _expireNext = now + ExpireEvery;
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
        if (Queue(sent.Recipient).Find(sent.Id) is not { } delivery)
        {
            if (outcome.Receipt is not null)
            {
                Change(sent with { State = DeliveryState.Delivered, AttemptedAt = now, Receipt = outcome.Receipt }); // so that the service can be told to stop
            }

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

    /// <summary>Forgets the receipts of a recipient.</summary>
    /// <returns>What had one.</returns>
    public IReadOnlyList<Delivery> TakeReceipts(Recipient recipient)
    {
        List<Delivery> taken = [.. Queue(recipient).Receipts];
        taken.ForEach(ForgetReceipt);
        return taken;
    }

    /// <summary>A receipt tells nothing more.</summary>
    public void ForgetReceipt(Delivery delivery) => Change(delivery with { Receipt = null });

    private void Change(Delivery delivery)
    {
        _changed[delivery.Id] = delivery;
        Put(delivery);
    }

    private void Put(Delivery delivery)
    {
        _state = null;
        Queue(delivery.Recipient).Put(delivery);
        if (delivery.State == DeliveryState.Waiting)
        {
            (_waiting.TryGetValue(delivery.AlertId, out var known) ? known : _waiting[delivery.AlertId] = new(StringComparer.Ordinal))[delivery.Id] = delivery;
        }
        else if (_waiting.TryGetValue(delivery.AlertId, out var others) && others.Remove(delivery.Id) && others.Count == 0)
        {
            _waiting.Remove(delivery.AlertId);
        }
    }

    private RecipientQueue Queue(Recipient recipient) =>
        _queues.TryGetValue(recipient, out var queue) ? queue : _queues[recipient] = new RecipientQueue(recipient);
}
