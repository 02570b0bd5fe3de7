using Microsoft.Extensions.Logging;

namespace Ambianic.Core.Alerts;

/// <summary>Follows the messages that a provider repeats until somebody acknowledges them there. Used by the loop of <see cref="AlertDesk"/>.</summary>
/// <param name="back">Has the loop do something.</param>
/// <param name="time">Clock.</param>
/// <param name="logger">Receives what a provider throws.</param>
internal sealed class ReceiptFollower(Action<Action> back, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan AskEvery = TimeSpan.FromSeconds(5); // as often as Pushover allows

    private readonly HashSet<string> _asking = [];
    private DateTimeOffset _askNext = DateTimeOffset.MinValue;

    /// <summary>Asks whether somebody has acknowledged with the provider; who has answered elsewhere has it stop at once.</summary>
    public void Follow(AlertBook book, DateTimeOffset now, Func<Recipient, IAlertProvider?> providerOf, bool isEnabled, CancellationToken stop)
    {
        var isTimeToAsk = now >= _askNext || now < _askNext - (2 * AskEvery);
        _askNext = isTimeToAsk ? now + AskEvery : _askNext;
        foreach (var queue in book.Outbox.Queues)
        {
            foreach (var delivery in queue.Receipts.Where(delivery => !_asking.Contains(delivery.Id)).ToList())
            {
                var isUnanswered = isEnabled && book.Find(delivery.AlertId) is { IsUnanswered: true };
                if (providerOf(queue.Recipient) is not IReceiptProvider provider)
                {
                    book.Outbox.ForgetReceipt(delivery);
                }
                else if (!isUnanswered || isTimeToAsk)
                {
                    _asking.Add(delivery.Id);
                    _ = isUnanswered ? AskAsync(provider, delivery, book, stop) : CancelAsync(provider, delivery, book, stop);
                }
            }
        }
    }

    private Task AskAsync(IReceiptProvider provider, Delivery delivery, AlertBook book, CancellationToken stop) => FollowAsync(provider, delivery, async () =>
    {
        var status = await provider.ReadReceiptAsync(delivery.Receipt!, stop);
        return () =>
        {
            if (status.IsFinal || status.IsAcknowledged)
            {
                book.Outbox.ForgetReceipt(delivery);
            }

            if (status.IsAcknowledged)
            {
                book.Answer(delivery.AlertId, AlertAnswer.TakingCare, status.By ?? delivery.Recipient.Notification, time.GetUtcNow());
            }
        };
    }, stop);

    private Task CancelAsync(IReceiptProvider provider, Delivery delivery, AlertBook book, CancellationToken stop) => FollowAsync(provider, delivery, async () =>
    {
        var outcome = await provider.CancelAsync(delivery.Receipt!, stop);
        if (outcome.Kind == DeliveryOutcomeKind.Passing)
        {
            await Task.Delay(AskEvery, time, stop);
            return () => { };
        }

        return () => book.Outbox.ForgetReceipt(delivery);
    }, stop);

    private async Task FollowAsync(IReceiptProvider provider, Delivery delivery, Func<Task<Action>> ask, CancellationToken stop)
    {
        Action then = () => { };
        try
        {
            await Task.Yield();
            then = await ask();
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return;
        }
        catch (Exception error)
        {
            logger.ProviderFailed(error, provider.Name);
        }

        back(() =>
        {
            _asking.Remove(delivery.Id);
            then();
        });
    }
}
