using System.Collections.Immutable;
using System.Threading.Channels;
using Ambianic.Core.Configuration;
using Ambianic.Core.Timeline;
using Microsoft.Extensions.Logging;

namespace Ambianic.Core.Alerts;

/// <summary>
/// Follows the timeline, raises alerts, sends their messages and takes answers. One loop does all of it, one step after the other, apart
/// from the sending itself: each recipient has at most one message under way. A step is stored before anything of it is sent; when it cannot
/// be stored, it is sent all the same, from memory.
/// </summary>
public sealed class AlertDesk : IAlertDesk, IAsyncDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);

    /// <summary>A step may wait several times for a disk that hangs, three seconds each.</summary>
    private static readonly TimeSpan HangsAfter = TimeSpan.FromMinutes(1);

    /// <summary>The wall clock was set, or the computer slept, when it differs by more from the one that only counts.</summary>
    private static readonly TimeSpan ClockStep = TimeSpan.FromSeconds(30);

    private readonly AlertParts _parts;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Channel<Action> _work = Channel.CreateUnbounded<Action>(new UnboundedChannelOptions { SingleReader = true });
    private readonly AlertBook _book;
    private readonly AlertLedger _ledger;
    private readonly TimelineReader _timeline;
    private readonly FaultWatch _faults;
    private readonly MessageSender _sender;
    private ImmutableDictionary<string, Alert> _alerts = ImmutableDictionary.Create<string, Alert>(StringComparer.Ordinal);
    private (DateTimeOffset Now, long Timestamp) _clock;
    private AmbianicConfiguration _configuration;
    private IReadOnlyList<PushSubscription> _devices = [];
    private bool _hasFailed;
    private long _steppedAt; // 0 before the first step
    private volatile Lazy<IReadOnlyList<Alert>> _open = new(() => []);
    private ImmutableDictionary<string, DateTimeOffset> _snoozes = ImmutableDictionary.Create<string, DateTimeOffset>(StringComparer.Ordinal);
    private volatile OutboxState _outbox = new(0, null);
    private volatile bool _isEnabled = true;
    private volatile bool _wouldSend;

    /// <param name="parts">What it works with; not disposed.</param>
    /// <param name="time">Clock and time zone.</param>
    /// <param name="logger">Receives what was raised, sent and answered.</param>
    /// <param name="metrics">Told how sending goes; null when nobody measures.</param>
    public AlertDesk(AlertParts parts, TimeProvider time, ILogger<AlertDesk> logger, AlertMetrics? metrics = null)
    {
        (_parts, _time, _logger) = (parts, time, logger);
        _configuration = parts.Configuration();
        _ledger = new AlertLedger(parts.Store, time, logger);
        _book = new AlertBook(Settings(_configuration));
        _wouldSend = _book.Settings.WouldSend;
        _timeline = new TimelineReader(parts.Timeline, _book, _ledger, time, logger);
        _sender = new MessageSender(parts, work => Do(work), Stored, time, logger, metrics);
        _faults = new FaultWatch(_book, parts.Faults, _sender, time, logger);
        _sender.Answered += answer => Do(() => Answered(answer.AlertId, answer.Answer, answer.By ?? "somebody"));
        metrics?.Follow(this, time);
    }

    /// <inheritdoc/>
    public bool IsEnabled => _isEnabled;

    /// <inheritdoc/>
    public bool WouldSend => _isEnabled && _wouldSend;

    /// <inheritdoc/>
    public string? Fault => IsAlive ? _ledger.Fault ?? _faults.ProviderFault ?? _faults.AnswerFault : "alerting hangs: nobody is told of anything; restart Ambianic, and check the disk of data_dir";

    /// <inheritdoc/>
    public bool IsAlive => Volatile.Read(ref _steppedAt) is var at && (at == 0 || _time.GetElapsedTime(at) < HangsAfter);

    /// <inheritdoc/>
    public IReadOnlyList<Alert> Open => _open.Value;

    /// <inheritdoc/>
    public DateTimeOffset? SnoozedUntil(string pipeline) => Volatile.Read(ref _snoozes).TryGetValue(pipeline, out var until) && until > Now ? until : null;

    /// <inheritdoc/>
    public Alert? Find(string alertId) => _alerts.GetValueOrDefault(alertId) ?? Unstored(alertId);

    /// <summary>Alerts that nobody answered, as they end; each is told once.</summary>
    public event Action<Alert>? Expired;

    /// <summary>What waits to be sent, as of the last step.</summary>
    internal OutboxState Outbox => _outbox;

    private DateTimeOffset Now => _time.GetUtcNow();

    /// <summary>Works until cancelled; then says in the store that it ended cleanly.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        _clock = (Now, _time.GetTimestamp());
        _ledger.Add(new AlertChanges { IsRunning = true });
        using var feed = _parts.Feed.Listen();
        var listening = ListenAsync(feed, cancellation);
        try
        {
            while (true)
            {
                Step();
                await WaitAsync(cancellation);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            await _sender.DisposeAsync();
            _ledger.Add(new AlertChanges { IsRunning = false });
            _work.Writer.Complete();
            DrainWork();
            Save(isLast: true);
        }

        await listening;
    }

    /// <summary>Takes an event that could not be stored; it is told at once, and not again when it is stored after all. Never waits.</summary>
    public void Take(DetectionEvent unstored) => Do(() => _timeline.Take(unstored, _isEnabled));

    /// <inheritdoc/>
    public Task EnableAsync(bool isEnabled, CancellationToken cancellation) => DoAsync(
        () =>
        {
            _isEnabled = isEnabled;
            _ledger.Add(new AlertChanges { IsEnabled = isEnabled });
            if (!isEnabled)
            {
                _book.SwitchOff(Now);
            }

            return true;
        },
        cancellation);

    /// <inheritdoc/>
    public async Task<Alert?> AnswerAsync(string alertId, AlertAnswer answer, string by, CancellationToken cancellation, Recipient? from = null) =>
        await DoAsync(() => Answered(alertId, answer, by, from), cancellation) ?? Stored(alertId);

    /// <inheritdoc/>
    public async Task<Alert?> ResolveAsync(string alertId, string by, CancellationToken cancellation) =>
        await DoAsync(() => _book.Close(alertId, by, Now), cancellation) ?? Stored(alertId);

    /// <inheritdoc/>
    public Task<Alert?> FeedbackAsync(string alertId, AlertFeedback feedback, string by, CancellationToken cancellation) => DoAsync(
        () => feedback == AlertFeedback.FalseAlarm ? Answered(alertId, AlertAnswer.FalseAlarm, by) : Judged(alertId, feedback),
        cancellation);

    /// <inheritdoc/>
    public Task SnoozeAsync(string pipeline, DateTimeOffset until, CancellationToken cancellation) => DoAsync(
        () =>
        {
            _book.Snooze(pipeline, until, Now);
            return true;
        },
        cancellation);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<TestResult>> TestAsync(string? notification, CancellationToken cancellation)
    {
        var settings = Settings(_parts.Configuration());
        var recipients = settings.Notifications.Keys
            .Where(name => notification is null || name == notification)
            .SelectMany(settings.RecipientsOf)
            .Concat(notification is null ? settings.Devices.Select(device => new Recipient("", 0, device.Id)) : []);
        return await Task.WhenAll(recipients.Select(recipient => _sender.TestAsync(recipient, settings, cancellation)));
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Alert>> DrillAsync(string pipeline, CancellationToken cancellation) => await DoAsync<IReadOnlyList<Alert>>(
        () =>
        {
            if (!_isEnabled)
            {
                return [];
            }

            var now = Now;
            var triggers = _book.Settings.ForPipeline(pipeline).Select(name => new AlertTrigger
            {
                Incident = $"drill:{pipeline}:{now.UtcTicks}",
                Notification = name,
                Kind = AlertKind.Drill,
                Severity = AlertSeverity.Critical,
                At = now,
                Pipeline = pipeline,
                Labels = [Vision.Falls.FallLabels.Fall],
                IsTest = true,
            }).ToList();
            _book.Trigger(triggers, now);
            return [.. triggers.Select(trigger => _book.Find(trigger.AlertId)).OfType<Alert>()];
        },
        cancellation);

    /// <summary>Ends all connections of providers.</summary>
    public ValueTask DisposeAsync() => _sender.DisposeAsync();

    /// <summary>Takes over what an earlier run left; while it cannot be read, alerts are raised and sent all the same, from memory.</summary>
    private void Resume()
    {
        if (_ledger.Load() is not { } journal)
        {
            return;
        }

        _isEnabled = _ledger.Unstored.IsEnabled ?? journal.IsEnabled;
        _timeline.Resume(journal.Cursor);
        _book.Resume(journal, Now);
        _faults.Resume(journal.Open);
        Remember(journal.Open);
        Remember(journal.Snoozes);
        if (!journal.EndedCleanly && _isEnabled)
        {
            _faults.Report(AlertKind.Restart, "restart", "It was killed, or the power was cut; what it saw before is stored");
        }
    }

    /// <summary>The clock was set, or the computer slept: what is to come is as far away as before.</summary>
    private void FollowClock()
    {
        var (now, timestamp) = (Now, _time.GetTimestamp());
        var step = now - _clock.Now - _time.GetElapsedTime(_clock.Timestamp, timestamp);
        _clock = (now, timestamp);
        if (step.Duration() >= ClockStep)
        {
            _book.Shift(step, now);
            _ledger.Hurry();
            _timeline.Hurry();
            _faults.Hurry();
        }
    }

    private async Task ListenAsync(EventListener feed, CancellationToken cancellation)
    {
        try
        {
            while (true)
            {
                await feed.NextAsync(cancellation);
                Do(_timeline.Hurry);
            }
        }
        catch (OperationCanceledException)
        {
            // the program stops
        }
    }

    /// <summary>Does what is due. What fails keeps none of the rest from being done.</summary>
    private void Step()
    {
        _hasFailed = false;
        foreach (var part in (ReadOnlySpan<Action>)[
            FollowClock,
            Resume,
            DrainWork,
            ReadConfiguration,
            () => _faults.Look(_isEnabled),
            () => _timeline.Read(_isEnabled, () => Save()),
            () => _book.Tick(_clock.Now), // a clock that is set meanwhile is followed first
            DropUnwanted,
            () => Save(),
            () => _sender.Start(_book, Now, _isEnabled),
            () => _outbox = _book.Outbox.State,
        ])
        {
            try
            {
                part();
            }
            catch (Exception error)
            {
                _hasFailed = true;
                _logger.AlertingFailed(error); // what was done of it is stored and sent; the next step is another chance
            }
        }

        Volatile.Write(ref _steppedAt, _time.GetTimestamp());
    }

    /// <summary>While notifications are switched off: what came of answers and of the clock.</summary>
    private void DropUnwanted()
    {
        if (!_isEnabled)
        {
            _book.Outbox.CancelAll();
        }
    }

    private async Task WaitAsync(CancellationToken cancellation)
    {
        var now = Now;
        var next = now + LookEvery;
        foreach (var due in _book.Outbox.Queues.Where(queue => !_sender.IsBusy(queue.Recipient)).Select(queue => queue.NextDue(now)).Append(_book.NextDue).Append(_ledger.NextDue))
        {
            next = due < next && !_hasFailed ? due.Value : next; // what failed is still due
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var ring = next > now ? Task.Delay(next - now, _time, limit.Token) : Task.CompletedTask;
        await Task.WhenAny(_work.Reader.WaitToReadAsync(limit.Token).AsTask(), ring);
        await limit.CancelAsync();
        cancellation.ThrowIfCancellationRequested();
    }

    private void DrainWork()
    {
        while (_work.Reader.TryRead(out var work))
        {
            work();
        }
    }

    private void ReadConfiguration()
    {
        var configuration = _parts.Configuration();
        if (!ReferenceEquals(_configuration, configuration) || _sender.DevicesChanged(_book.Settings.Devices))
        {
            _configuration = configuration;
            _book.Use(Settings(configuration), Now);
            _wouldSend = _book.Settings.WouldSend;
        }
    }

    private AlertSettings Settings(AmbianicConfiguration configuration)
    {
        _devices = _ledger.Read(store => store.Subscriptions(), unread: _devices); // those that are known are told
        return new AlertSettings(configuration, _time.LocalTimeZone, _devices);
    }

    private Alert? Answered(string alertId, AlertAnswer answer, string by, Recipient? from = null)
    {
        if (_book.Find(alertId) is null && Stored(alertId) is { } ended)
        {
            AnsweredLate(ended, answer);
        }

        var alert = _book.Answer(alertId, answer, by, Now, from) ?? (answer == AlertAnswer.FalseAlarm ? Judged(alertId, AlertFeedback.FalseAlarm) : null);
        if (alert is not null)
        {
            _logger.AlertAnswered(AlertTexts.Subject(alert), AlertAnswers.Word(answer), by);
        }

        return alert;
    }

    /// <summary>An alert that nobody answered is answered after all, as if it had not ended; a camera can be snoozed at any time.</summary>
    private void AnsweredLate(Alert ended, AlertAnswer answer)
    {
        if (ended.State == AlertState.Expired && answer is AlertAnswer.TakingCare or AlertAnswer.CallForHelp)
        {
            _book.Reopen(ended);
        }
        else if (answer == AlertAnswer.Snooze && ended.Pipeline.Length > 0)
        {
            _book.Snooze(ended.Pipeline, Now + AlertBook.SnoozeLasts, Now);
        }
    }

    /// <summary>What a person says of an alert, also of one that has ended.</summary>
    private Alert? Judged(string alertId, AlertFeedback feedback)
    {
        if (_book.Judge(alertId, feedback) is { } open)
        {
            return open;
        }

        var ended = Stored(alertId) is { } stored ? stored with { Feedback = feedback } : null;
        if (ended is not null)
        {
            _ledger.Add(new AlertChanges { Alerts = [ended] });
        }

        return ended;
    }

    private Alert? Unstored(string alertId) => _ledger.Unstored.Alerts.LastOrDefault(alert => alert.Id == alertId);

    /// <summary>An alert that has ended.</summary>
    private Alert? Stored(string alertId) =>
        Unstored(alertId) ?? (_ledger.Read(store => store.Alerts(new AlertQuery { Id = alertId, Limit = 1 }), unread: []) is [var found, ..] ? found : null);

    private void Save(bool isLast = false)
    {
        var changes = _book.TakeChanges();
        Remember(changes.Alerts);
        Remember(changes.Snoozes);
        foreach (var ended in changes.Alerts.Where(alert => alert.State == AlertState.Expired && _book.NeedsAnswer(alert)))
        {
            _logger.AlertExpired(AlertTexts.Subject(ended));
            Expired?.Invoke(ended);
        }

        _ledger.Add(changes);
        _ledger.Save(() => _book.Everything() with { Cursor = _timeline.Cursor, IsRunning = !isLast, IsEnabled = _isEnabled }, isLast);
    }

    private void Remember(IReadOnlyDictionary<string, DateTimeOffset> changed) => Volatile.Write(ref _snoozes, _snoozes.SetItems(changed));

    private void Remember(IReadOnlyList<Alert> changed)
    {
        if (changed.Count > 0)
        {
            var alerts = _alerts = _alerts.RemoveRange(changed.Where(alert => alert.HasEnded).Select(alert => alert.Id))
                .SetItems(changed.Where(alert => !alert.HasEnded).Select(alert => KeyValuePair.Create(alert.Id, alert)));
            _open = new(() => [.. alerts.Values.OrderByDescending(alert => alert.RaisedAt)]);
        }
    }

    /// <summary>Has the loop do something; returns at once.</summary>
    /// <returns>False when it has ended.</returns>
    private bool Do(Action work) => _work.Writer.TryWrite(work);

    private async Task<T> DoAsync<T>(Func<T> work, CancellationToken cancellation)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var isTaken = Do(() =>
        {
            try
            {
                var result = work();
                Save();
                done.SetResult(result);
            }
            catch (Exception error)
            {
                done.SetException(error);
            }
        });
        return isTaken ? await done.Task.WaitAsync(cancellation) : throw new OperationCanceledException("the program stops");
    }
}
