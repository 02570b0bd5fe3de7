namespace Ambianic.Core.Alerts;

/// <summary>One address that messages go to: a provider of an entry of <c>notifications</c>, or a device that subscribed to Web Push.</summary>
/// <param name="Notification">The entry; empty for a device.</param>
/// <param name="Index">Position among its <c>providers</c>, from 0.</param>
/// <param name="Device">Id of the subscription; null for a provider.</param>
public sealed record Recipient(string Notification, int Index, string? Device = null)
{
    /// <summary>For example <c>neighbour/0</c> or <c>device/5f2c</c>.</summary>
    public override string ToString() => Device is null ? $"{Notification}/{Index}" : $"device/{Device}";

    /// <summary>Reads what <see cref="ToString"/> gives; null when it is none.</summary>
    public static Recipient? Parse(string text)
    {
        var slash = text.LastIndexOf('/');
        return slash <= 0 ? null
            : text.StartsWith("device/", StringComparison.Ordinal) && !int.TryParse(text.AsSpan(slash + 1), out _) ? new Recipient("", 0, text[(slash + 1)..])
            : int.TryParse(text.AsSpan(slash + 1), out var index) ? new Recipient(text[..slash], index)
            : null;
    }
}
