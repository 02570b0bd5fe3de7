using Ambianic.Core.Timeline;
using Ambianic.Storage.Database;

namespace Ambianic.Storage;

/// <content>What was stored, for people.</content>
public sealed partial class SqliteEventStore
{
    /// <inheritdoc/>
    public ValueTask<EventPage> PageAsync(EventQuery query, EventOrder order, long? after, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(query.Limit, 1);
        cancellation.ThrowIfCancellationRequested();
        var rows = Read(() => _database.Page(query, order, after, offset: 0, query.Limit + 1)); // one more says whether a page follows
        var events = rows.Take(query.Limit).Select(row => _folders.WithPin(row.Event)).ToList();
        return ValueTask.FromResult(new EventPage(events, rows.Count > query.Limit ? rows[query.Limit - 1].Place : null));
    }

    /// <inheritdoc/>
    public ValueTask<DetectionEvent?> FindAsync(string id, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var found = Read(() => _database.Page(new EventQuery { Id = id }, EventOrder.Newest, after: null, offset: 0, limit: 1));
        return ValueTask.FromResult(found is [var row] ? _folders.WithPin(row.Event) : null);
    }

    /// <inheritdoc/>
    public async ValueTask<bool> DeleteAsync(string id, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        string? fault = null;
        var isFound = await OnWriterAsync(
            connection =>
            {
                if (EventRows.Find(connection, id) is not { } row)
                {
                    return false;
                }

                if (_retention.Delete(connection, row))
                {
                    _folders.SyncRemoval(row.Event);
                }
                else
                {
                    fault = _retention.Fault ?? $"{_folders.PathOf(row.Event.RelDir)}: the files of the event cannot be removed";
                }

                return true;
            },
            cancellation);
        return fault is null ? isFound : throw new IOException(fault);
    }

    /// <inheritdoc/>
    public async ValueTask<DetectionEvent?> RemarkAsync(string id, Func<EventRemarks, EventRemarks> change, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        DetectionEvent? changed = null;
        await OnWriterAsync(
            connection =>
            {
                if (EventRows.Find(connection, id) is not { } row || !_folders.SetRemarks(row.Event, change(row.Event.Remarks)))
                {
                    return false;
                }

                var remarks = change(row.Event.Remarks);
                EventRows.SetRemarks(connection, row, remarks); // after the file, which the next start believes
                changed = row.Event with { Remarks = remarks };
                return true;
            },
            cancellation);
        return changed is null ? null : _folders.WithPin(changed);
    }

    private async Task<bool> OnWriterAsync(Func<Microsoft.Data.Sqlite.SqliteConnection, bool> work, CancellationToken cancellation)
    {
        _pulse.EnsureAnswers(_database.Path);
        return await _pulse.WaitAsync(_queue.CallAsync(work), _database.Path, cancellation);
    }
}
