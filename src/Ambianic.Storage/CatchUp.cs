using Ambianic.Storage.Database;
using Ambianic.Storage.Files;
using Ambianic.Storage.Writing;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Ambianic.Storage;

/// <summary>
/// Takes in event files that have no row: those that a crash left between file and row, all of them when the database was
/// lost, and those of folders that somebody put there. They are not announced.
/// </summary>
internal sealed partial class CatchUp(EventFolders folders, EventDatabase database, EventWriter writer, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    private const int Batch = 256;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);

    private readonly HashSet<string> _foldersAtStart = [.. folders.All()];
    private readonly CancellationTokenSource _closing = new(); // never disposed: nothing in it has to be, and who is left behind may ask it
    private volatile bool _isFailing;

    /// <summary>Completes when every event file that was there when it last began is in the database; never fails.</summary>
    public Task Completed { get; private set; } = Task.CompletedTask;

    /// <summary>True while event files may come into the database, unless that fails: the oldest are the last to come.</summary>
    public bool IsTakingIn => !Completed.IsCompleted && !_isFailing;

    /// <summary>Begins in the background, after what began before; a disk that fails is asked again.</summary>
    public void Begin()
    {
        var (before, all) = (Completed, folders.All());
        _isFailing = false; // a walk that met the loss of the database goes on with the one that was made anew
        Completed = Task.Run(async () =>
        {
            await before;
            while (!_closing.IsCancellationRequested && !await TryAsync(all, _closing.Token))
            {
                await Task.Delay(Pause, time, _closing.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        });
    }

    /// <summary>Stops; the next start goes on. A walk that waits for a disk that hangs is left behind.</summary>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await Completed.WaitAsync(WriterPulse.Limit, time, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <returns>False when the disk failed and it is worth another try.</returns>
    private async Task<bool> TryAsync(IReadOnlyList<string> all, CancellationToken cancellation)
    {
        var scan = new EventFileScan(folders, time.LocalTimeZone, _foldersAtStart.Contains); // nobody writes to those any more
        var added = 0;
        try
        {
            foreach (var batch in scan.Read(all, database.Unknown, cancellation).Chunk(Batch))
            {
                var isNew = await Task.WhenAll(batch.Select(found => writer.AddAsync(found, []))).WaitAsync(cancellation);
                added += isNew.Count(yes => yes);
            }
        }
        catch (OperationCanceledException)
        {
            return true;
        }
        catch (Exception error) when (StorageFailure.IsOne(error))
        {
            if (!_isFailing)
            {
                LogNotCaughtUp(error is SqliteException ? database.Failure(error) : error);
            }

            _isFailing = true;
            return false;
        }
        catch (Exception error)
        {
            LogDefect(error);
            return true;
        }

        _isFailing = false;
        if (added > 0)
        {
            LogCaughtUp(added);
        }

        if (scan.Unreadable is [var first, ..] unreadable)
        {
            LogUnreadable(unreadable.Count, first.Path, first.Reason);
        }

        return true;
    }

    [LoggerMessage(LogLevel.Information, "{Count} event(s) that had files but were not in the database are on the timeline again")]
    private partial void LogCaughtUp(int count);

    [LoggerMessage(LogLevel.Warning, "Not every event file could be compared with the database; it is tried again")]
    private partial void LogNotCaughtUp(Exception error);

    [LoggerMessage(LogLevel.Error, "Not every event file could be compared with the database, by a defect of Ambianic; please report it. The next start tries again")]
    private partial void LogDefect(Exception error);

    [LoggerMessage(LogLevel.Warning, "{Count} event file(s) cannot be read and are left as they are, first {Path}: {Reason}")]
    private partial void LogUnreadable(int count, string path, string reason);
}
