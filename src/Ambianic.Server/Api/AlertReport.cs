using Ambianic.Core.Alerts;
using Ambianic.Core.Configuration;
using Ambianic.Storage.Files;

namespace Ambianic.Server.Api;

/// <summary>An alert in the API; see <see cref="Alert"/>.</summary>
internal sealed record AlertReport(
    string Id,
    string Incident,
    string Notification,
    AlertKind Kind,
    AlertSeverity Severity,
    AlertState State,
    bool IsOpen,
    bool IsTest,
    string Pipeline,
    string Source,
    IReadOnlyList<string> Labels,
    string Reason,
    double? Confidence,
    DateTimeOffset RaisedAt,
    DateTimeOffset TriggeredAt,
    int Triggers,
    string? EventId,
    int Round,
    int Level,
    int Tellings,
    DateTimeOffset? DeliveredAt,
    DateTimeOffset? AcknowledgedAt,
    string? AcknowledgedBy,
    DateTimeOffset? ResolvedAt,
    string? Resolution,
    DateTimeOffset? EndedAt,
    AlertFeedback? Feedback)
{
    public static AlertReport Of(Alert alert) => new(
        alert.Id,
        alert.Incident,
        alert.Notification,
        alert.Kind,
        alert.Severity,
        alert.State,
        !alert.HasEnded,
        alert.IsTest,
        alert.Pipeline,
        alert.Source,
        alert.Labels,
        alert.Reason,
        alert.Confidence,
        alert.RaisedAt,
        alert.TriggeredAt,
        alert.Triggers,
        alert.EventId,
        alert.Round,
        alert.Level,
        alert.Tellings,
        alert.DeliveredAt,
        alert.AcknowledgedAt,
        alert.AcknowledgedBy,
        alert.ResolvedAt,
        alert.Resolution,
        alert.EndedAt,
        alert.Feedback);
}

/// <summary>A delivery in the API; see <see cref="Delivery"/>.</summary>
internal sealed record DeliveryReport(
    string Id,
    string AlertId,
    string Recipient,
    DeliveryKind Kind,
    AlertSeverity Severity,
    DeliveryState State,
    bool IsHeld,
    int Attempts,
    DateTimeOffset CreatedAt,
    DateTimeOffset NotBefore,
    DateTimeOffset? AttemptedAt,
    string? Error)
{
    public static DeliveryReport Of(Delivery delivery) => new(
        delivery.Id,
        delivery.AlertId,
        delivery.Recipient.ToString(),
        delivery.Kind,
        delivery.Severity,
        delivery.State,
        delivery.IsHeld,
        delivery.Attempts,
        delivery.CreatedAt,
        delivery.NotBefore,
        delivery.AttemptedAt,
        delivery.Error);
}

/// <summary>An alert with all that belongs to it.</summary>
/// <param name="Alert">It.</param>
/// <param name="Events">Its events that are still stored, oldest first.</param>
/// <param name="Deliveries">Its deliveries, newest first.</param>
internal sealed record AlertDetails(AlertReport Alert, IReadOnlyList<TimelineEntry> Events, IReadOnlyList<DeliveryReport> Deliveries);
