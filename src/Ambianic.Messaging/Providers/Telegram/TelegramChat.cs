using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ambianic.Messaging.Http;

namespace Ambianic.Messaging.Providers.Telegram;

/// <summary>A chat, as addresses name it.</summary>
/// <param name="Id">A number, or the name of a channel or group with its <c>@</c>.</param>
/// <param name="Topic">Thread in a group; null for none.</param>
internal sealed partial record TelegramChat(string Id, long? Topic)
{
    /// <summary>Reads one: <c>123456</c>, <c>-100123456</c>, <c>@name</c>, each perhaps with <c>:topic</c>.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static TelegramChat Parse(string text) => ChatRegex().Match(text) is { Success: true } match
        ? new TelegramChat(
            match.Groups["number"].Success ? match.Groups["number"].Value : "@" + match.Groups["name"].Value,
            match.Groups["topic"] is { Success: true } topic ? long.Parse(topic.Value, CultureInfo.InvariantCulture) : null)
        : throw new FormatException("has a chat that is neither a number such as 123456789 nor a name such as @my_group");

    /// <summary>True when this is the chat of an update.</summary>
    public bool Is(JsonObject chat) =>
        (chat["id"] is JsonValue id && id.GetValueKind() == JsonValueKind.Number && id.ToJsonString() == Id)
        || (chat.Text("username") is { } name && ("@" + name).Equals(Id, StringComparison.OrdinalIgnoreCase));

    [GeneratedRegex(@"^(?:(?<number>-?\d+)|@?(?<name>[A-Za-z][A-Za-z0-9_]{3,}))(?::(?<topic>\d{1,18}))?\z")]
    private static partial Regex ChatRegex();
}
