using Ambianic.Configuration;
using Ambianic.Health;
using Ambianic.Pipelines;
using Ambianic.Timeline;

namespace Ambianic.Hosting;

/// <summary>Keeps the account of what was watched.</summary>
internal sealed partial class CoverageService : BackgroundService
{
    private static readonly TimeSpan Rhythm = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan SignOfLife = TimeSpan.FromSeconds(10);

    /// <summary>A longer pause of this loop is one of everything: no processor, a machine asleep, or a clock that was set forward.</summary>
    private static readonly TimeSpan StoodStill = TimeSpan.FromSeconds(5);

    private readonly PipelineSupervisor _supervisor;
    private readonly TimeProvider _time;
    private readonly ILogger<CoverageService> _logger;
    private readonly CoverageFile _file;
    private readonly List<SightChange> _unwritten = [];
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
        Ledger = new CoverageLedger(Former());
        _observedAt = time.GetUtcNow();
    }

    /// <summary>The account.</summary>
    public CoverageLedger Ledger { get; }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
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
                TryObserve([.. _supervisor.Statuses.Select(status => status with { State = PipelineState.Stopped })]);
            }
        }
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
            changes.AddRange(Ledger.Interrupt(_observedAt));
        }

        _observedAt = now;
        changes.AddRange(Ledger.Observe(statuses, now));
        _unwritten.AddRange(changes);
        _unwritten.RemoveRange(0, Math.Max(0, _unwritten.Count - CoverageLedger.Kept));
        if (changes.Count > 0 || _writtenAt == 0 || _time.GetElapsedTime(_writtenAt) >= SignOfLife)
        {
            _writtenAt = _time.GetTimestamp();
            Write(() =>
            {
                _file.Append(_unwritten, now);
                _unwritten.Clear();
            });
        }
    }

    private IReadOnlyList<SightChange> Former()
    {
        IReadOnlyList<SightChange> former = [];
        Write(() =>
        {
            former = _file.Read();
        });
        return former;
    }

    /// <summary>A full disk is no reason not to watch; the account goes on in memory.</summary>
    private void Write(Action write)
    {
        try
        {
            write();
            _isFailing = false;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            if (!_isFailing)
            {
                LogNotWritten(error.Message);
            }

            _isFailing = true;
        }
    }

    [LoggerMessage(LogLevel.Error, "Keeping the account of what was watched failed; it goes on")]
    private partial void LogFailed(Exception error);

    [LoggerMessage(LogLevel.Warning, "The account of what was watched cannot be kept on disk: {Reason}")]
    private partial void LogNotWritten(string reason);
}
