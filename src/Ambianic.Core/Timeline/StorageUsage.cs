namespace Ambianic.Core.Timeline;

/// <summary>How much is stored, and how fast it grows.</summary>
/// <param name="Events">How many events.</param>
/// <param name="Bytes">Of the files of all events.</param>
/// <param name="IsEstimate">True when <paramref name="Bytes"/> is reckoned from some of the events, because there are many.</param>
/// <param name="Oldest">Time of the oldest event; null when there is none.</param>
/// <param name="Newest">Time of the newest event; null when there is none.</param>
/// <param name="EventsPerDay">On average of the last seven days, or since the oldest event.</param>
/// <param name="FreeBytes">Of the disk, as far as this program may use it.</param>
/// <param name="DiskBytes">Size of the disk.</param>
public sealed record StorageUsage(
    long Events, long Bytes, bool IsEstimate, DateTimeOffset? Oldest, DateTimeOffset? Newest, double EventsPerDay, long FreeBytes, long DiskBytes)
{
    /// <summary>Bytes a day that new events take.</summary>
    public double BytesPerDay => Events == 0 ? 0 : EventsPerDay * Bytes / Events;
}
