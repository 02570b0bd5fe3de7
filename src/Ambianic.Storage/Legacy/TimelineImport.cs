using System.Text;
using System.Text.Json.Nodes;
using Ambianic.Core.Timeline;
using Ambianic.Shared;
using Ambianic.Storage.Files;

namespace Ambianic.Storage.Legacy;

/// <summary>The result of an import.</summary>
/// <param name="Imported">Events that were copied.</param>
/// <param name="Known">Events that were in this directory already.</param>
/// <param name="LeftAlone">Files that could not be imported, and why.</param>
public sealed record ImportResult(int Imported, int Known, IReadOnlyList<UnreadableEventFile> LeftAlone);

/// <summary>Copies the events of another data directory, also one of the reference system, into this one. Nothing is overwritten; the other directory is only read.</summary>
public sealed class TimelineImport
{
    private const long LargestPicture = 256 << 20;

    private readonly string _from;
    private readonly string _dataDir;
    private readonly TimeZoneInfo _local;
    private readonly Dictionary<string, DateTimeOffset> _created = [];
    private readonly List<UnreadableEventFile> _leftAlone = [];
    private int _imported;
    private int _known;

    private TimelineImport(string from, string dataDir, TimeZoneInfo local) => (_from, _dataDir, _local) = (from, dataDir, local);

    /// <summary>Copies the events and adds them to the timeline.</summary>
    /// <param name="from">The other data directory.</param>
    /// <param name="dataDir">This one, absolute.</param>
    /// <param name="time">Gives the time zone of times without offset.</param>
    /// <param name="cancellation">Stops the import; a further one continues it.</param>
    /// <exception cref="IOException">There is nothing to import, or this directory is in use or cannot be written.</exception>
    public static async Task<ImportResult> RunAsync(string from, string dataDir, TimeProvider time, CancellationToken cancellation)
    {
        var import = new TimelineImport(Path.GetFullPath(from), dataDir, time.LocalTimeZone);
        try
        {
            using var held = DataDirLock.Take(dataDir);
            import.Copy(cancellation);
        }
        finally
        {
            if (import._imported + import._known > 0) // also what was copied before the disk was full
            {
                await TimelineIndex.RebuildAsync(dataDir, time, new Progress<RebuildProgress>(), cancellation);
            }
        }

        return new ImportResult(import._imported, import._known, import._leftAlone);
    }

    private void Copy(CancellationToken cancellation)
    {
        var logs = ReferenceTimeline.Files(_from);
        if (_from == _dataDir || (logs.Count == 0 && !Directory.Exists(Path.Combine(_from, EventNames.Root))))
        {
            throw new DirectoryNotFoundException($"{_from}: holds neither {EventNames.Root}/ nor a timeline to import; name another data directory");
        }

        foreach (var log in logs) // first, because they hold the times of the events in the folders
        {
            CopyLog(log, cancellation);
        }

        var folders = new EventFolders(_from);
        foreach (var folder in folders.All())
        {
            foreach (var name in TryRead(folder, () => folders.JsonFiles(folder).Order(StringComparer.Ordinal).ToArray()) ?? [])
            {
                cancellation.ThrowIfCancellationRequested();
                Copy($"{folder}/{name}", () => ReadFile(folders, folder, name));
            }
        }
    }

    private Found ReadFile(EventFolders folders, string folder, string name)
    {
        var seen = folders.Read(folder, name, _local);
        var written = File.ReadAllBytes(Path.Combine(_from, folder, name));
        if (!_created.TryGetValue($"{folder}/{name}", out var created))
        {
            return new Found(seen, written, written);
        }

        var json = ReferenceTime.WithOffset(written, created, _local);
        return new Found(EventJson.FromFile(json, folder, name, _local, picture => folders.PictureSize(folder, picture)), json, written);
    }

