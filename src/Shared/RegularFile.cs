namespace Ambianic.Shared;

// Reads files that a configuration names and that may be anything: a device never ends, and a pipe blocks who opens it.
// Plain comments: it is compiled into several projects, and documentation of the same name in each of them ends the OpenAPI document.
internal static class RegularFile
{
    // The whole file; nothing for a device or a pipe, which have no length.
    // path: The file.
    // largest: In bytes.
    // IOException: It cannot be read, is a folder, or is larger than largest.
    public static byte[] ReadAll(string path, long largest)
    {
        if (HasNoLength(path))
        {
            return [];
        }

        using var file = File.OpenRead(path);
        if (file.Length > largest)
        {
            throw new IOException($"it is too large: {file.Length} bytes, at most {largest} are read");
        }

        var content = new byte[file.Length];
        file.ReadExactly(content);
        return content;
    }

    // Opens a file for reading.
    // IOException: It cannot be opened, or is a folder, empty, a device or a pipe.
    public static FileStream Open(string path) => HasNoLength(path)
        ? throw new IOException("there is nothing in it: it is empty, or no file but a device or a pipe")
        : File.OpenRead(path);

    // True for an empty file, a device and a pipe. Asked before a file is opened, because that is where a pipe blocks.
    // IOException: There is nothing, it is a folder, or a link that leads nowhere.
    public static bool HasNoLength(string path)
    {
        if (Directory.Exists(path))
        {
            throw new IOException("it is a folder; name a file in it"); // opening one ends in "access denied"
        }

        var file = new FileInfo(path);
        return (file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file) is { Exists: true, Length: 0 };
    }
}
