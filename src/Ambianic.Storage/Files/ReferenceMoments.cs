namespace Ambianic.Storage.Files;

/// <summary>When the events of a data directory were written down, as the timeline of the reference system in it says. It is read at the first call.</summary>
/// <param name="dataDir">Absolute.</param>
internal sealed class ReferenceMoments(string dataDir)
{
    private Dictionary<(string RelDir, string JsonFile), DateTimeOffset>? _created;

    /// <summary>Null when no timeline has it.</summary>
    public DateTimeOffset? Of(string relDir, string jsonFile) =>
        (_created ??= Read()).TryGetValue((relDir, jsonFile), out var created) ? created : null;

    /// <summary>A timeline that cannot be read is passed over: the events have files of their own.</summary>
    private Dictionary<(string RelDir, string JsonFile), DateTimeOffset> Read()
    {
        Dictionary<(string RelDir, string JsonFile), DateTimeOffset> found = [];
        foreach (var log in ReferenceTimeline.Files(dataDir))
        {
            try
            {
                foreach (var entry in ReferenceTimeline.Split(log))
                {
                    Add(entry, found);
                }
            }
            catch (Exception error) when (error is IOException or InvalidDataException or UnauthorizedAccessException)
            {
                // no timeline of the reference
            }
        }

        return found;
    }

    private static void Add(ReferenceEntry entry, Dictionary<(string RelDir, string JsonFile), DateTimeOffset> found)
    {
        try
        {
            var (args, created) = ReferenceTimeline.Read(entry);
            if (created is { } at && (string?)args["rel_dir"] is { } relDir && (string?)args["json_file_name"] is { } name)
            {
                found[(relDir.Replace('\\', '/'), name)] = at;
            }
        }
        catch (Exception error) when (error is not OutOfMemoryException) // a foreign file may hold anything
        {
            // a damaged entry costs no other
        }
    }
}
