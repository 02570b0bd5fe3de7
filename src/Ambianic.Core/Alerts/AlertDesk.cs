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
    private static readonly Backoff Retry = new(TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(1));

    private readonly AlertParts _parts;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Channel<Action> _work = Channel.CreateUnbounded<Action>(new UnboundedChannelOptions { SingleReader = true });
    private readonly AlertBook _book;
    private readonly MessageSender _sender;
    private readonly HashSet<string> _faults = [];
    private AlertChanges _unstored = AlertChanges.None;
    private EventCursor? _cursor;
    private DateTimeOffset _storeNext = DateTimeOffset.MinValue;
    private DateTimeOffset _lookNext = DateTimeOffset.MinValue;
    private DateTimeOffset _readNext = DateTimeOffset.MinValue;
    private int _failures;
    private bool _hasFailed;
    private AmbianicConfiguration _configuration;
    private bool _isLoaded;
    private HashSet<string>? _seenBeforeLoad = [];
    private IReadOnlyList<PushSubscription> _devices = [];
    private volatile IReadOnlyList<Alert> _open = [];
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
    public IReadOnlyList<Alert> Open => _open;

    /// <summary>Alerts that nobody answered, as they end; each is told once.</summary>
    public event Action<Alert>? Expired;

    private DateTimeOffset Now => _time.GetUtcNow();

    /// <summary>Works until cancelled; then says in the store that it ended cleanly.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        _unstored = _unstored.Then(new AlertChanges { IsRunning = true });
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

    /// <summary>Takes over what an earlier run left; when it cannot be read, what happens now is told all the same, and it is tried again.</summary>
    private void Load()
    {
        var now = Now;
        if (_isLoaded || (_failures > 0 && now < _storeNext))
        {
            return;
        }

        try
        {
            var journal = _parts.Store.Load();
            _book.Resume(journal);
            _isEnabled = journal.IsEnabled;
            _seenBeforeLoad = _cursor is null || journal.Cursor is null ? null : _seenBeforeLoad;
            _cursor = journal.Cursor ?? _cursor;
            (_isLoaded, _failures, _storeFault) = (true, 0, null);
            if (!journal.EndedCleanly)
            {
                TellOfRestart(now);
            }
        }
        catch (IOException error)
        {
            _storeNext = now + Retry.After(++_failures, Random.Shared);
            _storeFault = error.Message;
            if (_failures == 1)
            {
                _logger.AlertsNotLoaded(error.Message);
            }
        }
    }

    private void TellOfRestart(DateTimeOffset now) => Trigger(
        [.. _book.Settings.ForDevice.Select(name => new AlertTrigger
        {
            Incident = "restart",
            Notification = name,
            Kind = AlertKind.Restart,
            Severity = _book.Settings.Of(name).Severity ?? AlertSeverity.Warning,
            At = now,
            Reason = "It was killed, or the power was cut; what it saw before is stored",
        })],
        now);

    /// <summary>False for an event that was taken in before the earlier run's position could be read, and comes again.</summary>
    private bool IsNew(string eventId) => _seenBeforeLoad is not { } seen || (_isLoaded ? !seen.Contains(eventId) : seen.Add(eventId));

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
        foreach (var part in (ReadOnlySpan<Action>)[Load, DrainWork, ReadConfiguration, Look, ReadEvents, () => _book.Tick(Now)])
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
        if (_isEnabled)
        {
            _sender.Start(_book, Now);
        }

        _open = [.. _book.Open.OrderByDescending(alert => alert.RaisedAt)];
    }

    private async Task WaitAsync(CancellationToken cancellation)
    {
        var now = Now;
        var next = now + LookEvery;
        foreach (var due in _book.Outbox.Queues.Where(queue => !_sender.IsBusy(queue.Recipient)).Select(queue => queue.NextDue(now)).Append(_book.NextDue).Append(_unstored.IsEmpty ? null : _storeNext))
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
            for (var isMore = true; isMore;)
            {
                var batch = _parts.Timeline.ReadAfter(_cursor, MostEvents);
                Take(batch, now);
                _cursor = batch.Cursor;
                _unstored = _unstored.Then(new AlertChanges { Cursor = _cursor });
                isMore = batch.Events.Count == MostEvents;
                if (isMore)
                {
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

    private void Take(EventBatch batch, DateTimeOffset now)
    {
        List<AlertTrigger> late = [];
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

        Trigger([.. AlertRules.Missed(late)], now);
    }

    private bool IsAlerted(string eventId)
    {
        try
        {
            return _parts.Store.IsAlerted(eventId);
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

        var faults = _parts.Faults();
        foreach (var (kind, reason) in faults)
        {
            Report(kind, kind.ToString().ToLowerInvariant(), reason, isOver: false, now);
        }

        foreach (var gone in _faults.Except(faults.Keys.Select(kind => kind.ToString())).ToList())
        {
            _faults.Remove(gone);
            Report(Enum.Parse<AlertKind>(gone), gone.ToLowerInvariant(), "it is well again", isOver: true, now);
        }

        _faults.UnionWith(faults.Keys.Select(kind => kind.ToString()));
        LookAtProviders(now);
    }

    private void LookAtProviders(DateTimeOffset now)
    {
        var failing = _book.Outbox.Queues.Where(queue => queue.FailingSince is not null).ToList();
        _senderFault = failing.Count == 0 ? null : $"{_sender.NameOf(failing[0].Recipient)} ({failing[0].Recipient}) does not take messages: {failing[0].Error}";
        foreach (var queue in _book.Outbox.Queues.ToList()) // telling others begins queues
        {
            var lasts = now - queue.FailingSince >= RecipientQueue.FailsFor;
            var incident = AlertBook.ProviderIncident(queue.Recipient);
            if (lasts || _book.Open.Any(alert => alert.Incident == incident))
            {
                Report(AlertKind.Provider, incident, $"{_sender.NameOf(queue.Recipient)} ({queue.Recipient}) has taken no message since {queue.FailingSince:HH:mm} UTC: {queue.Error}", isOver: queue.FailingSince is null, now);
            }
        }
    }

    private void Report(AlertKind kind, string incident, string reason, bool isOver, DateTimeOffset now)
    {
        if (!isOver && _book.Open.Any(alert => alert.Incident == incident))
        {
            return;
        }

        Trigger(
            [.. _book.Settings.ForDevice.Select(name => new AlertTrigger
            {
                Incident = incident,
                Notification = name,
                Kind = kind,
                Severity = _book.Settings.Of(name).Severity ?? AlertSeverity.Warning,
                At = now,
                Resolves = isOver,
                Reason = isOver ? "it is well again" : Credentials.Mask(reason),
            })],
            now);
    }

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
        foreach (var ended in changes.Alerts.Where(alert => alert.State == AlertState.Expired))
        {
            _logger.AlertExpired(AlertTexts.Subject(ended));
            Expired?.Invoke(ended);
        }

        _unstored = _unstored.Then(changes);
        if (!_isLoaded)
        {
            return; // a position that is stored now would pass over what an earlier run has not read
        }

        var now = Now;
        var mayWait = _unstored.IsEmpty && !isLast;
        if (_unstored is { IsEmpty: true, Cursor: null } || ((mayWait || _failures > 0) && now < _storeNext && !isLast))
        {
            return;
        }

        try
        {
            _parts.Store.Commit(_unstored);
            _unstored = AlertChanges.None;
            _storeNext = now + LookEvery;
            _failures = 0;
            _storeFault = null;
        }
        catch (AlertStoreReplacedException error)
        {
            _unstored = _book.Everything() with { Cursor = _cursor, IsRunning = !isLast, IsEnabled = _isEnabled };
            _storeNext = now;
            _logger.AlertsNotStored(error.Message);
        }
        catch (IOException error)
        {
            _storeNext = now + Retry.After(++_failures, Random.Shared);
            _storeFault = error.Message;
            if (_failures == 1)
            {
                _logger.AlertsNotStored(error.Message);
            }
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
                _open = [.. _book.Open.OrderByDescending(alert => alert.RaisedAt)];
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
