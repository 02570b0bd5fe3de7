using Ambianic.Core.Alerts;
using Ambianic.Core.Configuration;

namespace Ambianic.Tests.Messaging;

/// <summary>Messages that tests send.</summary>
internal static class Messages
{
    /// <summary>A picture; providers do not look into it.</summary>
    public static AlertPicture Picture { get; } = new("20260501-101112.123456-image.jpg", new byte[] { 0xFF, 0xD8, 0xFF, 0xE0, 13, 10, 0, 255, 0xFF, 0xD9 });

    /// <summary>A person has fallen: critical, to be answered, without picture.</summary>
    public static AlertMessage Fall { get; } = new()
    {
        IdempotencyKey = "0123456789abcdef0123456789abcdef",
        AlertId = "fedcba9876543210fedcba9876543210",
        Kind = DeliveryKind.Alert,
        About = AlertKind.Fall,
        Severity = AlertSeverity.Critical,
        Title = "Fall in the living room",
        Text = "A person has fallen at 10:11:12.\nNobody has got up since.",
        At = new DateTimeOffset(2026, 5, 1, 10, 11, 12, 123, TimeSpan.Zero),
        Pipeline = "living_room",
        Source = "living_room_camera",
        Labels = ["FALL"],
        Confidence = 0.87,
        EventId = "20260501-101112.123456",
        AsksForAnswer = true,
        AnswerUrl = new Uri("https://home.example.org/a/fedcba98?r=0&s=c2lnbmF0dXJl"),
        DetailsUrl = new Uri("https://home.example.org/event/20260501-101112.123456"),
    };

    /// <summary>The fall with its picture.</summary>
    public static AlertMessage FallWithPicture { get; } = Fall with { Picture = Picture };

    /// <summary>A person was seen: good to know, nothing to answer.</summary>
    public static AlertMessage Person { get; } = Fall with
    {
        About = AlertKind.Detection,
        Severity = AlertSeverity.Info,
        Title = "Person at the front door",
        Text = "A person was seen at 10:11:12.",
        Labels = ["person"],
        AsksForAnswer = false,
        AnswerUrl = null,
    };

    /// <summary>A camera has no picture: somebody should look.</summary>
    public static AlertMessage Outage { get; } = Person with
    {
        About = AlertKind.Outage,
        Severity = AlertSeverity.Warning,
        Title = "No picture from the front door",
        Text = "The camera has given no picture for 5 minutes.",
        Labels = [],
        EventId = null,
        DetailsUrl = null,
    };
}
