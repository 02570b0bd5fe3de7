using Ambianic.Core.Configuration;
using Ambianic.Core.Timeline;
using Ambianic.Core.Visits;
using Ambianic.Storage.Database;
using Ambianic.Storage.Files;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Ambianic.Storage.Visits;

/// <summary>
/// Visits, in a database of their own: that of events may be rebuilt from files at any time, this one cannot be. One loop writes what was
/// put, at most once a second. What is written outlives the program at once, and a loss of power soon. A damaged database is kept under
/// another name and begun again: its visits are then shown as single events.
/// </summary>
/// <param name="dataDir">Absolute.</param>
/// <param name="feed">Told of what was stored.</param>
/// <param name="retention">Which visits are removed, read once an hour; null keeps all.</param>
/// <param name="time">Clock.</param>
/// <param name="logger">Receives what was lost.</param>
public sealed class VisitDatabase(
    string dataDir, VisitFeed feed, Func<RetentionOptions>? retention, TimeProvider time, ILogger<VisitDatabase> logger) : IVisitStore, IAsyncDisposable
{
    /// <summary>Its name within the data directory.</summary>
    public const string FileName = "visits.db";

    /// <summary>Visits that wait for a disk; when there are more, those that ended longest ago are lost.</summary>
    private const int MostWaiting = 1000;

    private static readonly TimeSpan BetweenWrites = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RetryAfterFailure = TimeSpan.FromSeconds(5);
    /// <summary>Each replacement keeps the damaged database: a dying disk must not fill itself with them.</summary>
    private static readonly TimeSpan BetweenReplacements = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan BetweenRemovals = TimeSpan.FromHours(1);

    private readonly Lock _gate = new();
    private readonly Lock _connectionGate = new();
    private readonly Dictionary<string, Visit> _waiting = new(StringComparer.Ordinal);
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _signal = new(0, 1);
    private readonly CancellationTokenSource _stop = new();
    private readonly SqliteFile _file = new(Path.Combine(dataDir, FileName));
    private readonly DiskCall _disk = new(Path.Combine(dataDir, FileName));
    private SqliteConnection? _connection;
    private Task? _writing;
    private bool _wasOpen;
    private long? _replacedAt;
    private bool _isFailing;
    private long? _removedAt;

    /// <inheritdoc/>
    public void Put(Visit visit)
    {
        lock (_gate)
        {
            _waiting[visit.Id] = visit;
            if (_waiting.Count > MostWaiting)
            {
                _waiting.Remove(_waiting.Values.MinBy(other => other.End)!.Id);
            }

            _writing ??= Task.Run(WriteAsync);
            if (_signal.CurrentCount == 0)
            {
                _signal.Release();
            }
        }
    }

    /// <inheritdoc/>
    public Visit? Find(string id) => Access(connection => VisitRows.Find(connection, id));

    /// <inheritdoc/>
    public IReadOnlyList<Visit> Query(VisitQuery query) => Access(connection => VisitRows.Query(connection, query));

    /// <inheritdoc/>
    public IReadOnlySet<string> PicturesAmong(IReadOnlyCollection<string> eventIds) => Access(connection => VisitRows.PicturesAmong(connection, eventIds));

    /// <summary>Writes what waits and closes the file; no call may follow.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        if (_writing is { } writing)
        {
            await writing;
        }

        if (_connectionGate.TryEnter(WriterPulse.Limit))
        {
            Close();
            _connectionGate.Exit();
        }

        _stop.Dispose();
        _signal.Dispose();
    }

    private async Task WriteAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await _signal.WaitAsync(_stop.Token);
                await Task.Delay(TryWrite() ? BetweenWrites : RetryAfterFailure, time, _stop.Token);
            }
            catch (OperationCanceledException)
            {
                break;
            }
        }

        TryWrite();
    }

    private bool TryWrite()
    {
        List<Visit> visits;
        lock (_gate)
        {
            visits = [.. _waiting.Values];
            _waiting.Clear();
        }

        try
        {
            if (visits.Count > 0)
            {
                Access(connection =>
                {
                    VisitRows.Put(connection, visits);
                    RemoveOld(connection);
                    return true;
                });
            }
        }
        catch (IOException error)
        {
            Again(visits, error);
            return false;
        }

        _isFailing = false;
        Announce(visits);
        return true;
    }

    private void Again(List<Visit> visits, IOException error)
    {
        if (!_isFailing)
        {
            logger.VisitsNotStored(error.Message);
        }

        _isFailing = true;
        lock (_gate)
        {
            foreach (var visit in visits)
            {
                _waiting.TryAdd(visit.Id, visit);
            }

            if (_signal.CurrentCount == 0)
            {
                _signal.Release();
            }
        }
    }

    private void Announce(List<Visit> visits)
    {
        foreach (var visit in visits)
        {
            if (_known.Add(visit.Id))
            {
                feed.Announce(new VisitChange(VisitChangeKind.New, visit));
                if (visit.IsOpen)
                {
                    continue;
                }
            }

            feed.Announce(new VisitChange(visit.IsOpen ? VisitChangeKind.Update : VisitChangeKind.End, visit));
            if (!visit.IsOpen)
            {
                _known.Remove(visit.Id);
            }
        }
    }

    private void RemoveOld(SqliteConnection connection)
    {
        if (_removedAt is { } at && time.GetElapsedTime(at) < BetweenRemovals)
        {
            return;
        }

        _removedAt = time.GetTimestamp();
        if (retention?.Invoke() is { } options && LongestAge(options) is { } age)
        {
            VisitRows.RemoveBefore(connection, time.GetUtcNow() - age);
        }
    }

    /// <summary>A visit is kept as long as the longest of its events may be; null is for ever.</summary>
    private static TimeSpan? LongestAge(RetentionOptions options)
    {
        var days = options.MaxAgeDaysByLabel.Values.Append(options.MaxAgeDays).ToList();
        return days.Contains(0) ? null : TimeSpan.FromDays(days.Max());
    }

    /// <summary>Uses the one connection; a disk that hangs holds up nobody for long.</summary>
    private T Access<T>(Func<SqliteConnection, T> use) => _disk.Run(() =>
    {
        lock (_connectionGate)
        {
            try
            {
                return use(Open());
            }
            catch (Exception error) when (error is SqliteException or InvalidDataException or UnauthorizedAccessException)
            {
                Close();
                if (IsDamage(error) && !(_replacedAt is { } at && time.GetElapsedTime(at) < BetweenReplacements))
                {
                    _replacedAt = time.GetTimestamp();
                    _wasOpen = false;
                    var aside = _file.MoveAside($"broken-{EventNames.For(time.GetLocalNow())}");
                    logger.VisitsReplaced(_file.Path, error.Message, aside);
                }

                throw StorageFailure.At(_file.Path, error);
            }
        }
    });

    private static bool IsDamage(Exception error) =>
        error is InvalidDataException || (error is SqliteException failure && StorageFailure.IsCorruption(failure));

    private SqliteConnection Open()
    {
        if (_wasOpen && !_file.Exists)
        {
            Close();
            if (!DataDirLock.IsIn(dataDir))
            {
                throw StorageFailure.At(_file.Path, new DirectoryNotFoundException("what was in its directory is not there any more"));
            }
        }

        if (_connection is null)
        {
            DurableFiles.EnsureFolder(dataDir);
            var connection = _file.Open("PRAGMA synchronous = NORMAL;");
            try
            {
                connection.Run("PRAGMA journal_mode = WAL;");
                VisitSchema.Upgrade(connection, _file.Path);
                if (!_wasOpen)
                {
                    VisitRows.EndOpen(connection);
                    _wasOpen = true;
                }
            }
            catch
            {
                connection.Dispose();
                throw;
            }

            _connection = connection;
        }

        return _connection;
    }

    private void Close()
    {
        _connection?.Dispose();
        _connection = null;
        _file.Release();
    }
}
