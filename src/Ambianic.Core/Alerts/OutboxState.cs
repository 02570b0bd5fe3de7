namespace Ambianic.Core.Alerts;

/// <summary>What waits to be sent, at one moment.</summary>
/// <param name="Waiting">Deliveries, also held ones.</param>
/// <param name="OldestAt">When the oldest that is not held was made; null when there is none.</param>
internal sealed record OutboxState(int Waiting, DateTimeOffset? OldestAt)
{
    /// <summary>Looks through all that wait.</summary>
    public static OutboxState Of(IEnumerable<Delivery> waiting)
    {
        var (count, oldest) = (0, default(DateTimeOffset?));
        foreach (var delivery in waiting)
        {
            count++;
            oldest = delivery.IsHeld || delivery.CreatedAt >= oldest ? oldest : delivery.CreatedAt;
        }

        return new OutboxState(count, oldest);
    }

    /// <summary>Age of the oldest that is not held; zero when there is none.</summary>
    public TimeSpan AgeOfOldest(DateTimeOffset now) => OldestAt is { } at && at < now ? now - at : TimeSpan.Zero;
}
