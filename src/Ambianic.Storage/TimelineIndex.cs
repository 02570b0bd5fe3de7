using Ambianic.Core.Timeline;
using Ambianic.Storage.Database;
using Ambianic.Storage.Files;

namespace Ambianic.Storage;

/// <summary>How far a rebuild is.</summary>
/// <param name="Folders">Folders in all.</param>
/// <param name="FoldersDone">Folders read.</param>
/// <param name="Events">Events found so far.</param>
public readonly record struct RebuildProgress(int Folders, int FoldersDone, long Events);

/// <summary>What a rebuild found.</summary>
/// <param name="Events">Events that are now in the database.</param>
/// <param name="Duplicates">Paths of event files that tell of an event once more, by its id; relative to the data directory.</param>
/// <param name="Unreadable">Files that could not be read.</param>
public sealed record RebuildResult(long Events, IReadOnlyList<string> Duplicates, IReadOnlyList<UnreadableEventFile> Unreadable);

/// <summary>Rebuilds the database of events from their files.</summary>
public static class TimelineIndex
{
    private const int BatchSize = 1000;

    /// <summary>
    /// Makes a new database from the files and puts it in the place of the old one when it is complete; the old one stays
    /// beside it as <c>events.db.old</c>. No event file is changed or removed.
    /// </summary>
    /// <param name="dataDir">Absolute.</param>
    /// <param name="time">Its time zone is what times without offset mean.</param>
    /// <param name="progress">Told after each folder.</param>
    /// <param name="cancellation">Leaves the old database in place.</param>
    /// <exception cref="IOException">The directory is in use or the disk failed; the old database is in place.</exception>
    public static Task<RebuildResult> RebuildAsync(
        string dataDir, TimeProvider time, IProgress<RebuildProgress> progress, CancellationToken cancellation) =>
        Task.Run(() => Rebuild(dataDir, time, progress, cancellation), cancellation);

    private static RebuildResult Rebuild(
        string dataDir, TimeProvider time, IProgress<RebuildProgress> progress, CancellationToken cancellation)
    {
        if (!Directory.Exists(dataDir))
        {
            throw new DirectoryNotFoundException($"{dataDir}: there is no such data directory; name the one that holds {EventNames.Root}/");
        }

        using var dataDirLock = DataDirLock.Take(dataDir);
        var current = new EventDatabase(Path.Combine(dataDir, EventDatabase.FileName));
        var next = new EventDatabase(current.Path + ".new");
        try
        {
            next.Delete(); // of a rebuild that was broken off
            next.Prepare();
            var result = Fill(next, dataDir, time, progress, cancellation);
            next.Settle();
            DurableFiles.SyncFile(next.Path);
            current.ReleaseFile();
            current.MoveAside("old");
            File.Move(next.Path, current.Path);
            DurableFiles.SyncFolder(dataDir);
            return result;
        }
        catch (Exception error) when (StorageFailure.IsOne(error))
        {
            throw StorageFailure.At(next.Path, error);
        }
    }

    private static RebuildResult Fill(
        EventDatabase database, string dataDir, TimeProvider time, IProgress<RebuildProgress> progress, CancellationToken cancellation)
    {
        var folders = new EventFolders(dataDir);
        var scan = new EventFileScan(folders, time.LocalTimeZone, _ => true);
        var all = folders.All();
        var events = 0L;
        List<string> duplicates = [];
        using var connection = database.OpenToWrite();
        for (var done = 0; done < all.Count; done++)
        {
            foreach (var batch in scan.Read([all[done]], (_, names) => names.Order(StringComparer.Ordinal), cancellation).Chunk(BatchSize))
            {
                var isNew = EventRows.Insert(connection, [.. batch.Select(seen => (seen, true))]);
                events += isNew.Count(yes => yes);
                duplicates.AddRange(batch.Zip(isNew).Where(pair => !pair.Second).Select(pair => $"{pair.First.RelDir}/{pair.First.JsonFileName}"));
            }

            progress.Report(new RebuildProgress(all.Count, done + 1, events));
        }

        return new RebuildResult(events, duplicates, scan.Unreadable);
    }
}
