using Ambianic.Storage.Database;

namespace Ambianic.Storage.Files;

/// <summary>
/// Lets one program at a time write to a data directory; the operating system releases it when the process ends.
/// Its file also distinguishes the directory from the empty mount point of an unmounted disk, and from a disk mounted over it.
/// </summary>
internal sealed class DataDirLock : IDisposable
{
    private const string FileName = ".ambianic-lock";

    private readonly string _dataDir;
    private readonly string _path;
    private readonly Lock _gate = new();
    private FileStream? _file;
    private byte[] _token = [];

    private DataDirLock(string dataDir)
    {
        _dataDir = dataDir;
        _path = Path.Combine(dataDir, FileName);
        _file = Open();
    }

    /// <summary>Locks the data directory, which is created when it is missing.</summary>
    /// <exception cref="IOException">Another program has it, or it cannot be written.</exception>
    public static DataDirLock Take(string dataDir)
    {
        try
        {
            PrivateFile.EnsureFolder(dataDir);
        }
        catch (Exception error) when (StorageFailure.IsOne(error))
        {
            throw StorageFailure.At(dataDir, error);
        }

        return new DataDirLock(dataDir);
    }

    /// <summary>True when a program has used the directory; false for the empty mount point of an unmounted disk.</summary>
    public static bool IsIn(string dataDir) =>
        File.Exists(Path.Combine(dataDir, FileName)) || File.Exists(Path.Combine(dataDir, EventDatabase.FileName));

    /// <summary>Locks the directory again when it was unmounted and came back. To be called before anything is created in it: events would else lie beneath the mount.</summary>
    /// <exception cref="IOException">It is not there, or another program has it by now.</exception>
    public void EnsureHeld()
    {
        lock (_gate)
        {
            if (!IsOurs())
            {
                Dispose();
            }

            if (!IsIn(_dataDir))
            {
                throw new DirectoryNotFoundException("what was in it is not there any more");
            }

            if (_file is null)
            {
                _file = Open();
                Generation++;
            }
        }
    }

    /// <summary>Grows when the directory is locked again: files opened before may belong to a directory that another disk hides.</summary>
    public int Generation { get; private set; }

    /// <summary>Releases the data directory.</summary>
    public void Dispose()
    {
        _file?.Dispose();
        _file = null;
    }

    /// <summary>False when the file is gone, or another one is seen in its place since a disk was mounted over it.</summary>
    private bool IsOurs()
    {
        try
        {
            using var seen = DurableFiles.OpenLocked(_path);
            Span<byte> token = stackalloc byte[_token.Length + 1];
            return token[..RandomAccess.Read(seen, token, 0)].SequenceEqual(_token);
        }
        catch (Exception error) when (StorageFailure.IsOne(error))
        {
            return false;
        }
    }

    private FileStream Open()
    {
        try
        {
            var file = new FileStream(_path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            try
            {
                _token = Guid.NewGuid().ToByteArray();
                file.SetLength(0);
                file.Write(_token);
                file.Flush();
                return file;
            }
            catch
            {
                file.Dispose();
                throw;
            }
        }
        catch (IOException error) when ((error.HResult & 0xFFFF) == 11) // EWOULDBLOCK, of flock(2)
        {
            throw new IOException($"{_dataDir}: in use by another Ambianic; stop it first, or choose another data_dir", error);
        }
        catch (Exception error) when (StorageFailure.IsOne(error))
        {
            throw StorageFailure.At(_path, error);
        }
    }
}
