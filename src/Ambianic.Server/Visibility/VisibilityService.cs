using Ambianic.Core.Configuration;
using Ambianic.Core.Health;
using Ambianic.Core.Visibility;
using Ambianic.Storage.Files;

namespace Ambianic.Server.Visibility;

/// <summary>Keeps the visibility log, in memory and on disk.</summary>
internal sealed class VisibilityService : BackgroundService
{
    private static readonly TimeSpan SignOfLife = TimeSpan.FromSeconds(10);

    /// <summary>A longer pause between two snapshots is one of everything: no processor, a machine asleep, or a clock that was set forward.</summary>
    private static readonly TimeSpan StoodStill = TimeSpan.FromSeconds(5);

    /// <summary>At the start and at the end, a disk that hangs is waited for so long.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);

    private readonly HealthFeed _health;
    private readonly TimeProvider _time;
    private readonly ILogger<VisibilityService> _logger;
    private readonly VisibilityFile _file;
    private List<VisibilityChange> _unwritten = [];
    private List<VisibilityChange> _notWritten = []; // of the one that writes, until it is done
    private Task _writing = Task.CompletedTask;
    private long _writtenAt;
    private DateTimeOffset _observedAt;
    private bool _isFailing;

    public VisibilityService(
        AmbianicConfiguration configuration, HealthFeed health, TimeProvider time, ILogger<VisibilityService> logger)
    {
        _health = health;
        _time = time;
        _logger = logger;
        _file = new VisibilityFile(configuration.DataDir);
        _observedAt = time.GetUtcNow();
    }

    /// <summary>What was seen when.</summary>
    public VisibilityLog Log { get; } = new();

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _writing = OnThreadOfItsOwn(Recall);
        await Task.WhenAny(_writing, Task.Delay(LongestWait, _time, stoppingToken));
        try
        {
            await foreach (var snapshot in _health.SubscribeAsync(stoppingToken))
            {
                TryRecord(snapshot.At, () => Observe(snapshot));
            }
        }
        catch (OperationCanceledException)
        {
            await FarewellAsync();
        }
    }

    private async Task FarewellAsync()
    {
        var limit = Task.Delay(LongestWait, _time, CancellationToken.None);
        await Task.WhenAny(_writing, limit);
        var now = _time.GetUtcNow();
        TryRecord(now, () => Log.Stop(now));
        await Task.WhenAny(_writing, limit);
    }

    private IEnumerable<VisibilityChange> Observe(HealthSnapshot snapshot)
    {
        var stoodStill = snapshot.At - _observedAt > StoodStill;
        IReadOnlyList<VisibilityChange> interrupted = stoodStill ? Log.Interrupt(_observedAt, snapshot.At) : [];
        _observedAt = snapshot.At;
        return [.. interrupted, .. Log.Observe(snapshot.Pipelines, snapshot.At)];
    }

    /// <summary>The log is no reason to stop watching, whatever is wrong with it.</summary>
    private void TryRecord(DateTimeOffset now, Func<IEnumerable<VisibilityChange>> changes)
    {
        try
        {
            _unwritten.AddRange(changes());
            _unwritten.RemoveRange(0, Math.Max(0, _unwritten.Count - VisibilityLog.Kept));
            if (_writing.IsCompleted && (_unwritten.Count > 0 || _writtenAt == 0 || _time.GetElapsedTime(_writtenAt) >= SignOfLife))
            {
                BeginWriting(now);
            }
        }
        catch (Exception error)
        {
            _logger.VisibilityLogFailed(error);
        }
    }

    private void BeginWriting(DateTimeOffset now)
    {
        _writtenAt = _time.GetTimestamp();
        List<VisibilityChange> batch = [.. _notWritten, .. _unwritten];
        _unwritten = [];
        _writing = OnThreadOfItsOwn(() => _notWritten = Write(() => _file.Append(batch, now)) ? [] : batch);
    }

    /// <summary>A disk that hangs must neither look like a program that did not watch, nor keep threads from those who watch.</summary>
    private static Task OnThreadOfItsOwn(Action action) =>
        Task.Factory.StartNew(action, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void Recall() => Write(() =>
    {
        var (former, ends) = _file.Read();
        Log.Recall(former);
        _notWritten = [.. ends]; // before anything that this run sees, and also when the disk cannot be written now
    });

    /// <summary>A full disk is no reason not to watch; the log goes on in memory.</summary>
    private bool Write(Action write)
    {
        try
        {
            write();
            _isFailing = false;
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            if (!_isFailing)
            {
                _logger.VisibilityLogNotWritten(error.Message);
            }

            _isFailing = true;
            return false;
        }
    }
}
