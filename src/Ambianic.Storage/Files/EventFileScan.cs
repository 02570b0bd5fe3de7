using Ambianic.Core.Timeline;

namespace Ambianic.Storage.Files;

/// <summary>An event file that cannot be read; it is left as it is.</summary>
/// <param name="Path">Relative to the data directory.</param>
/// <param name="Reason">Why, for people.</param>
public sealed record UnreadableEventFile(string Path, string Reason);

/// <summary>Walks through the event files of a data directory, removing nothing but temporary files.</summary>
/// <param name="folders">Where they are.</param>
/// <param name="local">What times without offset mean.</param>
/// <param name="isAtRest">Whether no saver writes to a folder any more, so that temporary files in it are of a crash.</param>
internal sealed class EventFileScan(EventFolders folders, TimeZoneInfo local, Predicate<string> isAtRest)
{
    private readonly List<UnreadableEventFile> _unreadable = [];
    private readonly ReferenceMoments _moments = new(folders.PathOf(""));

    /// <summary>What could not be read so far.</summary>
    public IReadOnlyList<UnreadableEventFile> Unreadable => _unreadable;

    /// <summary>Reads the wanted events of some folders.</summary>
    /// <param name="relDirs">Folders.</param>
    /// <param name="wanted">Picks JSON files of a folder by their names.</param>
    /// <param name="cancellation">Ends the walk.</param>
    /// <remarks>What <paramref name="wanted"/> throws passes through: no folder is to blame for it.</remarks>
    public IEnumerable<DetectionEvent> Read(
        IReadOnlyList<string> relDirs, Func<string, IEnumerable<string>, IEnumerable<string>> wanted, CancellationToken cancellation)
    {
        foreach (var relDir in relDirs)
        {
            foreach (var name in Names(relDir, wanted))
            {
                cancellation.ThrowIfCancellationRequested();
                if (TryRead(relDir, name) is { } detectionEvent)
                {
                    yield return detectionEvent;
                }
            }
        }
    }

    private IReadOnlyList<string> Names(string relDir, Func<string, IEnumerable<string>, IEnumerable<string>> wanted)
    {
        string[] names;
        try
        {
            if (isAtRest(relDir))
            {
                folders.RemoveTemporaryFiles(relDir);
            }

            names = [.. folders.JsonFiles(relDir)];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            _unreadable.Add(new UnreadableEventFile(relDir, error.Message));
            return [];
        }

        return [.. wanted(relDir, names)];
    }

    private DetectionEvent? TryRead(string relDir, string name)
    {
        try
        {
            return folders.Read(relDir, name, local, _moments);
        }
        catch (Exception error) when (error is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            _unreadable.Add(new UnreadableEventFile($"{relDir}/{name}", error.Message));
            return null;
        }
    }
}
