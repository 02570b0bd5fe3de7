namespace Ambianic.Core.Alerts;

/// <summary>What people can do about alerts. Safe to use from several threads; each call returns when it is stored, or when the disk could not store it and it is done from memory.</summary>
public interface IAlertDesk
{
    /// <summary>False when a person has switched all notifications off.</summary>
    bool IsEnabled { get; }

    /// <summary>True when something would be sent: it is switched on, and a provider or a device is there.</summary>
    bool WouldSend { get; }

    /// <summary>False when it has made no progress for a minute: nobody would be told of anything.</summary>
    bool IsAlive { get; }

    /// <summary>Why messages do not arrive, for people; null when all is well.</summary>
    string? Fault { get; }

    /// <summary>Switches all notifications on or off, also after a restart.</summary>
    Task EnableAsync(bool isEnabled, CancellationToken cancellation);

    /// <summary>Alerts that have not ended, and how they are now; newest first.</summary>
    IReadOnlyList<Alert> Open { get; }

    /// <summary>An alert that has not ended, or has and is not stored yet; null when there is none of this id.</summary>
    Alert? Find(string alertId);

    /// <summary>Takes the answer of a person: for all alerts of the incident.</summary>
    /// <param name="alertId">The alert.</param>
    /// <param name="answer">The answer.</param>
    /// <param name="by">Who answers, as it is told to the others.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <param name="from">Who answers by a link or a button of their own, and so need not be told; null when that is not known.</param>
    /// <returns>The alert as it is now; null when there is none of this id that is open or known.</returns>
    Task<Alert?> AnswerAsync(string alertId, AlertAnswer answer, string by, CancellationToken cancellation, Recipient? from = null);

    /// <summary>Says that an alert is over.</summary>
    /// <returns>The alert as it is now; null when there is none of this id.</returns>
    Task<Alert?> ResolveAsync(string alertId, string by, CancellationToken cancellation);

    /// <summary>Says whether an alert was true, also of one that has ended. Of one that has not, <see cref="AlertFeedback.FalseAlarm"/> is the answer <see cref="AlertAnswer.FalseAlarm"/>.</summary>
    /// <returns>The alert as it is now; null when there is none of this id.</returns>
    Task<Alert?> FeedbackAsync(string alertId, AlertFeedback feedback, string by, CancellationToken cancellation);

    /// <summary>Until when the alerts of a pipeline are held back; null when they are not.</summary>
    DateTimeOffset? SnoozedUntil(string pipeline);

    /// <summary>Holds back the alerts of a pipeline until a time; one that has passed ends the snooze. What was held is told then.</summary>
    Task SnoozeAsync(string pipeline, DateTimeOffset until, CancellationToken cancellation);

    /// <summary>Sends a test message to every provider of one entry of <c>notifications</c>, or of all, at once and without the outbox.</summary>
    Task<IReadOnlyList<TestResult>> TestAsync(string? notification, CancellationToken cancellation);

    /// <summary>Raises an alert marked TEST as a fall of this pipeline would: rules, outbox, providers, escalation and acknowledgement are real.</summary>
    /// <returns>The alerts; empty when nobody would be told.</returns>
    Task<IReadOnlyList<Alert>> DrillAsync(string pipeline, CancellationToken cancellation);
}

/// <summary>How a test message went.</summary>
/// <param name="Recipient">Who was to get it.</param>
/// <param name="Provider">What the provider is called, without secrets.</param>
/// <param name="Outcome">How it went.</param>
public sealed record TestResult(Recipient Recipient, string Provider, DeliveryOutcome Outcome);

/// <summary>Links in messages, by which one recipient answers one alert. They are signed and expire.</summary>
public interface IAnswerLinks
{
    /// <summary>The link; null when the page's address is not configured.</summary>
    Uri? For(string alertId, Recipient recipient);

    /// <summary>Where an event is shown; null when the page's address is not configured.</summary>
    Uri? Details(string eventId);
}

/// <summary>Pictures of events.</summary>
public interface IAlertPictures
{
    /// <summary>The picture of an event; null when there is none or it cannot be read.</summary>
    AlertPicture? Of(string eventId);
}

/// <summary>Makes the providers of devices that subscribed to Web Push.</summary>
public interface IPushProviders
{
    /// <summary>Makes one. The caller disposes it.</summary>
    IAlertProvider Create(PushSubscription subscription);
}
