using System.Collections.Immutable;
using System.Threading.Channels;
using Ambianic.Core.Configuration;
using Ambianic.Core.Health;
using Ambianic.Core.Timeline;
using Microsoft.Extensions.Logging;

namespace Ambianic.Core.Alerts;

/// <summary>What <see cref="AlertDesk"/> works with.</summary>
/// <param name="Store">The durable copy.</param>
/// <param name="Timeline">Where events are read.</param>
/// <param name="Feed">Tells that there are new events.</param>
/// <param name="Providers">Make what sends.</param>
/// <param name="Push">Makes what sends to devices.</param>
/// <param name="Links">Signs links.</param>
/// <param name="Pictures">Gives pictures of events.</param>
/// <param name="Configuration">As it is now; read before each step, so that an edit counts at once.</param>
/// <param name="Faults">Of the device, by kind, for people: what is wrong now. Read every few seconds.</param>
public sealed record AlertParts(
    IAlertStore Store,
    IEventFollower Timeline,
    EventFeed Feed,
    IProviderCatalog Providers,
    IPushProviders Push,
    IAnswerLinks Links,
    IAlertPictures Pictures,
    Func<AmbianicConfiguration> Configuration,
    Func<IReadOnlyDictionary<AlertKind, string>> Faults);

/// <summary>
/// Follows the timeline, raises alerts, sends their messages and takes answers. One loop does all of it, one step after the other, apart
/// from the sending itself: each recipient has at most one message under way. A step is stored before anything of it is sent; when it cannot
/// be stored, it is sent all the same, from memory.
/// </summary>
public sealed class AlertDesk : IAlertDesk, IAsyncDisposable
{
    private const int MostEvents = 256;

