namespace Ambianic.Timeline;

/// <summary>Sees to it that one program at a time writes to a data directory; gone with the process that holds it, however that ends.</summary>
internal sealed class DataDirLock : IDisposable
{
    private readonly FileStream _file;

    private DataDirLock(FileStream file) => _file = file;

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

        var path = Path.Combine(dataDir, ".ambianic-lock");
        try
        {
            return new DataDirLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException error) when ((error.HResult & 0xFFFF) == 11) // EWOULDBLOCK, of flock(2)
        {
            throw new IOException($"{dataDir}: in use by another Ambianic; stop it first, or choose another data_dir", error);
        }
        catch (Exception error) when (StorageFailure.IsOne(error))
        {
            throw StorageFailure.At(path, error);
        }
    }

    /// <summary>Gives the data directory up.</summary>
    public void Dispose() => _file.Dispose();
}
