using Ambianic.Core.Alerts;

namespace Ambianic.Messaging.Providers;

/// <summary>A picture must not be what keeps an alert from arriving: a message that is refused together with its picture is sent without it.</summary>
internal static class PictureFallback
{
    /// <summary>Together with the 20 s of a first attempt less than the 30 s that a provider has.</summary>
    private static readonly TimeSpan SecondPatience = TimeSpan.FromSeconds(9);

    /// <summary>Sends.</summary>
    /// <param name="message">With or without a picture.</param>
    /// <param name="send">Sends a message, and may take so long; null is the usual time.</param>
    public static async Task<DeliveryOutcome> SendAsync(AlertMessage message, Func<AlertMessage, TimeSpan?, Task<DeliveryOutcome>> send)
    {
        var outcome = await send(message, null);
        if (message.Picture is null || outcome.Kind != DeliveryOutcomeKind.Permanent)
        {
            return outcome;
        }

        var without = await send(message with { Picture = null }, SecondPatience);
        return without.Kind == DeliveryOutcomeKind.Delivered ? without with { Reason = $"sent without the picture: {outcome.Reason}" } : without;
    }
}
