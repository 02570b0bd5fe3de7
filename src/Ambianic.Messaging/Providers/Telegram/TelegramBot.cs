using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ambianic.Core.Alerts;
using Ambianic.Core.Configuration;
using Ambianic.Messaging.Http;

namespace Ambianic.Messaging.Providers.Telegram;

/// <summary>
/// Calls methods of Telegram's "Bot API". The token of the bot is a part of the path: no address is ever put into a message.
/// </summary>
/// <param name="service">Where the API is.</param>
/// <param name="token">Of the bot; a secret.</param>
/// <param name="http">For requests.</param>
internal sealed partial class TelegramBot(Uri service, string token, ProviderHttp http)
{
    private const string Service = "Telegram";

    /// <summary>Where the API is.</summary>
    public static Uri Official { get; } = new("https://api.telegram.org/");

    /// <summary>The same for all addresses of this bot, and no secret.</summary>
    public (Uri Service, string Token) Identity => (service, token);

    /// <summary>True for what looks like a token.</summary>
    public static bool IsToken(string text) => TokenRegex().IsMatch(text);

    /// <summary>Calls a method.</summary>
    /// <returns>Its result, or why there is none.</returns>
    public async Task<(JsonNode? Result, DeliveryOutcome Outcome)> CallAsync(string method, HttpContent content, CancellationToken cancellation, TimeSpan? patience = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"{service.AbsoluteUri}bot{token}/{method}")) { Content = content };
        var (answer, failure) = await http.AskAsync(Service, request, cancellation, patience);
        if (answer is null)
        {
            return (null, failure!);
        }

        var json = JsonBody.Read(answer.Body);
        return json?["ok"]?.GetValueKind() == System.Text.Json.JsonValueKind.True
            ? (json["result"], DeliveryOutcome.Delivered)
            : (null, Judge(answer, json));
    }

    private static DeliveryOutcome Judge(HttpAnswer answer, JsonObject? json)
    {
        var said = Credentials.Mask(MessageText.Cut(MessageText.Line(json?.Text("description") ?? ""), 200));
        var parameters = json?["parameters"] as JsonObject;
        return (int)answer.Status switch
        {
            429 => DeliveryOutcome.Passing($"{Service} is asked too often", parameters?.Number("retry_after") is { } seconds ? TimeSpan.FromSeconds(seconds) : answer.RetryAfter),
            401 or 404 => DeliveryOutcome.Permanent($"{Service} knows no bot with this token; ask @BotFather for the right one"),
            409 => DeliveryOutcome.Passing($"another program reads the answers of this bot, or a webhook is set; let one program alone use it, or give Ambianic a bot of its own ({said})"),
            403 => DeliveryOutcome.Permanent($"{Service}: this chat does not let the bot write; open the chat and press Start, or add the bot to the group ({said})"),
            400 when parameters?.Number("migrate_to_chat_id") is { } chat => DeliveryOutcome.Permanent($"{Service}: the group has a new id; write {chat:0} in the address"),
            400 when said.Contains("chat not found", StringComparison.OrdinalIgnoreCase) => DeliveryOutcome.Permanent(
                $"{Service} does not find the chat; write its id, and write to the bot once so that it may answer"),
            400 => DeliveryOutcome.Permanent($"{Service} refused the message: {said}"),
            _ => ProviderHttp.JudgeService(Service, answer),
        };
    }

    [GeneratedRegex(@"^\d+:[A-Za-z0-9_\-]+\z")]
    private static partial Regex TokenRegex();
}
