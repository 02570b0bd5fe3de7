using System.Threading.RateLimiting;
using Ambianic.Core.Alerts;
using Ambianic.Core.Configuration;
using Ambianic.Server.Hosting;

namespace Ambianic.Server.Alerts;

/// <summary>What one link lets one recipient see and do: one alert, its picture, its answers. Safe to use from several threads.</summary>
internal sealed class AnswerDesk(
    AnswerLinks links, IAlertDesk desk, AlertReader alerts, IAlertStore store, IAlertPictures pictures, CurrentConfiguration configuration, TimeProvider time) : IDisposable
{
    /// <summary>More than a person presses in a minute; each answer is a write that waits for the disk.</summary>
    private const int AnswersPerMinute = 30;

    private readonly PartitionedRateLimiter<AnswerLink> _limiter = PartitionedRateLimiter.Create<AnswerLink, AnswerLink>(link => RateLimitPartition.GetTokenBucketLimiter(
        link, _ => new TokenBucketRateLimiterOptions { TokenLimit = AnswersPerMinute, TokensPerPeriod = AnswersPerMinute, ReplenishmentPeriod = TimeSpan.FromMinutes(1) }));

    private AmbianicConfiguration Configuration => configuration.Result.Configuration;

    /// <summary>What the page shows, or why it shows nothing.</summary>
    /// <exception cref="IOException">Alerts cannot be read.</exception>
    public (AnswerView? View, AnswerRefusal Refusal) Open(string token)
    {
        var link = links.Read(token);
        if (link is not { IsExpired: false })
        {
            return (null, link is null ? AnswerRefusal.Unsigned : AnswerRefusal.Expired);
        }

        if (alerts.Find(link.AlertId) is not { } alert)
        {
            return (null, AnswerRefusal.NoAlert);
        }

        var number = Notification(alert.Notification)?.EmergencyNumber is { Length: > 0 } own ? own : Notification(link.Recipient.Notification)?.EmergencyNumber ?? "";
        return (new AnswerView(token, alert, Name(link.Recipient), Configuration.DisplayName, number, PictureOf(link, alert) is not null, null, time.LocalTimeZone), default);
    }

    /// <summary>Why a link cannot be used to answer; null when it can. Reads no disk for an alert that is open, so that a disk that hangs keeps nobody from answering.</summary>
    /// <exception cref="IOException">Alerts cannot be read.</exception>
    public AnswerRefusal? Refusal(string token) => links.Read(token) switch
    {
        null => AnswerRefusal.Unsigned,
        { IsExpired: true } => AnswerRefusal.Expired,
        var link => alerts.Find(link.AlertId) is null ? AnswerRefusal.NoAlert : null,
    };

    /// <summary>False when a link is used too often; counts.</summary>
    public bool MayAnswer(string token)
    {
        using var lease = _limiter.AttemptAcquire(links.Read(token)!);
        return lease.IsAcquired;
    }

    /// <summary>Answers.</summary>
    /// <returns>What the page is to say of it: the answer's word, or <see cref="AnswerPage.Late"/>.</returns>
    /// <exception cref="IOException">Alerts cannot be read.</exception>
    public async Task<string> AnswerAsync(string token, AlertAnswer answer, CancellationToken cancellation)
    {
        var link = links.Read(token)!;
        var isLate = answer == AlertAnswer.TakingCare && alerts.Find(link.AlertId)?.AcknowledgedAt is not null;
        await desk.AnswerAsync(link.AlertId, answer, Name(link.Recipient), cancellation, link.Recipient);
        return isLate ? AnswerPage.Late : AlertAnswers.Word(answer);
    }

    /// <summary>The picture that a link shows; null when it shows none.</summary>
    /// <exception cref="IOException">Alerts cannot be read.</exception>
    public AlertPicture? Picture(string token) =>
        links.Read(token) is { IsExpired: false } link && alerts.Find(link.AlertId) is { } alert ? PictureOf(link, alert) : null;

    /// <inheritdoc/>
    public void Dispose() => _limiter.Dispose();

    /// <summary>No picture leaves the house that a message to the same recipient could not carry: <c>include_attachments</c> of the recipient's entry decides; for a device, that of the alert's.</summary>
    private AlertPicture? PictureOf(AnswerLink link, Alert alert) =>
        Notification(link.Recipient.Device is null ? link.Recipient.Notification : alert.Notification) is { IncludeAttachments: true } && alert.EventId is { } id ? pictures.Of(id) : null;

    private NotificationOptions? Notification(string name) => Configuration.Notifications.GetValueOrDefault(name);

    /// <summary>As the others are told: the entry of <c>notifications</c>, or what the owner calls the device.</summary>
    private string Name(Recipient recipient) =>
        recipient.Device is not { } id ? recipient.Notification
        : Subscriptions().FirstOrDefault(subscription => subscription.Id == id)?.Name ?? "a device";

    private IReadOnlyList<PushSubscription> Subscriptions()
    {
        try
        {
            return store.Subscriptions();
        }
        catch (IOException)
        {
            return []; // the answer matters more than the name
        }
    }
}

/// <summary>Why a link shows nothing.</summary>
internal enum AnswerRefusal
{
    /// <summary>It is not complete or was not made here.</summary>
    Unsigned,

    /// <summary>Its time is over.</summary>
    Expired,

    /// <summary>Its alert is not stored any more.</summary>
    NoAlert,
}
