using Ambianic.Core.Configuration;
using Microsoft.Extensions.Logging;

namespace Ambianic.Core.Alerts;

/// <summary>Makes alerts of faults of the device and of providers, and ends them. Used by the desk's loop; the faults by any thread.</summary>
/// <param name="book">Gets the triggers.</param>
/// <param name="faults">What is wrong with the device, by kind, for people.</param>
/// <param name="sender">Knows providers.</param>
/// <param name="time">Clock.</param>
/// <param name="logger">Receives when answers cannot be read, and when they can again.</param>
internal sealed class FaultWatch(AlertBook book, Func<IReadOnlyDictionary<AlertKind, string>> faults, MessageSender sender, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);

    /// <summary>The faults of the device that lasted before the start are known again by then: a fault counts once it has lasted a minute.</summary>
    private static readonly TimeSpan SettlesWithin = TimeSpan.FromMinutes(2);

    private readonly HashSet<string> _told = []; // incidents that last; each is told once
    private readonly long _started = time.GetTimestamp();
    private DateTimeOffset _next = DateTimeOffset.MinValue;
    private volatile string? _providerFault;
    private volatile string? _answerFault;

    /// <summary>Which provider takes no messages now, and why, for people; null when all do.</summary>
    public string? ProviderFault => _providerFault;

    /// <summary>Through which provider nobody can answer now, and why, for people; null when all can.</summary>
    public string? AnswerFault => _answerFault;

    /// <summary>The clock was set.</summary>
    public void Hurry() => _next = DateTimeOffset.MinValue;

    /// <summary>Takes over what an earlier run has told.</summary>
    public void Resume(IEnumerable<Alert> open) =>
        _told.UnionWith(open.Where(alert => alert.Kind is AlertKind.Storage or AlertKind.Disk or AlertKind.Configuration or AlertKind.Provider).Select(alert => alert.Incident));

    /// <summary>Looks what is wrong now, if that is due.</summary>
    /// <param name="isEnabled">False: nothing becomes an alert.</param>
    public void Look(bool isEnabled)
    {
        var now = time.GetUtcNow();
        if (now < _next)
        {
            return;
        }

        _next = now + LookEvery;
        FollowAnswers();
        var failing = ProviderFaults(now);
        if (!isEnabled)
        {
            return;
        }

        var lasting = faults().Select(fault => (Incident: fault.Key.ToString().ToLowerInvariant(), Kind: fault.Key, Reason: fault.Value)).Concat(failing).ToList();
        foreach (var (incident, kind, reason) in lasting.Where(fault => _told.Add(fault.Incident)))
        {
            Report(kind, incident, reason);
        }

        foreach (var gone in _told.Except(lasting.Select(fault => fault.Incident)).Where(IsOver).ToList())
        {
            _told.Remove(gone);
            book.Trigger([End(gone, now)], now);
        }
    }

    /// <summary>Raises an alert about the device itself, for everybody who is told of that.</summary>
    public void Report(AlertKind kind, string incident, string reason)
    {
        var now = time.GetUtcNow();
        book.Trigger(
            [.. book.Settings.ForDevice.Select(name => new AlertTrigger
            {
                Incident = incident,
                Notification = name,
                Kind = kind,
                Severity = book.Settings.Of(name).Severity ?? AlertSeverity.Warning,
                At = now,
                Reason = Credentials.Mask(reason),
            })],
            now);
    }

    private void FollowAnswers()
    {
        var (before, fault) = (_answerFault, sender.AnswerFault);
        _answerFault = fault;
        if (fault is not null && before is null)
        {
            logger.AnswersNotRead(fault);
        }
        else if (fault is null && before is not null)
        {
            logger.AnswersReadAgain();
        }
    }

    private static AlertTrigger End(string incident, DateTimeOffset now) => new()
    {
        Incident = incident,
        Notification = "",
        Kind = AlertKind.Restart, // of the alert that there is, nothing of it counts but the end
        Severity = AlertSeverity.Warning,
        At = now,
        Resolves = true,
        Reason = "the problem is gone",
    };

    /// <summary>Providers that have taken nothing for a while. One that was edited out of the configuration is none.</summary>
    private List<(string Incident, AlertKind Kind, string Reason)> ProviderFaults(DateTimeOffset now)
    {
        var failing = book.Outbox.Queues.Where(queue => queue.FailingSince is not null && book.Settings.Knows(queue.Recipient)).ToList();
        _providerFault = failing is [var first, ..] ? $"{sender.NameOf(first.Recipient)} ({first.Recipient}) does not take messages: {first.Error}" : null;
        return
        [
            .. failing.Where(queue => now - queue.FailingSince >= RecipientQueue.FailsFor).Select(queue => (
                AlertBook.ProviderIncident(queue.Recipient),
                AlertKind.Provider,
                $"{sender.NameOf(queue.Recipient)} ({queue.Recipient}) has taken no message since {queue.FailingSince:HH:mm} UTC: {queue.Error}")),
        ];
    }

    /// <summary>True when a fault that is not reported any more has ended, and does not merely wait to be seen again after a start.</summary>
    private bool IsOver(string incident)
    {
        if (AlertBook.ProviderOf(incident) is not { } recipient)
        {
            return time.GetElapsedTime(_started) >= SettlesWithin;
        }

        return !book.Settings.Knows(recipient)
            || book.Outbox.Queues.Any(queue => queue.Recipient == recipient && queue is { FailingSince: null, HasDelivered: true });
    }
}