    private static readonly TimeSpan Late = TimeSpan.FromHours(1);
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);

    /// <summary>The faults of the device that lasted before the start are known again by then: a fault counts once it has lasted a minute.</summary>
    private static readonly TimeSpan SettlesWithin = TimeSpan.FromMinutes(2);

    /// <summary>The wall clock was set, or the computer slept, when it differs by more from the one that only counts.</summary>
    private static readonly TimeSpan ClockStep = TimeSpan.FromSeconds(30);

    private static readonly Backoff Retry = new(TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(1));

    private readonly AlertParts _parts;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Channel<Action> _work = Channel.CreateUnbounded<Action>(new UnboundedChannelOptions { SingleReader = true });
    private readonly AlertBook _book;
    private readonly MessageSender _sender;
    private readonly HashSet<string> _faults = []; // incidents of the device and of providers that last; each is told once
    private ImmutableDictionary<string, Alert> _alerts = ImmutableDictionary.Create<string, Alert>(StringComparer.Ordinal);
    private (DateTimeOffset Now, long Timestamp) _clock;
    private long _started;
    private AlertChanges _unstored = AlertChanges.None;
    private EventCursor? _cursor;
    private DateTimeOffset _storeNext = DateTimeOffset.MinValue;
    private DateTimeOffset _lookNext = DateTimeOffset.MinValue;
    private DateTimeOffset _readNext = DateTimeOffset.MinValue;
    private int _failures;
    private AmbianicConfiguration _configuration;
    private bool _isLoaded;
    private bool _hasFailed;
    private HashSet<string>? _seenBeforeLoad = [];
    private IReadOnlyList<PushSubscription> _devices = [];
    private volatile Lazy<IReadOnlyList<Alert>> _open = new(() => []);
    private volatile string? _storeFault;
    private volatile string? _senderFault;
    private volatile bool _isEnabled = true;
    private volatile bool _wouldSend;

    /// <param name="parts">What it works with; not disposed.</param>
    /// <param name="time">Clock and time zone.</param>
    /// <param name="logger">Receives what was raised, sent and answered.</param>
    public AlertDesk(AlertParts parts, TimeProvider time, ILogger<AlertDesk> logger)
    {
        (_parts, _time, _logger) = (parts, time, logger);
        _configuration = parts.Configuration();
        _book = new AlertBook(Settings(_configuration));
        _wouldSend = _book.Settings.WouldSend;
        _sender = new MessageSender(parts, work => Do(work), time, logger);
        _sender.Answered += answer => Do(() => Answered(answer.AlertId, answer.Answer, answer.By ?? "somebody"));
    }

    /// <inheritdoc/>
    public bool IsEnabled => _isEnabled;

    /// <inheritdoc/>
    public bool WouldSend => _isEnabled && _wouldSend;

    /// <inheritdoc/>
    public string? Fault => _storeFault ?? _senderFault;

    /// <inheritdoc/>
    public IReadOnlyList<Alert> Open => _open.Value;

    /// <summary>Alerts that nobody answered, as they end; each is told once.</summary>
    public event Action<Alert>? Expired;

    private DateTimeOffset Now => _time.GetUtcNow();

    /// <summary>Works until cancelled; then says in the store that it ended cleanly.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        (_clock, _started) = ((Now, _time.GetTimestamp()), _time.GetTimestamp());
        _unstored = new AlertChanges { IsRunning = true };
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
            _unstored = _unstored.Then(new AlertChanges { IsRunning = false });
            _work.Writer.Complete();
            DrainWork();
            Store(isLast: true);
        }

        await listening;
    }

    /// <inheritdoc/>
    public Task EnableAsync(bool isEnabled, CancellationToken cancellation) => DoAsync(
        () =>
        {
            _isEnabled = isEnabled;
            _unstored = _unstored.Then(new AlertChanges { IsEnabled = isEnabled });
            if (!isEnabled)
            {
                _book.SwitchOff(Now);
            }

            return true;
        },
        cancellation);

    /// <inheritdoc/>
    public async Task<Alert?> AnswerAsync(string alertId, AlertAnswer answer, string by, CancellationToken cancellation) =>
        await DoAsync(() => Answered(alertId, answer, by), cancellation) ?? Stored(alertId);

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
            Trigger(triggers, now);
            return [.. triggers.Select(trigger => _book.Find(trigger.AlertId)).OfType<Alert>()];
        },
        cancellation);

    /// <summary>Ends all connections of providers.</summary>
    public ValueTask DisposeAsync() => _sender.DisposeAsync();

    /// <summary>Takes over what an earlier run left; while it cannot be read, alerts are raised and sent all the same, from memory.</summary>
    private void Resume()
    {
        if (_isLoaded || Now < _storeNext)
        {
            return;
        }

        AlertJournal journal;
        try
        {
            journal = _parts.Store.Load();
        }
        catch (IOException error)
        {
            StoreFailed(error, _logger.AlertsNotLoaded);
            return;
        }

        (_isLoaded, _failures, _storeFault) = (true, 0, null);
        _seenBeforeLoad = _cursor is null || journal.Cursor is null ? null : _seenBeforeLoad;
        _isEnabled = _unstored.IsEnabled ?? journal.IsEnabled;
        _cursor = journal.Cursor ?? _cursor;
        _book.Resume(journal, Now);
        Remember(journal.Open);
        _faults.UnionWith(journal.Open.Where(alert => alert.Kind is AlertKind.Storage or AlertKind.Disk or AlertKind.Configuration or AlertKind.Provider).Select(alert => alert.Incident));
        if (!journal.EndedCleanly && _isEnabled)
        {
            Report(AlertKind.Restart, "restart", "It was killed, or the power was cut; what it saw before is stored", Now);
        }
    }

    /// <summary>False for an event that was taken in before the earlier run's position could be read, and comes again.</summary>
    private bool IsNew(string eventId) => _seenBeforeLoad is not { } seen || (_isLoaded ? !seen.Contains(eventId) : seen.Add(eventId));

    /// <summary>The clock was set, or the computer slept: what is to come is as far away as before.</summary>
    private void FollowClock()
    {
        var (now, timestamp) = (Now, _time.GetTimestamp());
        var step = now - _clock.Now - _time.GetElapsedTime(_clock.Timestamp, timestamp);
        _clock = (now, timestamp);
        if (step.Duration() >= ClockStep)
        {
            _book.Shift(step, now);
            (_storeNext, _lookNext, _readNext) = (DateTimeOffset.MinValue, DateTimeOffset.MinValue, DateTimeOffset.MinValue);
        }
    }

    private async Task ListenAsync(EventListener feed, CancellationToken cancellation)
    {
        try
        {
            while (true)
            {
                await feed.NextAsync(cancellation);
                Do(() => _readNext = DateTimeOffset.MinValue);
            }
        }
        catch (OperationCanceledException)
        {
            // the program stops
        }
    }

    private void Step()
    {
        _hasFailed = false;
        foreach (var part in (ReadOnlySpan<Action>)[FollowClock, Resume, DrainWork, ReadConfiguration, Look, ReadEvents, () => _book.Tick(Now)])
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

        if (!_isEnabled)
        {
            _book.Outbox.CancelAll(); // what came of answers and of the clock
        }

        Store(isLast: false);
        _sender.Start(_book, Now);
    }

    private async Task WaitAsync(CancellationToken cancellation)
    {
        var now = Now;
        var next = now + LookEvery;
        foreach (var due in _book.Outbox.Queues.Where(queue => !_sender.IsBusy(queue.Recipient)).Select(queue => queue.NextDue(now)).Append(_book.NextDue).Append(_unstored.IsEmpty && _isLoaded ? null : _storeNext))
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
            _book.Settings = Settings(configuration);
            _wouldSend = _book.Settings.WouldSend;
        }
    }

    private AlertSettings Settings(AmbianicConfiguration configuration)
    {
        try
        {
            _devices = _parts.Store.Subscriptions();
        }
        catch (IOException error)
        {
            _storeFault = error.Message; // those that are known are told
        }

        return new AlertSettings(configuration, _time.LocalTimeZone, _devices);
    }

    private void ReadEvents()
    {
        var now = Now;
        if (now < _readNext)
        {
            return;
        }

        try
        {
            _cursor ??= NewCursor(now);
            _cursor = _cursor.At > now ? _cursor with { At = now } : _cursor; // the clock was set back: what comes now is not old
            List<AlertTrigger> late = [];
            for (var isMore = true; isMore;)
            {
                var batch = _parts.Timeline.ReadAfter(_cursor, MostEvents);
                Take(batch, late, now);
                _cursor = batch.Cursor;
                isMore = batch.Events.Count == MostEvents;
                if (!isMore || late.Count == 0) // what is told together is stored together
                {
                    Trigger([.. AlertRules.Missed(late)], now);
                    late.Clear();
                    _unstored = _unstored.Then(new AlertChanges { Cursor = _cursor });
                    Store(isLast: false);
                }
            }

            _readNext = now + LookEvery;
        }
        catch (IOException error)
        {
            _readNext = now + LookEvery; // the timeline tells of its own faults
            _logger.TimelineNotReadForAlerts(error.Message);
        }
    }

    private EventCursor NewCursor(DateTimeOffset now)
    {
        var end = _parts.Timeline.End();
        return end with { At = end.At > now ? end.At : now };
    }

    /// <summary>Triggers what is new, and adds what is to be told late.</summary>
    private void Take(EventBatch batch, List<AlertTrigger> late, DateTimeOffset now)
    {
        foreach (var seen in batch.Events)
        {
            if (!_isEnabled || (batch.WasRebuilt && (seen.At < _cursor!.At - EventCursor.Overlap || IsAlerted(seen.Id))) || !IsNew(seen.Id))
            {
                continue; // imported, or known
            }

            var triggers = AlertRules.Of(seen, _book.Settings).ToList();
            if (now - seen.At > Late && triggers.TrueForAll(trigger => trigger.Kind != AlertKind.Outage))
            {
                late.AddRange(triggers);
            }
            else
            {
                Trigger(triggers, now);
            }
        }
    }

    private bool IsAlerted(string eventId)
    {
        try
        {
            return _unstored.Events.Any(known => known.EventId == eventId) || _parts.Store.IsAlerted(eventId);
        }
        catch (IOException error)
        {
            _storeFault = error.Message;
            return false; // twice is better than never
        }
    }

    private void Trigger(IReadOnlyList<AlertTrigger> triggers, DateTimeOffset now)
    {
        HashSet<string> told = [];
        foreach (var trigger in triggers)
        {
            _book.Trigger(trigger, now, tellsDevices: told.Add(trigger.Incident));
        }
    }

    /// <summary>Faults of the device become alerts, and end them.</summary>
    private void Look()
    {
        var now = Now;
        if (now < _lookNext && now > _lookNext - (2 * LookEvery))
        {
            return;
        }

        _lookNext = now + LookEvery;
        if (!_isEnabled)
        {
            return;
        }

        var faults = _parts.Faults().Select(fault => (Incident: fault.Key.ToString().ToLowerInvariant(), Kind: fault.Key, Reason: fault.Value)).Concat(ProviderFaults(now)).ToList();
        foreach (var (incident, kind, reason) in faults.Where(fault => _faults.Add(fault.Incident)))
        {
            Report(kind, incident, reason, now);
        }

        foreach (var gone in _faults.Except(faults.Select(fault => fault.Incident)).Where(IsOver).ToList())
        {
            _faults.Remove(gone);
            Trigger(
                [.. _book.NotificationsOf(gone).Select(name => new AlertTrigger
                {
                    Incident = gone,
                    Notification = name,
                    Kind = AlertKind.Restart, // of the alert that there is, nothing of it counts but the end
                    Severity = AlertSeverity.Warning,
                    At = now,
                    Resolves = true,
                    Reason = "it is well again",
                })],
                now);
        }
    }

    /// <summary>Providers that have taken nothing for a while. One that was edited out of the configuration is none.</summary>
    private List<(string Incident, AlertKind Kind, string Reason)> ProviderFaults(DateTimeOffset now)
    {
        var failing = _book.Outbox.Queues.Where(queue => queue.FailingSince is not null && _book.Settings.Knows(queue.Recipient)).ToList();
        _senderFault = failing is [var first, ..] ? $"{_sender.NameOf(first.Recipient)} ({first.Recipient}) does not take messages: {first.Error}" : null;
        return
        [
            .. failing.Where(queue => now - queue.FailingSince >= RecipientQueue.FailsFor).Select(queue => (
                AlertBook.ProviderIncident(queue.Recipient),
                AlertKind.Provider,
                $"{_sender.NameOf(queue.Recipient)} ({queue.Recipient}) has taken no message since {queue.FailingSince:HH:mm} UTC: {queue.Error}")),
        ];
    }

    /// <summary>True when a fault that is not reported any more has ended, and does not merely wait to be seen again after a start.</summary>
    private bool IsOver(string incident)
    {
        if (AlertBook.ProviderOf(incident) is not { } recipient)
        {
            return _time.GetElapsedTime(_started) >= SettlesWithin;
        }

        return !_book.Settings.Knows(recipient)
            || _book.Outbox.Queues.Any(queue => queue.Recipient == recipient && queue is { FailingSince: null, HasDelivered: true });
    }

    private void Report(AlertKind kind, string incident, string reason, DateTimeOffset now) => Trigger(
        [.. _book.Settings.ForDevice.Select(name => new AlertTrigger
        {
            Incident = incident,
            Notification = name,
            Kind = kind,
            Severity = _book.Settings.Of(name).Severity ?? AlertSeverity.Warning,
            At = now,
            Reason = Credentials.Mask(reason),
        })],
        now);

    private Alert? Answered(string alertId, AlertAnswer answer, string by)
    {
        var alert = _book.Answer(alertId, answer, by, Now) ?? (answer == AlertAnswer.FalseAlarm ? Judged(alertId, AlertFeedback.FalseAlarm) : null);
        if (alert is not null)
        {
            _logger.AlertAnswered(AlertTexts.Subject(alert), AlertAnswers.Word(answer), by);
        }

        return alert;
    }

    /// <summary>What a person says of an alert, also of one that has ended.</summary>
    private Alert? Judged(string alertId, AlertFeedback feedback)
    {
        if (_book.Judge(alertId, feedback) is { } open)
        {
            return open;
        }

        var ended = Stored(alertId) is { } stored ? stored with { Feedback = feedback } : null;
        _unstored = ended is null ? _unstored : _unstored.Then(new AlertChanges { Alerts = [ended] });
        return ended;
    }

    /// <summary>An alert that has ended.</summary>
    private Alert? Stored(string alertId)
    {
        try
        {
            return _parts.Store.Alerts(new AlertQuery { Id = alertId, Limit = 1 }) is [var found, ..] ? found : null;
        }
        catch (IOException error)
        {
            _storeFault = error.Message;
            return null;
        }
    }

    /// <summary>A position alone is stored when it is convenient: reading events twice changes nothing.</summary>
    private void Store(bool isLast)
    {
        var changes = _book.TakeChanges();
        Remember(changes.Alerts);
        foreach (var ended in changes.Alerts.Where(alert => alert.State == AlertState.Expired && _book.NeedsAnswer(alert)))
        {
            _logger.AlertExpired(AlertTexts.Subject(ended));
            Expired?.Invoke(ended);
        }

        _unstored = _unstored.Then(changes);
        var now = Now;
        if (!_isLoaded || _unstored is { IsEmpty: true, Cursor: null } || ((_unstored.IsEmpty || _failures > 0) && now < _storeNext && !isLast))
        {
            return;
        }

        try
        {
            Commit(isLast);
            _storeNext = now + LookEvery;
            _failures = 0;
            _storeFault = null;
        }
        catch (IOException error)
        {
            StoreFailed(error, _logger.AlertsNotStored);
        }
    }

    /// <summary>A store that has lost what it had gets all of it.</summary>
    private void Commit(bool isLast)
    {
        try
        {
            _parts.Store.Commit(_unstored);
        }
        catch (AlertStoreReplacedException error)
        {
            _logger.AlertsNotStored(error.Message);
            _unstored = _unstored.Then(_book.Everything() with { Cursor = _cursor, IsRunning = !isLast, IsEnabled = _isEnabled });
            _parts.Store.Commit(_unstored);
        }

        _unstored = AlertChanges.None;
    }

    private void StoreFailed(IOException error, Action<string> log)
    {
        _storeNext = Now + Retry.After(++_failures, Random.Shared);
        _storeFault = error.Message;
        if (_failures == 1)
        {
            log(error.Message);
        }
    }

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
                Store(isLast: false);
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
