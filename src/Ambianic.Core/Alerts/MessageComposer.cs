using Ambianic.Core.Configuration;
using Microsoft.Extensions.Logging;

namespace Ambianic.Core.Alerts;

/// <summary>Makes the message of the deliveries that go out together, and reads the picture that belongs to it.</summary>
/// <param name="parts">Links and pictures.</param>
/// <param name="ended">Finds an alert that has ended.</param>
/// <param name="time">Clock.</param>
/// <param name="logger">Receives why a picture could not be read.</param>
internal sealed class MessageComposer(AlertParts parts, Func<string, Alert?> ended, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan PicturePatience = TimeSpan.FromSeconds(3);

    private volatile Task? _readingPicture; // that hangs

    /// <returns>The message without its picture, and the event whose picture belongs to it; null when none does.</returns>
    public (AlertMessage Message, string? PictureOf) Compose(Recipient recipient, IReadOnlyList<Delivery> batch, AlertBook book)
    {
        var first = batch[0];
        var alerts = batch.Select(delivery => (Alert: book.Find(delivery.AlertId) ?? ended(delivery.AlertId), delivery.Kind)).Where(item => item.Alert is not null).Select(item => (item.Alert!, item.Kind)).ToList();
        var alert = alerts.Count > 0 ? alerts[0].Item1 : new Alert
        {
            Id = first.AlertId, Incident = "", Notification = recipient.Notification, Kind = AlertKind.Summary, Severity = first.Severity,
            RaisedAt = first.CreatedAt, TriggeredAt = first.CreatedAt, RoundAt = first.CreatedAt,
        };
        var isGroup = batch.Count > 1;
        var details = alert.EventId is { } eventId && !isGroup ? parts.Links.Details(eventId) : null;
        var (title, text) = isGroup ? AlertTexts.Group(alerts, book.Settings) : AlertTexts.Compose(alert, first.Kind, book.Settings, details);
        var isToBeAnswered = alert.IsUnanswered && !isGroup && first.Kind is DeliveryKind.Alert or DeliveryKind.Reminder or DeliveryKind.Escalation;
        var message = new AlertMessage
        {
            IdempotencyKey = isGroup ? Ids.Of([.. batch.Select(delivery => delivery.Id)]) : first.Id,
            AlertId = alert.Id,
            Kind = isGroup ? DeliveryKind.Summary : first.Kind,
            About = isGroup ? AlertKind.Summary : alert.Kind,
            Severity = isGroup ? batch.Max(delivery => delivery.Severity) : first.Severity,
            Title = title,
            Text = text,
            At = TimeZoneInfo.ConvertTime(AlertTexts.Began(alert), time.LocalTimeZone),
            Pipeline = isGroup ? "" : alert.Pipeline,
            Source = isGroup ? "" : Credentials.Mask(alert.Source),
            Labels = isGroup ? [] : alert.Labels,
            Confidence = isGroup ? null : alert.Confidence,
            EventId = isGroup ? null : alert.EventId,
            AsksForAnswer = isToBeAnswered && book.NeedsAnswer(alert),
            AnswerUrl = isToBeAnswered ? parts.Links.For(alert.Id, recipient) : null,
            DetailsUrl = details,
            IsTest = alert.IsTest,
        };
        return (message, !isGroup && MayHavePicture(alert, recipient, first.Kind, book.Settings) ? alert.EventId : null);
    }

    /// <summary>Only what the entry of the recipient allows leaves the house; a device belongs to the entry of the alert.</summary>
    private static bool MayHavePicture(Alert alert, Recipient recipient, DeliveryKind kind, AlertSettings settings) =>
        kind is DeliveryKind.Alert or DeliveryKind.Escalation or DeliveryKind.Reminder
            && settings.Of(recipient.Device is null ? recipient.Notification : alert.Notification).IncludeAttachments;

    /// <summary>A disk that hangs costs the picture, not the message; while one read hangs, no other is begun.</summary>
    public async Task<AlertPicture?> PictureAsync(string? eventId)
    {
        if (eventId is null || _readingPicture is { IsCompleted: false })
        {
            return null;
        }

        var reading = Task.Run(() => parts.Pictures.Of(eventId));
        try
        {
            return await reading.WaitAsync(PicturePatience, time);
        }
        catch (TimeoutException)
        {
            _readingPicture = reading;
            return null;
        }
        catch (Exception error)
        {
            logger.PictureNotRead(error, eventId);
            return null;
        }
    }
}
