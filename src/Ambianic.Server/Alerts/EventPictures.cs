using Ambianic.Core.Alerts;
using Ambianic.Core.Timeline;

namespace Ambianic.Server.Alerts;

/// <summary>Pictures of events as they are stored: with <c>skeleton_only</c> these show no person.</summary>
internal sealed class EventPictures(IEventStore store, string dataDir) : IAlertPictures
{
    /// <summary>Messaging services take no more.</summary>
    private const long LargestBytes = 5_000_000;

    /// <inheritdoc/>
    public AlertPicture? Of(string eventId)
    {
        try
        {
            var seen = store.QueryAsync(new EventQuery { Id = eventId, Limit = 1 }, CancellationToken.None).ToBlockingEnumerable().FirstOrDefault();
            return seen is { ImageFileName.Length: > 0 }
                ? Read(seen, seen.ImageFileName) ?? Read(seen, seen.ThumbnailFileName)
                : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null; // the message matters more
        }
    }

    private AlertPicture? Read(DetectionEvent seen, string name)
    {
        var file = new FileInfo(Path.Combine(dataDir, seen.RelDir, Path.GetFileName(name)));
        return file is { Exists: true, Length: > 0 and <= LargestBytes } ? new AlertPicture(file.Name, File.ReadAllBytes(file.FullName)) : null;
    }
}
