using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Ambianic.Storage.Files;

/// <summary>A file to be.</summary>
/// <param name="Name">Its name within the folder.</param>
/// <param name="Content">All of it.</param>
internal readonly record struct NewFile(string Name, ReadOnlyMemory<byte> Content);

/// <summary>Writes files so that after a loss of power each is there in full or not at all.</summary>
/// <remarks>
/// Method: write under a temporary name in the same folder, fsync, rename, fsync the folder; see rename(2) and fsync(2),
/// and T. Pillai et al., "All File Systems Are Not Created Equal", OSDI 2014.
/// </remarks>
internal static partial class DurableFiles
{
    private const string TemporarySuffix = ".ambianic-tmp";
    private const int ReadOnlyDirectory = 0x10000; // O_RDONLY | O_DIRECTORY
    private const int ReadOnlyDirectoryArm = 0x4000; // the same on arm and arm64
    private const int CloseOnExec = 0x80000; // O_RDONLY | O_CLOEXEC
    private const int InvalidArgument = 22; // errno of a file system that cannot sync folders
    private const int NotSupported = 95;

    /// <summary>Matches files that a crash left half-written; no other program uses such names.</summary>
    public const string TemporaryPattern = ".*" + TemporarySuffix;

    /// <summary>
    /// Writes all files into <paramref name="folder"/>, which is created when it is missing; they appear in the given order,
    /// so that the last may stand for all.
    /// </summary>
    /// <exception cref="IOException">None of the files is there; also when one of them was there before, which stays as it is.</exception>
    public static void Write(string folder, ReadOnlySpan<NewFile> files)
    {
        EnsureFolder(folder);
        var appeared = 0;
        try
        {
            foreach (var file in files)
            {
                WriteTemporary(folder, file);
            }

            foreach (var file in files)
            {
                File.Move(Temporary(folder, file), Path.Combine(folder, file.Name), overwrite: false);
                appeared++;
            }

            SyncFolder(folder);
        }
        catch
        {
            for (var i = 0; i < files.Length; i++)
            {
                TryDelete(i < appeared ? Path.Combine(folder, files[i].Name) : Temporary(folder, files[i]));
            }

            throw;
        }
    }

    /// <summary>Writes one file in the place of an older one of its name, if there is one.</summary>
    /// <exception cref="IOException">What was there before is still there.</exception>
    public static void Replace(string folder, NewFile file)
    {
        EnsureFolder(folder);
        WriteTemporary(folder, file);
        File.Move(Temporary(folder, file), Path.Combine(folder, file.Name), overwrite: true);
        SyncFolder(folder);
    }

    /// <summary>Makes a folder and those above it, and sees to it that they survive a loss of power.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    public static void EnsureFolder(string folder)
    {
        if (Directory.Exists(folder))
        {
            return;
        }

        var parent = Path.GetDirectoryName(Path.GetFullPath(folder));
        if (parent is not null)
        {
            EnsureFolder(parent);
        }

        Directory.CreateDirectory(folder);
        if (parent is not null)
        {
            SyncFolder(parent);
        }
    }

    /// <summary>Makes what was renamed, added or removed in a folder survive a loss of power, as far as its file system can.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public static void SyncFolder(string folder)
    {
        var isArm = RuntimeInformation.ProcessArchitecture is Architecture.Arm or Architecture.Arm64;
        var descriptor = Open(folder, isArm ? ReadOnlyDirectoryArm : ReadOnlyDirectory);
        if (descriptor < 0)
        {
            throw LastError(folder);
        }

        try
        {
            if (Fsync(descriptor) < 0 && Marshal.GetLastPInvokeError() is not (InvalidArgument or NotSupported))
            {
                throw LastError(folder);
            }
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    /// <summary>Makes a file's content survive a loss of power.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public static void SyncFile(string path)
    {
        using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        RandomAccess.FlushToDisk(handle);
    }

    /// <summary>Opens a file to read although another process holds a lock on it; .NET would ask for the lock too.</summary>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static SafeFileHandle OpenLocked(string path) => Open(path, CloseOnExec) is >= 0 and var descriptor
        ? new SafeFileHandle(descriptor, ownsHandle: true)
        : throw LastError(path);

    private static void WriteTemporary(string folder, NewFile file)
    {
        using var handle = File.OpenHandle(Temporary(folder, file), FileMode.Create, FileAccess.Write);
        RandomAccess.Write(handle, file.Content.Span, 0);
        RandomAccess.FlushToDisk(handle);
    }

    private static string Temporary(string folder, NewFile file) => Path.Combine(folder, $".{file.Name}{TemporarySuffix}");

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // the first error is reported; a temporary file is removed at the next start
        }
    }

    private static IOException LastError(string path)
    {
        var errno = Marshal.GetLastPInvokeError();
        return new IOException($"{path}: {Marshal.GetPInvokeErrorMessage(errno)}", errno);
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
