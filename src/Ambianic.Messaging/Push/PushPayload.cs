using System.Globalization;
using System.Security.Cryptography;
using System.Buffers.Text;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Ambianic.Core.Alerts;
using Ambianic.Core.Configuration;

namespace Ambianic.Messaging.Push;

/// <summary>What the page's service worker gets: a JSON object, small enough that every push service takes it.</summary>
internal static class PushPayload
{
    /// <summary>4096 bytes, which RFC 8030 has every service take, less the 86 bytes before the record (RFC 8188), its delimiter and its tag.</summary>
    public const int MostBytes = 4096 - 86 - 1 - 16;

    private const int MostOfTitle = 500;

    /// <summary>Nobody puts it into a page; what is not ASCII takes as little room as it can.</summary>
    private static readonly JavaScriptEncoder Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    private static readonly JsonSerializerOptions Options = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, Encoder = Encoder };

    /// <summary>The payload; a text that is too long is cut between two characters as people see them, and ends in an ellipsis.</summary>
    public static byte[] Of(AlertMessage message)
    {
        var content = new Content(
            Cut(message.Title, MostOfTitle),
            "",
            message.AnswerUrl ?? message.DetailsUrl,
            message.AlertId,
            message.IdempotencyKey,
            JsonNamingPolicy.SnakeCaseLower.ConvertName(message.Severity.ToString()),
            message.Severity == AlertSeverity.Critical,
            message.At);
        var room = MostBytes - JsonSerializer.SerializeToUtf8Bytes(content, Options).Length;
        return JsonSerializer.SerializeToUtf8Bytes(content with { Body = Cut(message.Text, room) }, Options);
    }

    /// <summary>By what a push service lets a later message of the same alert take the place of one that it still holds: 32 characters of base64url, from which nobody learns the alert's id.</summary>
    public static string Topic(string alertId) => Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(alertId)).AsSpan(0, 24));

    private static string Cut(string text, int room)
    {
        if (Size(text) <= room)
        {
            return text;
        }

        room -= Size("…");
        var length = 0;
        while (length < text.Length)
        {
            var next = StringInfo.GetNextTextElementLength(text, length);
            room -= Size(text.Substring(length, next));
            if (room < 0)
            {
                break;
            }

            length += next;
        }

        return text[..length] + "…";
    }

    private static int Size(string text) => Encoding.UTF8.GetByteCount(Encoder.Encode(text));

    /// <summary>Keys as the notifications of browsers call them, and ours.</summary>
    private sealed record Content(
        string Title, string Body, Uri? Url, string Tag, string IdempotencyKey, string Severity, bool RequireInteraction, DateTimeOffset At);
}
