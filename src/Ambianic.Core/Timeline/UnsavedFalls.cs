using Microsoft.Extensions.Logging;

namespace Ambianic.Core.Timeline;

/// <summary>
/// Reports of falls that could not be stored: each is made once only, so they wait in memory, without pictures, until the
/// disk takes them, which is tried every five seconds. They outlive the pipeline that made them, which may be rebuilt meanwhile. Safe to use from several threads.
/// </summary>
public sealed class UnsavedFalls(IEventStore store, TimeProvider time, ILogger<UnsavedFalls> logger) : IAsyncDisposable
{
    /// <summary>Of one pipeline; the oldest tell most.</summary>
    private const int MostOfAPipeline = 16;

    private static readonly TimeSpan RetryAfterFailure = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly Queue<DetectionEvent> _waiting = [];
    private ITimer? _retry; // while something waits
    private bool _isTrying;
    private int _tried;
    private readonly EventFolder _folder = new(store, time);

    /// <summary>A report could not be stored: the alerts take it at once. Raised on the pipeline's thread.</summary>
    public event Action<DetectionEvent>? NotStored;

    /// <summary>Keeps a report; its pictures are borrowed, and too large to wait in memory.</summary>
    /// <param name="report">Stored later under its id, unless the attempt that failed has stored it by then.</param>
    /// <param name="label">What it reports.</param>
    public void Keep(DetectionEvent report, string label)
    {
        NotStored?.Invoke(report with { ImageFileName = "", ThumbnailFileName = "", BeforeFileNames = [] });
        lock (_gate)
        {
            if (_waiting.Count(other => other.Pipeline == report.Pipeline) == MostOfAPipeline)
            {
                logger.FallReportLost(report.Pipeline, label, report.At, MostOfAPipeline);
                return;
            }

            _retry ??= time.CreateTimer(_ => _ = TrySaveAsync(), null, RetryAfterFailure, RetryAfterFailure);
            _waiting.Enqueue(report with { ImageFileName = "", ThumbnailFileName = "", BeforeFileNames = [] });
        }

        logger.FallReportWaits(report.Pipeline, label, report.At);
    }

    /// <summary>Stores what still waits, if that is possible.</summary>
    public async ValueTask DisposeAsync() => await TrySaveAsync();

    private async Task TrySaveAsync()
    {
        lock (_gate)
        {
            if (_waiting.Count == 0 || _isTrying)
            {
                return;
            }

            _isTrying = true;
        }

        try
        {
            await SaveAsync();
        }
        catch (IOException)
        {
            // told when it was kept, and shown as a fault of the storage as long as it lasts
        }
        catch (Exception error)
        {
            logger.StoringFallReportsFailed(error);
        }

        lock (_gate)
        {
            _isTrying = false;
            if (_waiting.Count == 0)
            {
                _retry?.Dispose();
                _retry = null;
            }
        }
    }

    private async Task SaveAsync()
    {
        var relDir = await _folder.RelDirAsync(CancellationToken.None);
        while (Next() is { } report)
        {
            // A name of its own for each attempt, as the files of one that failed may have stayed.
            var name = EventNames.For(report.At.AddMicroseconds(++_tried));
            await store.AppendAsync(report with { RelDir = relDir, JsonFileName = name + EventNames.JsonSuffix }, picture: null, CancellationToken.None);
            logger.FallReportStored(report.Pipeline, report.At);
            lock (_gate)
            {
                _waiting.Dequeue();
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
}
