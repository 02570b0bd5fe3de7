using Ambianic.Core.Configuration;
using Microsoft.Extensions.Logging;

namespace Ambianic.Core.Alerts;

/// <summary>Sends what is due, one message at a time for each recipient, and asks for receipts and answers. Used by the loop of <see cref="AlertDesk"/>; what it hears goes back there.</summary>
/// <param name="parts">What it works with.</param>
/// <param name="back">Has the loop do something.</param>
/// <param name="ended">Finds an alert that has ended.</param>
/// <param name="time">Clock.</param>
/// <param name="logger">Receives what could not be sent.</param>
/// <param name="metrics">Told how sending goes; null when nobody measures.</param>
internal sealed class MessageSender(
    AlertParts parts, Action<Action> back, Func<string, Alert?> ended, TimeProvider time, ILogger logger, AlertMetrics? metrics = null) : IAsyncDisposable
{
    /// <summary>A provider has 30 s; one that needs longer must not keep what follows from being sent.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ListenAgainAfter = TimeSpan.FromSeconds(30);

    private readonly MessageComposer _composer = new(parts, ended, time, logger);
    private readonly ReceiptFollower _receipts = new(back, time, logger);
    private readonly Dictionary<Recipient, ProviderLine> _lines = [];
    private readonly Dictionary<Recipient, (Task Task, CancellationTokenSource Stop)> _sending = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _closing = [];
    private DateTimeOffset _devicesNext = DateTimeOffset.MinValue;

    /// <summary>True while a message to this recipient is under way.</summary>
    public bool IsBusy(Recipient recipient) => _sending.ContainsKey(recipient);

    /// <summary>What a recipient's provider is called, without secrets.</summary>
    public string NameOf(Recipient recipient) => _lines.TryGetValue(recipient, out var line) ? line.Provider.Name : recipient.ToString();

    /// <summary>Through which provider nobody can answer, and why, for people; null when all can.</summary>
    public string? AnswerFault => _lines.Values.Select(line => (line.Provider as IAnswerProvider)?.AnswerFault is { } fault ? $"{line.Provider.Name} does not hand over answers: {Credentials.Mask(fault)}" : null).FirstOrDefault(fault => fault is not null);

    /// <summary>True when devices have subscribed or left; looks at most once a second.</summary>
    public bool DevicesChanged(IReadOnlyList<PushSubscription> known)
    {
        var now = time.GetUtcNow();
        if (now < _devicesNext && now > _devicesNext - TimeSpan.FromSeconds(2))
        {
            return false;
        }

        _devicesNext = now + TimeSpan.FromSeconds(1);
        try
        {
            return !parts.Store.Subscriptions().SequenceEqual(known);
        }
        catch (IOException)
        {
            return false; // told by the next who needs the store
        }
    }

    /// <summary>Begins to send what is due; never waits.</summary>
    /// <param name="book">What is due.</param>
    /// <param name="now">Wall clock.</param>
    /// <param name="isEnabled">False when a person wants to hear of nothing: what rings is to stop.</param>
    public void Start(AlertBook book, DateTimeOffset now, bool isEnabled)
    {
        CloseUnused(book);
        foreach (var recipient in book.Settings.Notifications.Keys.SelectMany(book.Settings.RecipientsOf))
        {
            Open(recipient, book.Settings); // those through which people answer listen all the time
        }

        foreach (var queue in book.Outbox.Queues.Where(queue => !IsBusy(queue.Recipient)).ToList())
        {
            try
            {
                if (queue.Next(now) is { Count: > 0 } batch)
                {
                    Send(queue.Recipient, batch, book);
                }
            }
            catch (Exception error)
            {
                logger.ProviderFailed(error, NameOf(queue.Recipient)); // the others are not to wait for it
            }
        }

        _receipts.Follow(book, now, recipient => Open(recipient, book.Settings)?.Provider, isEnabled, _stop.Token);
    }

    /// <summary>Sends a test message at once.</summary>
    public async Task<TestResult> TestAsync(Recipient recipient, AlertSettings settings, CancellationToken cancellation)
    {
        try
        {
            await using var provider = Make(recipient, settings);
            return provider is null
                ? new TestResult(recipient, "", DeliveryOutcome.Permanent("it is not configured any more"))
                : new TestResult(recipient, provider.Name, await TryAsync(provider, AlertTexts.Test(settings.DisplayName, time), cancellation));
        }
        catch (FormatException error)
        {
            return new TestResult(recipient, "", DeliveryOutcome.Permanent(Credentials.Mask(error.Message)));
        }
    }

    /// <summary>Stops all; what is under way is sent again after the start.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested)
        {
            return;
        }

        await _stop.CancelAsync();
        try
        {
            await Task.WhenAll([.. _sending.Values.Select(sending => sending.Task), .. _closing]).WaitAsync(StopPatience, time);
        }
        catch (TimeoutException)
        {
            return; // one that does not listen must not keep the rest from being stored
        }

        foreach (var line in _lines.Values)
        {
            await line.DisposeAsync();
        }

        _lines.Clear();
    }

    private void Send(Recipient recipient, IReadOnlyList<Delivery> batch, AlertBook book)
    {
        if (Open(recipient, book.Settings) is not { } line)
        {
            book.Report(batch, DeliveryOutcome.Permanent("this recipient is not configured any more"), time.GetUtcNow());
            book.Outbox.Restart(recipient);
            return;
        }

        if (line.Problem is { } problem)
        {
            book.Report(batch, DeliveryOutcome.Permanent(problem), time.GetUtcNow());
            return;
        }

        var (message, pictureOf) = _composer.Compose(recipient, batch, book);
        var stop = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        _sending[recipient] = (SendAsync(recipient, line, message, pictureOf, batch, book, stop.Token), stop);
    }

    private async Task SendAsync(Recipient recipient, ProviderLine line, AlertMessage message, string? pictureOf, IReadOnlyList<Delivery> batch, AlertBook book, CancellationToken cancellation)
    {
        await Task.Yield(); // encoding is not the loop's work
        DeliveryOutcome outcome;
        try
        {
            message = message with { Picture = await _composer.PictureAsync(pictureOf) };
            var begun = time.GetTimestamp();
            outcome = await TryAsync(line.Provider, message, cancellation);
            metrics?.Count(recipient.Device is null ? line.Address : null, outcome.Kind, time.GetElapsedTime(begun));
        }
        catch (OperationCanceledException)
        {
            return; // the program stops
        }

        back(() =>
        {
            if (_sending.Remove(recipient, out var sending))
            {
                sending.Stop.Dispose();
            }

            if (outcome.Reason is { } reason && book.Outbox.ErrorOf(recipient) != reason) // the same again is no news
            {
                Tell(message.Title, recipient, outcome.Kind, reason);
            }

            book.Report(batch, outcome, time.GetUtcNow());
        });
    }

    private void Tell(string title, Recipient recipient, DeliveryOutcomeKind outcome, string reason)
    {
        if (outcome == DeliveryOutcomeKind.Delivered)
        {
            logger.MessageSentInPart(title, recipient.ToString(), reason);
        }
        else
        {
            logger.MessageNotSent(title, recipient.ToString(), reason);
        }
    }

    /// <summary>One attempt, whatever the provider does.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> came first.</exception>
    private async Task<DeliveryOutcome> TryAsync(IAlertProvider provider, AlertMessage message, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        try
        {
            return Masked(await provider.SendAsync(message, either.Token).WaitAsync(either.Token));
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            throw;
        }
        catch (OperationCanceledException)
        {
            return DeliveryOutcome.Passing($"{provider.Name}: no answer within {Patience.TotalSeconds:0} s");
        }
        catch (Exception error)
        {
            logger.ProviderFailed(error, provider.Name);
            return DeliveryOutcome.Passing($"{provider.Name}: {Credentials.Mask(error.Message)}");
        }
    }

    /// <summary>The line to a recipient; null when it is not configured any more. An address that was edited is a new line.</summary>
    private ProviderLine? Open(Recipient recipient, AlertSettings settings)
    {
        if (_lines.TryGetValue(recipient, out var line))
        {
            return line;
        }

        try
        {
            if (Make(recipient, settings) is not { } provider)
            {
                return null;
            }

            line = new ProviderLine(provider, Address(recipient, settings));
            if (provider is IAnswerProvider answers)
            {
                line.Listening = ListenAsync(answers, line.Stop.Token);
            }
        }
        catch (FormatException error)
        {
            line = new ProviderLine(new NoProvider(recipient.ToString()), Address(recipient, settings)) { Problem = error.Message };
        }

        return _lines[recipient] = line;
    }

    private async Task ListenAsync(IAnswerProvider provider, CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                await foreach (var answer in provider.ReadAnswersAsync(cancellation))
                {
                    Answered?.Invoke(answer);
                }
            }
            catch (OperationCanceledException)
            {
                return; // the program stops, or the address was edited
            }
            catch (Exception error)
            {
                logger.ProviderFailed(error, provider.Name);
            }

            await Task.Delay(ListenAgainAfter, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>An answer came through a provider; raised on any thread.</summary>
    public event Action<ProviderAnswer>? Answered;

    /// <summary>An address that was edited is a new line: what the one before refused is tried again at once.</summary>
    private void CloseUnused(AlertBook book)
    {
        foreach (var (recipient, line) in _lines.Where(line => !IsBusy(line.Key) && line.Value.Address != Address(line.Key, book.Settings)).ToList())
        {
            _lines.Remove(recipient);
            book.Outbox.Restart(recipient);
            _closing.RemoveAll(closing => closing.IsCompleted);
            _closing.Add(CloseAsync(line, book.Outbox.TakeReceipts(recipient)));
        }
    }

    /// <summary>Nobody could stop it any more from ringing: that is done first.</summary>
    private async Task CloseAsync(ProviderLine line, IReadOnlyList<Delivery> receipts)
    {
        await Task.Yield(); // the loop does not wait for it
        foreach (var delivery in line.Provider is IReceiptProvider ? receipts : [])
        {
            try
            {
                await ((IReceiptProvider)line.Provider).CancelAsync(delivery.Receipt!, _stop.Token);
            }
            catch (Exception error)
            {
                logger.ProviderFailed(error, line.Provider.Name);
            }
        }

        await line.DisposeAsync();
    }

    private IAlertProvider? Make(Recipient recipient, AlertSettings settings) =>
        recipient.Device is { } device
            ? settings.Devices.FirstOrDefault(known => known.Id == device) is { } subscription ? parts.Push.Create(subscription) : null
            : Address(recipient, settings) is { } address ? parts.Providers.Create(address) : null;

    /// <summary>Holds secrets: only ever compared.</summary>
    private static string? Address(Recipient recipient, AlertSettings settings) => recipient.Device is { } device
        ? settings.Devices.FirstOrDefault(known => known.Id == device)?.ToString()
        : settings.Of(recipient.Notification).Providers.ElementAtOrDefault(recipient.Index);

    private static DeliveryOutcome Masked(DeliveryOutcome outcome) =>
        outcome.Reason is { } reason ? outcome with { Reason = Credentials.Mask(reason) } : outcome;
}
