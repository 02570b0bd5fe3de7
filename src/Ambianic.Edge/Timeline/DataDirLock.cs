namespace Ambianic.Timeline;

/// <summary>
/// Sees to it that one program at a time writes to a data directory; gone with the process that holds it, however that ends.
/// Its file also tells the directory from the empty mount point of a disk that was taken away.
/// </summary>
internal sealed class DataDirLock : IDisposable
{
    private readonly string _dataDir;
    private readonly string _path;
    private readonly Lock _gate = new();
    private FileStream? _file;

    private DataDirLock(string dataDir)
    {
        _dataDir = dataDir;
        _path = Path.Combine(dataDir, ".ambianic-lock");
        _file = Open();
    }

    /// <summary>Takes the data directory, which is made when it is missing.</summary>
    /// <exception cref="IOException">Another program has it, or it cannot be written.</exception>
    public static DataDirLock Take(string dataDir)
    {
        try
        {
            DurableFiles.EnsureFolder(dataDir);
        }
        catch (Exception error) when (StorageFailure.IsOne(error))
        {
            throw StorageFailure.At(dataDir, error);
        }

        return new DataDirLock(dataDir);
    }

    /// <summary>Takes the directory again after it has returned. Nothing may be made in it without this: the events would lie beneath the mount.</summary>
    /// <exception cref="IOException">It is not there, or another program has it by now.</exception>
    public void Require()
    {
        lock (_gate)
        {
            if (!File.Exists(_path))
            {
                Dispose();
                if (!File.Exists(Path.Combine(_dataDir, EventDatabase.FileName)))
                {
                    throw new DirectoryNotFoundException("what was in it is not there any more");
                }
            }

            _file ??= Open();
        }
    }

    /// <summary>Gives the data directory up.</summary>
    public void Dispose()
    {
        _file?.Dispose();
        _file = null;
    }

    private FileStream Open()
    {
        try
        {
            return new FileStream(_path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
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
