using Ambianic.Core.Health;
using Ambianic.Storage.Database;
using Ambianic.Storage.Files;
using Ambianic.Storage.Writing;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Ambianic.Storage;

/// <summary>
/// Adds rows for event files that have none: those of a crash between file and row, all of them after the loss of the
/// database, and those of folders that somebody copied there. They are not announced.
/// </summary>
internal sealed class IndexRecovery(EventFolders folders, EventDatabase database, WriterQueue queue, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    private const int Batch = 256;
    private static readonly Backoff Retry = new(TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(30));

    private readonly HashSet<string> _foldersAtStart = [.. folders.All()];
    private readonly CancellationTokenSource _closing = new(); // never disposed: it holds nothing to free, and an abandoned scan still reads it
    private volatile bool _isFailing;

    /// <summary>Completes when every event file that was there at the last <see cref="Start"/> has a row; never fails.</summary>
    public Task Completed { get; private set; } = Task.CompletedTask;

    /// <summary>True while rows are being added, newest first; false when the disk fails.</summary>
    public bool IsRunning => !Completed.IsCompleted && !_isFailing;

    /// <summary>Starts in the background, after an earlier start has completed; a disk that fails is tried again within 30 s.</summary>
    public void Start()
    {
        var (previous, all) = (Completed, folders.All());
        _isFailing = false; // a scan that met the loss of the database continues with the new one
        Completed = Task.Run(async () =>
        {
            await previous;
            for (var attempt = 1; !_closing.IsCancellationRequested && !await TryAsync(all, _closing.Token); attempt++)
            {
                await Task.Delay(Retry.After(attempt, Random.Shared), time, _closing.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        });
    }

    /// <summary>Stops; the next run of the program continues. A scan that waits for a disk that hangs is abandoned.</summary>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await Completed.WaitAsync(WriterPulse.Limit, time, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>A crash between the file with what people said of an event and the row leaves the row behind.</summary>
    private async Task CompareRemarksAsync(IReadOnlyList<string> all, CancellationToken cancellation)
    {
        var others = from relDir in all
                     where Directory.Exists(folders.PathOf(relDir))
                     from jsonFile in folders.WithRemarks(relDir)
                     let remarks = folders.ReadRemarks(relDir, jsonFile)
                     where database.Find(relDir, jsonFile) is { } row && row.Event.Remarks != remarks
                     select (relDir, jsonFile);
        foreach (var (relDir, jsonFile) in others)
        {
            await queue.CallAsync(open =>
            {
                if (database.Find(relDir, jsonFile) is { } row) // it may have been removed, or remarked on again
                {
                    EventRows.SetRemarks(open, row, folders.ReadRemarks(relDir, jsonFile));
                }

                return true;
            }).WaitAsync(cancellation);
        }
    }

    /// <returns>False when the disk failed, so that it is to be tried again.</returns>
    private async Task<bool> TryAsync(IReadOnlyList<string> all, CancellationToken cancellation)
    {
        var scan = new EventFileScan(folders, time.LocalTimeZone, _foldersAtStart.Contains); // no saver writes to those any more
        var added = 0;
        try
        {
            foreach (var batch in scan.Read(all, database.Unknown, cancellation).Chunk(Batch))
            {
                var isNew = await Task.WhenAll(batch.Select(found => queue.AddAsync(found, []))).WaitAsync(cancellation);
                added += isNew.Count(isAdded => isAdded);
            }

            await CompareRemarksAsync(all, cancellation);
        }
        catch (OperationCanceledException)
        {
            return true;
        }
        catch (Exception error) when (StorageFailure.IsOne(error))
        {
            if (!_isFailing)
            {
                logger.RecoveryFailed(error is SqliteException ? database.Failure(error) : error);
            }

            _isFailing = true;
            return false;
        }
        catch (Exception error)
        {
            logger.RecoveryMetDefect(error);
            return true;
        }

        _isFailing = false;
        if (added > 0)
        {
            logger.EventsRecovered(added);
        }

        if (scan.Unreadable is [var first, ..] unreadable)
        {
            logger.EventFilesUnreadable(unreadable.Count, first.Path, first.Reason);
        }

        return true;
    }
}
