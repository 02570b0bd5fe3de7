using System.Diagnostics;

namespace Ambianic.Storage.Files;

/// <summary>Writes a file that only its owner may read, so that after a loss of power the old or the new content is there in full.</summary>
public static class PrivateFile
{
    private const string TemporarySuffix = ".ambianic-tmp";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Puts the content in the place of the file, with mode 600: temporary file beside it, fsync, rename, fsync of the folder. A link is followed.</summary>
    /// <param name="path">Absolute. Its folder exists.</param>
    /// <param name="content">All of it.</param>
    /// <exception cref="IOException">What was there before is still there; the message says what to do.</exception>
    public static void Replace(string path, ReadOnlyMemory<byte> content)
    {
        var target = new FileInfo(path).LinkTarget is null ? path : File.ResolveLinkTarget(path, returnFinalTarget: true)!.FullName;
        var folder = Path.GetDirectoryName(target)!;
        var temporary = Path.Combine(folder, $".{Path.GetFileName(target)}{TemporarySuffix}");
        try
        {
            File.Delete(temporary); // one that a crash left may have another mode
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = OwnerOnly;
            }

            using (var file = new FileStream(temporary, options))
            {
                file.Write(content.Span);
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, target, overwrite: true);
            DurableFiles.SyncFolder(folder);
        }
        catch (UnauthorizedAccessException error)
        {
            throw new IOException($"{target} cannot be written: this user may not write in the folder {folder}; give write permission", error);
        }
        catch (IOException error)
        {
            TryDelete(temporary);
            throw new IOException($"{target} cannot be written: {error.Message.TrimEnd('.')}. In a container, mount its folder and not the file alone", error);
        }
    }

    /// <summary>Makes a folder, if need be, such that its owner alone may see what is in it, and those above it as the system does.</summary>
    /// <param name="folder">Absolute.</param>
    /// <exception cref="IOException">It cannot be made.</exception>
    public static void EnsureFolder(string folder)
    {
        if (OperatingSystem.IsWindows() || Directory.Exists(folder) || Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(folder)) is not { } parent)
        {
            DurableFiles.EnsureFolder(folder);
            return;
        }

        DurableFiles.EnsureFolder(parent);
        Directory.CreateDirectory(folder, OwnerOnly | UnixFileMode.UserExecute);
        DurableFiles.SyncFolder(parent);
    }

    /// <summary>Takes from others what a restore or a copy may have given them: the permission to read a file. Does nothing when it is not there.</summary>
    /// <param name="path">Absolute.</param>
    /// <returns>Why not: a file system without permissions, say; null when it is done.</returns>
    public static string? Protect(string path)
    {
        try
        {
            if (!OperatingSystem.IsWindows() && File.Exists(path) && File.GetUnixFileMode(path) is var mode && (mode & ~OwnerOnly) != 0)
            {
                File.SetUnixFileMode(path, mode & OwnerOnly);
            }

            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return error.Message;
        }
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Debug.WriteLine(error.Message); // the first error is reported; the next write removes it
        }
    }
}
