using Microsoft.Extensions.Logging;

namespace Ambianic.Timeline;

/// <summary>
/// Reports of falls that could not be stored: each is made once only, so they wait in memory, without pictures, until the
/// disk takes them. They outlive the pipeline that made them, which may be rebuilt meanwhile. Safe to use from several threads.
/// </summary>
public sealed partial class UnsavedFalls(IEventStore store, TimeProvider time, ILogger<UnsavedFalls> logger) : IAsyncDisposable
{
    /// <summary>Of one pipeline; the oldest tell most.</summary>
    private const int MostOfAPipeline = 16;

    private static readonly TimeSpan RetryAfterFailure = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly Queue<DetectionEvent> _waiting = [];
    private long _triedAt;
    private bool _isTrying;
    private int _tried;
    private string? _folder;

    /// <summary>Keeps a report; its pictures are borrowed, and too large to wait in memory.</summary>
    /// <param name="report">Stored later under its id, unless the attempt that failed has stored it by then.</param>
    /// <param name="label">What it reports.</param>
    public void Keep(DetectionEvent report, string label)
    {
        lock (_gate)
        {
            if (_waiting.Count(other => other.Pipeline == report.Pipeline) == MostOfAPipeline)
            {
                LogLost(report.Pipeline, label, report.At, MostOfAPipeline);
                return;
            }

            _triedAt = time.GetTimestamp();
            _waiting.Enqueue(report with { ImageFileName = "", ThumbnailFileName = "", BeforeFileNames = [] });
        }

        LogKept(report.Pipeline, label, report.At);
    }

    /// <summary>Stores what waits, when the last attempt is a while ago and nobody else does it; returns at once otherwise.</summary>
    public ValueTask TrySaveAsync(CancellationToken cancellation)
    {
        lock (_gate)
        {
            if (_waiting.Count == 0 || _isTrying || time.GetElapsedTime(_triedAt) < RetryAfterFailure)
            {
                return ValueTask.CompletedTask;
            }

            _isTrying = true;
        }

        return new ValueTask(SaveAsync(cancellation));
    }

    /// <summary>Stores what still waits, if that is possible.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            if (_waiting.Count == 0 || _isTrying)
            {
                return;
            }

            _isTrying = true;
        }

        await SaveAsync(CancellationToken.None);
    }

    private async Task SaveAsync(CancellationToken cancellation)
    {
        try
        {
            _folder ??= await store.StartFolderAsync(time.GetLocalNow(), cancellation);
            while (Next() is { } report)
            {
                // A name of its own for each attempt, as the files of one that failed may have stayed.
                var name = EventNames.For(report.At.AddMicroseconds(++_tried));
                await store.AppendAsync(report with { RelDir = _folder, JsonFileName = name + EventNames.JsonSuffix }, picture: null, cancellation);
                LogSaved(report.Pipeline, report.At);
                lock (_gate)
                {
                    _waiting.Dequeue();
                }
            }
        }
        catch (IOException)
        {
            // told when it was kept, and shown as trouble of the storage as long as it lasts
        }
        finally
        {
            lock (_gate)
            {
                (_isTrying, _triedAt) = (false, time.GetTimestamp());
            }
        }
    }

    private DetectionEvent? Next()
    {
        lock (_gate)
        {
            return _waiting.TryPeek(out var report) ? report : null;
        }
    }

    [LoggerMessage(LogLevel.Error, "Pipeline {Pipeline}: the report {Label} of {At} is not stored; it waits in memory, without pictures, until that is possible")]
    private partial void LogKept(string pipeline, string label, DateTimeOffset at);

    [LoggerMessage(LogLevel.Error, "Pipeline {Pipeline}: the report {Label} of {At} is lost, as {Count} wait already that could not be stored")]
    private partial void LogLost(string pipeline, string label, DateTimeOffset at, int count);

    [LoggerMessage(LogLevel.Information, "Pipeline {Pipeline}: the report of {At} that waited is stored now")]
    private partial void LogSaved(string pipeline, DateTimeOffset at);
}
