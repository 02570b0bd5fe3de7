using Ambianic.Core.Alerts;

namespace Ambianic.Messaging.Providers;

/// <summary>
/// Sends to all targets of one address at once, for example to several topics. What has been sent to some of them is not sent to these
/// again when the message is tried again. Used by one caller at a time.
/// </summary>
/// <param name="targets">At least one.</param>
internal sealed class TargetList(IReadOnlyList<string> targets)
{
    /// <summary>Messages whose targets are remembered; beyond it some may get a message twice, which they can tell by its key.</summary>
    private const int MostMessages = 1000;

    private readonly Dictionary<string, Dictionary<string, DeliveryOutcome>> _halfDone = [];

    /// <summary>Sends.</summary>
    /// <param name="message">The message.</param>
    /// <param name="send">Sends it to one target.</param>
    /// <returns>Passing while it may still come to more; then delivered when somebody has it, with the reason when not all have, else permanent.</returns>
    public async Task<DeliveryOutcome> SendAsync(AlertMessage message, Func<string, Task<DeliveryOutcome>> send)
    {
        if (targets.Count == 1)
        {
            return await send(targets[0]);
        }

        var before = _halfDone.GetValueOrDefault(message.IdempotencyKey) ?? [];
        var outcomes = await Task.WhenAll(targets.Select(async target => before.TryGetValue(target, out var done) ? done : await send(target)));
        var whole = Together(outcomes);
        _halfDone.Remove(message.IdempotencyKey);
        if (whole.Kind == DeliveryOutcomeKind.Passing)
        {
            if (_halfDone.Count >= MostMessages)
            {
                _halfDone.Clear();
            }

            _halfDone[message.IdempotencyKey] =
                targets.Zip(outcomes).Where(pair => pair.Second.Kind != DeliveryOutcomeKind.Passing).ToDictionary(pair => pair.First, pair => pair.Second);
        }

        return whole;
    }

    /// <summary>The same, one target after the other, for providers that send over one connection.</summary>
    public async Task<DeliveryOutcome> SendOneByOneAsync(AlertMessage message, Func<string, Task<DeliveryOutcome>> send)
    {
        using var turn = new SemaphoreSlim(1);
        return await SendAsync(message, async target =>
        {
            await turn.WaitAsync();
            try
            {
                return await send(target);
            }
            finally
            {
                turn.Release();
            }
        });
    }

    private static DeliveryOutcome Together(DeliveryOutcome[] outcomes)
    {
        var worst = outcomes.Any(outcome => outcome.Kind == DeliveryOutcomeKind.Passing) ? DeliveryOutcomeKind.Passing
            : outcomes.Any(outcome => outcome.Kind == DeliveryOutcomeKind.Permanent) ? DeliveryOutcomeKind.Permanent
            : DeliveryOutcomeKind.Delivered;
        var hasSomebody = worst == DeliveryOutcomeKind.Permanent && outcomes.Any(outcome => outcome.Kind == DeliveryOutcomeKind.Delivered);
        var reasons = outcomes.Where(outcome => outcome.Kind == worst && outcome.Reason is not null).Select(outcome => outcome.Reason).Distinct().ToList();
        var receipts = string.Join(',', outcomes.Select(outcome => outcome.Receipt).OfType<string>());
        return new DeliveryOutcome(hasSomebody ? DeliveryOutcomeKind.Delivered : worst, reasons.Count == 0 ? null
            : worst == DeliveryOutcomeKind.Delivered ? string.Join("; ", reasons)
            : $"{outcomes.Count(outcome => outcome.Kind == worst)} of {outcomes.Length} targets: {string.Join("; ", reasons)}")
        {
            RetryAfter = outcomes.Max(outcome => outcome.RetryAfter),
            Receipt = receipts.Length == 0 ? null : receipts,
        };
    }
}
