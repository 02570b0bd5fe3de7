using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ambianic.Core.Configuration;

namespace Ambianic.Core.Mqtt;

/// <summary>How values are written in messages.</summary>
internal static class MqttText
{
    public const string On = "ON";
    public const string Off = "OFF";
    public const string Online = "online";
    public const string Offline = "offline";

    private const int LongestName = 100;

    private static readonly JsonSerializerOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A word of an enumeration: <c>no_video</c> for <c>NoVideo</c>.</summary>
    public static string Word(string member) => JsonNamingPolicy.SnakeCaseLower.ConvertName(member);

    public static string Switch(bool isOn) => isOn ? On : Off;

    public static string Available(bool isAvailable) => isAvailable ? Online : Offline;

    /// <summary>A name that a user gave, for people: printable, one line, 100 characters at most, without credentials.</summary>
    public static string Name(string name)
    {
        var text = new StringBuilder();
        foreach (var rune in Credentials.MaskName(name).EnumerateRunes())
        {
            if (text.Length < LongestName)
            {
                text.Append(Rune.IsControl(rune) ? " " : rune.ToString());
            }
        }

        return text.ToString().Trim() is { Length: > 0 } shown ? shown : "unnamed";
    }

    /// <summary>A text for people, without credentials; null stays null.</summary>
    public static string? Masked(string? text) => text is null ? null : Credentials.Mask(text);

    public static string Time(DateTimeOffset at) => at.ToString("yyyy-MM-ddTHH:mm:ss.fffzzz", System.Globalization.CultureInfo.InvariantCulture);

    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    /// <summary>UTF-8.</summary>
    public static byte[] Bytes(JsonNode json) => JsonSerializer.SerializeToUtf8Bytes(json, Options);
}
