using Ambianic.Configuration;
using Ambianic.Health;
using Ambianic.Pipelines;
using Ambianic.Timeline;

namespace Ambianic.Hosting;

/// <summary>Keeps the account of what was watched, and says in the log when somebody goes blind and when she sees again.</summary>
internal sealed partial class CoverageService : BackgroundService
{
    private static readonly TimeSpan Rhythm = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan SignOfLife = TimeSpan.FromSeconds(10);

    private readonly PipelineSupervisor _supervisor;
    private readonly TimeProvider _time;
    private readonly ILogger<CoverageService> _logger;
    private readonly CoverageFile _file;
    private readonly List<SightChange> _unwritten = [];
    private readonly Dictionary<string, DateTimeOffset> _blindSince = new(StringComparer.Ordinal);
    private long _writtenAt;
    private bool _isFailing;

    public CoverageService(
        AmbianicConfiguration configuration, PipelineSupervisor supervisor, TimeProvider time, ILogger<CoverageService> logger)
    {
        _supervisor = supervisor;
        _time = time;
        _logger = logger;
        _file = new CoverageFile(configuration.DataDir);
        Ledger = new CoverageLedger(Former());
    }

    /// <summary>The account.</summary>
    public CoverageLedger Ledger { get; }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Rhythm, _time);
        while (!stoppingToken.IsCancellationRequested)
        {
            Observe(_supervisor.Statuses);
            try
            {
                await timer.WaitForNextTickAsync(stoppingToken);
            }
            catch (OperationCanceledException)
            {
                Observe([.. _supervisor.Statuses.Select(status => status with { State = PipelineState.Stopped })]);
            }
        }
    }

    private void Observe(IReadOnlyList<PipelineStatus> statuses)
    {
        var now = _time.GetUtcNow();
        var changes = Ledger.Observe(statuses, now);
        foreach (var change in changes)
        {
            Tell(change);
        }

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

    private void Tell(SightChange change)
    {
        if (change.Sight is Sight.Frozen or Sight.Black or Sight.Covered)
        {
            LogBlind(change.Pipeline, change.Reason!);
        }

        if (change.Sight is Sight.Watching or Sight.Off)
        {
            if (_blindSince.Remove(change.Pipeline, out var since) && change.Sight == Sight.Watching)
            {
                LogSees(change.Pipeline, (change.At - since).TotalSeconds);
            }
        }
        else
        {
            _blindSince.TryAdd(change.Pipeline, change.At);
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

    [LoggerMessage(LogLevel.Warning, "Pipeline {Pipeline} sees nothing of use: {Reason}")]
    private partial void LogBlind(string pipeline, string reason);

    [LoggerMessage(LogLevel.Information, "Pipeline {Pipeline} sees again after {Seconds:0.0} s")]
    private partial void LogSees(string pipeline, double seconds);

    [LoggerMessage(LogLevel.Warning, "The account of what was watched cannot be kept on disk: {Reason}")]
    private partial void LogNotWritten(string reason);
}
