using Ambianic.Core.Timeline;
using Ambianic.Shared;

namespace Ambianic.Storage.Files;

/// <summary>Where the files of events lie: <c>DATA_DIR/detections/&lt;start time&gt;/</c>.</summary>
internal sealed class EventFolders(string dataDir)
{
    /// <summary>A real one has a few hundred bytes for each detection; more is something else or damaged.</summary>
    private const int LongestJson = 4 << 20;

    private readonly string _root = Path.Combine(dataDir, EventNames.Root);

    /// <summary>The disk that the events' files are on, which need not be that of the data directory.</summary>
    public DriveInfo Disk => new(Directory.Exists(_root) ? _root : dataDir);

    /// <summary>The absolute path of a folder that an event names.</summary>
    public string PathOf(string relDir) => Path.Combine(dataDir, relDir);

    /// <summary>Creates a folder with a name that is not taken yet.</summary>
    /// <returns>Relative to the data directory.</returns>
    public string Start(DateTimeOffset at)
    {
        while (Path.Exists(Path.Combine(_root, EventNames.For(at))))
        {
            at = at.AddMicroseconds(1);
        }

        var relDir = $"{EventNames.Root}/{EventNames.For(at)}";
        DurableFiles.EnsureFolder(PathOf(relDir));
        return relDir;
    }

    /// <summary>All folders at this moment, the newest first, relative to the data directory.</summary>
    public IReadOnlyList<string> All()
    {
        if (!Directory.Exists(_root))
        {
            return [];
        }

        var folders = Directory.GetDirectories(_root).Select(folder => $"{EventNames.Root}/{Path.GetFileName(folder)}").ToArray();
        Array.Sort(folders, (one, other) => string.CompareOrdinal(other, one));
        return folders;
    }

    /// <summary>Names of the JSON files in a folder, in no order.</summary>
    public IEnumerable<string> JsonFiles(string relDir) =>
        Directory.EnumerateFiles(PathOf(relDir), "*" + EventNames.JsonSuffix).Select(path => Path.GetFileName(path));

    /// <summary>Reads an event from its file.</summary>
    /// <param name="relDir">Its folder.</param>
    /// <param name="jsonFile">Its name.</param>
    /// <param name="local">What a time without offset means where <paramref name="moments"/> do not tell.</param>
    /// <param name="moments">When the events of the reference system were written down; null where that does not matter.</param>
    /// <exception cref="InvalidDataException">It is not an event.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public DetectionEvent Read(string relDir, string jsonFile, TimeZoneInfo local, ReferenceMoments? moments = null)
    {
        var path = Path.Combine(PathOf(relDir), jsonFile);
        if (RegularFile.HasNoLength(path))
        {
            throw new InvalidDataException("not an event: empty, or no file but a device or a pipe");
        }

        return new FileInfo(path).Length <= LongestJson
            ? EventJson.FromFile(
                File.ReadAllBytes(path), relDir, jsonFile, local, name => PictureSize(relDir, name), () => moments?.Of(relDir, jsonFile))
                with { Remarks = RemarksFile.Read(PathOf(relDir), jsonFile) }
            : throw new InvalidDataException("not an event: larger than 4 MiB");
    }

    /// <summary>Width and height in pixels of an event's picture; null when there is none that can be read.</summary>
    public (int Width, int Height)? PictureSize(string relDir, string name)
    {
        var path = Path.Combine(PathOf(relDir), name);
        if (name.Length == 0 || !File.Exists(path) || RegularFile.HasNoLength(path))
        {
            return null;
        }

        return JpegSize.Read(path);
    }

    /// <summary>Name of the empty file that pins an event.</summary>
    public static string PinName(DetectionEvent seen) =>
        seen.JsonFileName[..^EventNames.JsonSuffix.Length] + EventNames.PinSuffix; // JSON files are found by that end

    /// <summary>The event with <see cref="DetectionEvent.IsPinned"/> as an empty file beside its JSON says; the JSON itself never changes.</summary>
    public DetectionEvent WithPin(DetectionEvent seen) => File.Exists(PinOf(seen)) == seen.IsPinned ? seen : seen with { IsPinned = !seen.IsPinned };

