using Ambianic.Core.Health;
using Microsoft.Extensions.Logging;

namespace Ambianic.Inference.Models;

/// <summary>The folders of a store, and the lock that lets one process at a time add to it.</summary>
internal sealed class StoreFolder(string directory, TimeProvider time, ILogger logger)
{
    private const int LockedOnLinux = 11; // EWOULDBLOCK, which .NET passes on as it is
    private const int LockedOnMac = 35;

    private static readonly Backoff LockRetry = new(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(1));

    /// <summary>Where finished files are.</summary>
    public string Models { get; } = Path.Combine(directory, "models");

    /// <summary>Where files are made; on the same disk, so that they can be moved in one step.</summary>
    public string Temporary { get; } = Path.Combine(directory, "tmp");

    /// <summary>Waits until no other process fetches, and removes the temporary files of one that was killed. Disposing it gives the lock back.</summary>
    /// <exception cref="ModelException">The folder cannot be written.</exception>
    public async Task<FileStream> LockAsync(CancellationToken cancellation)
    {
        try
        {
            Directory.CreateDirectory(Models);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ModelException($"models cannot be kept in {Models}: {error.Message}; set AMBIANIC_CACHE to a folder that can be written", error);
        }

        var held = await OpenLockAsync(cancellation);
        RemoveTemporary();
        return held;
    }

    /// <summary>Does something with an empty <see cref="Temporary"/>, which is removed afterwards. The lock must be held.</summary>
    public async Task InTemporaryAsync(Func<Task> work)
    {
        try
        {
            Directory.CreateDirectory(Temporary);
            await work();
        }
        finally
        {
            RemoveTemporary();
        }
    }

    private void RemoveTemporary()
    {
        if (Directory.Exists(Temporary))
        {
            Directory.Delete(Temporary, recursive: true);
        }
    }

    private async Task<FileStream> OpenLockAsync(CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return new FileStream(Path.Combine(Models, ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException error) when (error.HResult is LockedOnLinux or LockedOnMac)
            {
                if (attempt == 1)
                {
                    logger.WaitingForOtherFetch(Models);
                }

                await Task.Delay(LockRetry.After(attempt, Random.Shared), time, cancellation);
            }
        }
    }
}
