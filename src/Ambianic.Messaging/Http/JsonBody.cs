using System.Net.Http.Headers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ambianic.Messaging.Http;

/// <summary>JSON as services get it: with its length, because small receivers know no chunks, and with letters as they are, because limits count bytes.</summary>
internal static class JsonBody
{
    private static readonly JsonSerializerOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The body of a request.</summary>
    public static ByteArrayContent Of(JsonNode json) => new(JsonSerializer.SerializeToUtf8Bytes(json, Options))
    {
        Headers = { ContentType = new MediaTypeHeaderValue("application/json", "utf-8") },
    };

    /// <summary>An answer; null when it is no JSON object.</summary>
    public static JsonObject? Read(string text)
    {
        try
        {
            return JsonNode.Parse(text) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>A string of an answer; null when it has none of this name.</summary>
    public static string? Text(this JsonObject json, string name) => json[name] is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    /// <summary>A number of an answer; null when it has none of this name.</summary>
    public static double? Number(this JsonObject json, string name) => json[name] is JsonValue value && value.TryGetValue(out double number) ? number : null;
}
