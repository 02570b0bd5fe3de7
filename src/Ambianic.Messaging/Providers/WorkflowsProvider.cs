using System.Text.Json.Nodes;
using Ambianic.Core.Alerts;
using Ambianic.Core.Configuration;
using Ambianic.Messaging.Http;

namespace Ambianic.Messaging.Providers;

/// <summary>
/// Microsoft Teams by a workflow of Power Automate ("Create incoming webhooks with Workflows for Microsoft Teams") that posts an
/// Adaptive Card. The address is what Teams gives, with <c>workflows</c> in the place of <c>https</c>, or Apprise's short form.
/// </summary>
internal sealed class WorkflowsProvider : IAlertProvider
{
    /// <summary>A card may have 28 KB: of an emoji JSON makes three times as many bytes, and each line has a frame.</summary>
    private const int MostBytesOfText = 6_000;
    private const int MostLines = 100;

    private readonly Uri _url;
    private readonly ProviderHttp _http;

    /// <summary>Makes one.</summary>
    /// <exception cref="FormatException">The address is wrong.</exception>
    public WorkflowsProvider(ProviderAddress address, ProviderHttp http)
    {
        _http = http;
        _url = Url(address with { Scheme = "workflows" });
    }

    /// <summary>What <c>msteams://</c> meant is gone.</summary>
    /// <exception cref="FormatException">Always.</exception>
    public static IAlertProvider Retired() => throw new FormatException(
        "is a connector of Microsoft Teams, and Microsoft has switched those off; make a workflow in Teams (\"Send webhook alerts to a channel\") and write its address with workflows:// in the place of https://");

    /// <inheritdoc/>
    public string Name => $"Teams workflow at {_url.Host}";

    /// <inheritdoc/>
    public Task<DeliveryOutcome> SendAsync(AlertMessage message, CancellationToken cancellation)
    {
        var payload = new JsonObject
        {
            ["type"] = "message",
            ["attachments"] = new JsonArray(new JsonObject
            {
                ["contentType"] = "application/vnd.microsoft.card.adaptive",
                ["contentUrl"] = null,
                ["content"] = Card(message),
            }),
        };
        var request = new HttpRequestMessage(HttpMethod.Post, _url) { Content = JsonBody.Of(payload) };
        request.Identify(message);
        return _http.SendAsync(Name, request, cancellation, ProviderHttp.JudgeService);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static Uri Url(ProviderAddress address)
    {
        var signature = address.Parameter("sig") ?? address.Parameter("signature");
        if (address.Path.Contains("triggers"))
        {
            return signature is null
                ? throw new FormatException("has no 'sig'; copy the whole address that Teams gives, and put it into quotes")
                : new Uri($"{address.Url(address.Path).AbsoluteUri}?{string.Join('&', address.Query.Select(pair => $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(pair.Value)}"))}");
        }

        signature ??= address.Path.ElementAtOrDefault(1);
        if (address.Path.Count == 0 || signature is null)
        {
            throw new FormatException("has no workflow or no signature");
        }

        string[] before = address.Parameter("pa") is null || address.IsNo("pa") ? []
            : address.Parameter("route") is { } route ? ["powerautomate", "automations", "direct", "cu", route]
            : ["powerautomate", "automations", "direct"];
        var url = address.Url([.. before, "workflows", address.Path[0], "triggers", "manual", "paths", "invoke"]);
        var version = address.Parameter("api-version") ?? address.Parameter("ver") ?? "2016-06-01";
        return new Uri($"{url.AbsoluteUri}?api-version={Uri.EscapeDataString(version)}&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig={Uri.EscapeDataString(signature)}");
    }

    /// <summary>Text runs and not text blocks: those would read Markdown into what a person wrote.</summary>
    private static JsonObject Card(AlertMessage message)
    {
        var colour = message.Severity switch
        {
            AlertSeverity.Critical => "Attention",
            AlertSeverity.Warning => "Warning",
            _ => "Default",
        };
        var lines = MessageText.CutBytes(message.Text.ReplaceLineEndings("\n"), MostBytesOfText).Split('\n', MostLines).Where(line => line.Trim().Length > 0);
        var card = new JsonObject
        {
            ["$schema"] = "http://adaptivecards.io/schemas/adaptive-card.json",
            ["type"] = "AdaptiveCard",
            ["version"] = "1.4",
            ["body"] = new JsonArray(
            [
                Line(new JsonObject { ["type"] = "TextRun", ["text"] = MessageText.Cut(MessageText.Line(message.Title), 250), ["size"] = "Large", ["weight"] = "Bolder", ["color"] = colour }),
                .. lines.Select(line => Line(new JsonObject { ["type"] = "TextRun", ["text"] = line })),
            ]),
        };
        if (MessageText.Link(message) is { } link)
        {
            card["actions"] = new JsonArray(new JsonObject { ["type"] = "Action.OpenUrl", ["title"] = MessageText.LinkTitle(message), ["url"] = link.AbsoluteUri });
        }

        return card;
    }

    private static JsonObject Line(JsonObject run) => new() { ["type"] = "RichTextBlock", ["inlines"] = new JsonArray(run) };
}