    /// <summary>Writes down, or takes back, that an event is to be kept.</summary>
    /// <returns>False when the event's files are gone.</returns>
    public bool SetPin(DetectionEvent seen, bool isPinned)
    {
        var (folder, pin) = (PathOf(seen.RelDir), PinOf(seen));
        if (!File.Exists(Path.Combine(folder, seen.JsonFileName)))
        {
            return false;
        }

        if (isPinned && !File.Exists(pin))
        {
            DurableFiles.Write(folder, [new NewFile(PinName(seen), default)]);
        }
        else if (!isPinned && File.Exists(pin))
        {
            File.Delete(pin);
            DurableFiles.SyncFolder(folder);
        }

        return true;
    }

    /// <summary>The files of a folder with what people said of events: the events' JSON files, in no order.</summary>
    public IEnumerable<string> WithRemarks(string relDir) =>
        Directory.EnumerateFiles(PathOf(relDir), "*" + EventNames.RemarksSuffix).Select(path => RemarksFile.EventOf(Path.GetFileName(path)));

    /// <summary>What people said of an event.</summary>
    public EventRemarks ReadRemarks(string relDir, string jsonFile) => RemarksFile.Read(PathOf(relDir), jsonFile);

    /// <summary>Writes down what people said of an event.</summary>
    /// <returns>False when the event's files are gone.</returns>
    public bool SetRemarks(DetectionEvent seen, EventRemarks remarks)
    {
        var folder = PathOf(seen.RelDir);
        if (!File.Exists(Path.Combine(folder, seen.JsonFileName)))
        {
            return false;
        }

        if (remarks != RemarksFile.Read(folder, seen.JsonFileName))
        {
            RemarksFile.Write(folder, seen.JsonFileName, remarks);
        }

        return true;
    }

    /// <summary>Makes the removal of an event's files survive a loss of power.</summary>
    public void SyncRemoval(DetectionEvent seen) => DurableFiles.SyncFolder(Directory.Exists(PathOf(seen.RelDir)) ? PathOf(seen.RelDir) : _root);

    /// <summary>Removes files that a crash left half-written in a folder that no saver writes to.</summary>
    public void RemoveTemporaryFiles(string relDir)
    {
        foreach (var path in Directory.EnumerateFiles(PathOf(relDir), DurableFiles.TemporaryPattern))
        {
            File.Delete(path);
        }
    }

    /// <summary>Bytes of the files of one event.</summary>
    public long SizeOf(DetectionEvent seen) => FilesOf(seen).Sum(file => file.Exists ? file.Length : 0);

    /// <summary>Removes the files of an event, the JSON last, and its folder when that was the last event in it.</summary>
    /// <returns>Bytes that are free now.</returns>
    public long Remove(DetectionEvent seen)
    {
        var bytes = Delete(FilesOf(seen));
        var folder = PathOf(seen.RelDir);
        if (Directory.Exists(folder) && !Directory.EnumerateFileSystemEntries(folder).Any())
        {
            Directory.Delete(folder);
        }

        return bytes;
    }

    /// <summary>Removes the pictures of an event; it stays an event.</summary>
    /// <returns>Bytes that are free now.</returns>
    public long RemovePictures(DetectionEvent seen) => Delete(Files(seen, PicturesOf(seen)));

    private static long Delete(IEnumerable<FileInfo> files)
    {
        var bytes = 0L;
        foreach (var file in files.Where(file => file.Exists))
        {
            bytes += file.Length;
            file.Delete();
        }

        return bytes;
    }

    private static string[] PicturesOf(DetectionEvent seen) => [seen.ImageFileName, seen.ThumbnailFileName, .. seen.BeforeFileNames];

    private IEnumerable<FileInfo> FilesOf(DetectionEvent seen) => Files(seen, [.. PicturesOf(seen), PinName(seen), RemarksFile.NameOf(seen.JsonFileName), seen.JsonFileName]);

    private IEnumerable<FileInfo> Files(DetectionEvent seen, string[] names) =>
        names.Where(name => name.Length > 0).Select(name => new FileInfo(Path.Combine(PathOf(seen.RelDir), name)));

    private string PinOf(DetectionEvent seen) => Path.Combine(PathOf(seen.RelDir), PinName(seen));
}