    /// <summary>An entry whose JSON file is missing gets a new one, from the timeline.</summary>
    private void CopyLog(string log, CancellationToken cancellation)
    {
        var name = Path.GetFileName(log);
        foreach (var entry in TryRead(name, () => ReferenceTimeline.Split(log)) ?? [])
        {
            cancellation.ThrowIfCancellationRequested();
            Copy($"{name}:{entry.Line}", () =>
            {
                var (args, created) = ReferenceTimeline.Read(entry);
                var told = Told(args);
                if (File.Exists(Path.Combine(_from, told.RelDir, told.JsonFileName)))
                {
                    Remember(told, created);
                    return null;
                }

                var written = EventJson.ForFile(told);
                if (created is { } moment && ReferenceTime.WithOffset((string?)args["datetime"], moment, _local) is { } datetime)
                {
                    args["datetime"] = datetime;
                    told = Told(args);
                }

                return new Found(told, EventJson.ForFile(told), written);
            });
        }
    }

    private DetectionEvent Told(JsonObject args)
    {
        var json = Encoding.UTF8.GetBytes(args.ToJsonString());
        var folder = Folder((string?)args["rel_dir"]);
        return EventJson.FromFile(
            json, folder, Name((string?)args["json_file_name"]), _local, picture => new EventFolders(_from).PictureSize(folder, picture));
    }

    private void Remember(DetectionEvent told, DateTimeOffset? created)
    {
        if (created is { } at)
        {
            _created[$"{told.RelDir.Replace('\\', '/')}/{told.JsonFileName}"] = at;
        }
    }

    /// <summary>Reads an event and its pictures completely before it writes: what cannot be read is skipped, what cannot be written ends the import.</summary>
    private void Copy(string place, Func<Found?> read)
    {
        if (TryRead(place, () => read() is { } found ? FilesOf(found) : null) is { } files)
        {
            DurableFiles.Write(files.Folder, files.Files);
            _imported++;
        }
    }

    /// <summary>The files to write; null when the event is here already.</summary>
    private Copies? FilesOf(Found found)
    {
        var (seen, json, written) = found;
        var target = Path.Combine(_dataDir, seen.RelDir);
        var path = Path.Combine(target, seen.JsonFileName);
        if (File.Exists(path))
        {
            var here = RegularFile.ReadAll(path, LargestPicture).AsSpan();
            if (!here.SequenceEqual(json) && !here.SequenceEqual(written))
            {
                throw new InvalidDataException("another event has this name here");
            }

            _known++;
            return null;
        }

        var beside = ((string[])[seen.ImageFileName, seen.ThumbnailFileName, .. seen.BeforeFileNames, EventFolders.PinName(seen)])
            .Where(name => name.Length > 0 && File.Exists(Path.Combine(_from, seen.RelDir, name)) && !File.Exists(Path.Combine(target, name)))
            .Select(name => new NewFile(name, RegularFile.ReadAll(Path.Combine(_from, seen.RelDir, name), LargestPicture)));
        return new Copies(target, [.. beside, new NewFile(seen.JsonFileName, json)]);
    }

    private T? TryRead<T>(string place, Func<T?> read)
        where T : class
    {
        try
        {
            return read();
        }
        catch (Exception error) when (error is not OutOfMemoryException) // a file of another program may hold anything
        {
            _leftAlone.Add(new UnreadableEventFile(place, error.Message));
            return null;
        }
    }

    private static string Folder(string? relDir) =>
        relDir?.Replace('\\', '/').Split('/') is [EventNames.Root, { Length: > 0 } name] && name is not (".." or ".") && !name.Contains('\0')
            ? relDir
            : throw new InvalidDataException($"not an event: its folder is \"{relDir}\"");

    private static string Name(string? name) =>
        name is not null && Path.GetFileName(name) == name && !name.Contains('\0') && name.EndsWith(EventNames.JsonSuffix, StringComparison.Ordinal)
            ? name
            : throw new InvalidDataException($"not an event: its file is \"{name}\"");

    /// <param name="Event">As it is imported.</param>
    /// <param name="Json">Its file.</param>
    /// <param name="Written">Its file in this directory, which may have been copied before its offset was known.</param>
    private sealed record Found(DetectionEvent Event, byte[] Json, byte[] Written);

    private sealed record Copies(string Folder, NewFile[] Files);
}
