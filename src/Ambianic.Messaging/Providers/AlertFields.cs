using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ambianic.Core.Alerts;
using Ambianic.Core.Configuration;

namespace Ambianic.Messaging.Providers;

/// <summary>A message as programs read it: Apprise's fields do not say what an alert is about.</summary>
internal static class AlertFields
{
    /// <summary>Apprise's word for how much a message matters.</summary>
    public static string Type(AlertMessage message) => message switch
    {
        { Kind: DeliveryKind.Taken } => "success",
        { Severity: AlertSeverity.Critical } => "failure",
        { Severity: AlertSeverity.Warning } => "warning",
        _ => "info",
    };

    /// <summary>Names and values; those that the message does not have are null.</summary>
    public static IEnumerable<KeyValuePair<string, JsonNode?>> Of(AlertMessage message) =>
    [
        new("idempotency_key", message.IdempotencyKey),
        new("alert_id", message.AlertId),
        new("event_id", message.EventId),
        new("kind", Word(message.Kind)),
        new("about", Word(message.About)),
        new("severity", Word(message.Severity)),
        new("at", message.At.ToString("yyyy-MM-ddTHH:mm:ss.fffzzz", CultureInfo.InvariantCulture)),
        new("pipeline", message.Pipeline),
        new("source", message.Source),
        new("labels", new JsonArray([.. message.Labels.Select(label => JsonValue.Create(label))])),
        new("confidence", message.Confidence),
        new("answer_url", message.AnswerUrl?.AbsoluteUri),
        new("details_url", message.DetailsUrl?.AbsoluteUri),
        new("is_test", message.IsTest),
    ];

    /// <summary>The same as text, without those that are null; labels are joined by commas.</summary>
    public static IEnumerable<KeyValuePair<string, string>> AsText(AlertMessage message) =>
        Of(message).Where(field => field.Value is not null).Select(field => new KeyValuePair<string, string>(
            field.Key,
            field.Value is JsonArray labels ? string.Join(',', labels.Select(label => label!.ToString())) : field.Value!.ToString()));

    private static string Word<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}
