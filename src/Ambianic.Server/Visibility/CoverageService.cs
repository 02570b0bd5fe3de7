using Ambianic.Core.Configuration;
using Ambianic.Core.Health;
using Ambianic.Core.Pipelines;
using Ambianic.Core.Visibility;
using Ambianic.Storage.Files;

namespace Ambianic.Server.Visibility;

/// <summary>Keeps the account of what was watched.</summary>
internal sealed partial class CoverageService : BackgroundService
{
    private static readonly TimeSpan Rhythm = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SignOfLife = TimeSpan.FromSeconds(10);

    /// <summary>A longer pause of this loop is one of everything: no processor, a machine asleep, or a clock that was set forward.</summary>
    private static readonly TimeSpan StoodStill = TimeSpan.FromSeconds(5);

    /// <summary>At the start and at the end, a disk that hangs is waited for so long.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);

    private readonly PipelineSupervisor _supervisor;
    private readonly TimeProvider _time;
    private readonly ILogger<CoverageService> _logger;
    private readonly CoverageFile _file;
    private List<SightChange> _unwritten = [];
    private List<SightChange> _notWritten = []; // of the one that writes, until it is done
    private Task _writing = Task.CompletedTask;
    private long _writtenAt;
    private DateTimeOffset _observedAt;
    private bool _isFailing;

    public CoverageService(
        AmbianicConfiguration configuration, PipelineSupervisor supervisor, TimeProvider time, ILogger<CoverageService> logger)
    {
        _supervisor = supervisor;
        _time = time;
        _logger = logger;
        _file = new CoverageFile(configuration.DataDir);
        _observedAt = time.GetUtcNow();
    }

    /// <summary>The account.</summary>
    public CoverageLedger Ledger { get; } = new();

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _writing = OnThreadOfItsOwn(Recall);
        await Task.WhenAny(_writing, Task.Delay(LongestWait, _time, stoppingToken));
        using var timer = new PeriodicTimer(Rhythm, _time);
        while (!stoppingToken.IsCancellationRequested)
        {
            TryObserve(_supervisor.Statuses);
            try
            {
                await timer.WaitForNextTickAsync(stoppingToken);
            }
            catch (OperationCanceledException)
            {
                await FarewellAsync();
            }
        }
    }

    private async Task FarewellAsync()
    {
        var limit = Task.Delay(LongestWait, _time, CancellationToken.None);
        await Task.WhenAny(_writing, limit);
        TryObserve([.. _supervisor.Statuses.Select(status => status with { State = PipelineState.Stopped })]);
        await Task.WhenAny(_writing, limit);
    }

    /// <summary>The account is no reason to stop watching, whatever is wrong with it.</summary>
    private void TryObserve(IReadOnlyList<PipelineStatus> statuses)
    {
        try
        {
            Observe(statuses);
        }
        catch (Exception error)
        {
            LogFailed(error);
        }
    }

    private void Observe(IReadOnlyList<PipelineStatus> statuses)
    {
        var now = _time.GetUtcNow();
        List<SightChange> changes = [];
        if (now - _observedAt > StoodStill)
        {
            changes.AddRange(Ledger.Interrupt(_observedAt, now));
        }

        _observedAt = now;
        changes.AddRange(Ledger.Observe(statuses, now));
        _unwritten.AddRange(changes);
        _unwritten.RemoveRange(0, Math.Max(0, _unwritten.Count - CoverageLedger.Kept));
        if (_writing.IsCompleted && (_unwritten.Count > 0 || _writtenAt == 0 || _time.GetElapsedTime(_writtenAt) >= SignOfLife))
        {
            BeginWriting(now);
        }
    }

    private void BeginWriting(DateTimeOffset now)
    {
        _writtenAt = _time.GetTimestamp();
        List<SightChange> batch = [.. _notWritten, .. _unwritten];
        _unwritten = [];
        _writing = OnThreadOfItsOwn(() => _notWritten = Write(() => _file.Append(batch, now)) ? [] : batch);
    }

    /// <summary>A disk that hangs must neither look like a program that did not watch, nor keep threads from those who watch.</summary>
    private static Task OnThreadOfItsOwn(Action action) =>
        Task.Factory.StartNew(action, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void Recall() => Write(() =>
    {
        var (former, ends) = _file.Read();
        Ledger.Recall(former);
        _notWritten = [.. ends]; // before anything that this run sees, and also when the disk cannot be written now
    });

    /// <summary>A full disk is no reason not to watch; the account goes on in memory.</summary>
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
                LogNotWritten(error.Message);
            }

            _isFailing = true;
            return false;
        }
    }

    [LoggerMessage(LogLevel.Error, "Keeping the account of what was watched failed; it goes on")]
    private partial void LogFailed(Exception error);

    [LoggerMessage(LogLevel.Warning, "The account of what was watched cannot be kept on disk: {Reason}")]
    private partial void LogNotWritten(string reason);
}
