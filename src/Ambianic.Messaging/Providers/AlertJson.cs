using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ambianic.Core.Alerts;

namespace Ambianic.Messaging.Providers;

/// <summary>A message as JSON for programs: Apprise's fields, then ours (<see cref="AlertFields"/>).</summary>
internal static class AlertJson
{
    private static readonly JsonSerializerOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Names and values, the picture among them.</summary>
    public static IEnumerable<KeyValuePair<string, JsonNode?>> Fields(AlertMessage message) =>
    [
        new("version", "1.0"),
        new("title", message.Title),
        new("message", message.Text),
        new("attachments", new JsonArray([.. Attachments(message)])),
        new("type", AlertFields.Type(message)),
        .. AlertFields.Of(message),
    ];

    /// <summary>The document, UTF-8.</summary>
    public static byte[] Bytes(AlertMessage message) => JsonSerializer.SerializeToUtf8Bytes(new JsonObject(Fields(message)), Options);

    private static IEnumerable<JsonNode> Attachments(AlertMessage message) => message.Picture is not { } picture ? [] :
    [
        new JsonObject { ["filename"] = picture.FileName, ["base64"] = Convert.ToBase64String(picture.Jpeg.Span), ["mimetype"] = "image/jpeg" },
    ];
}
