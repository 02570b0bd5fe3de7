using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ambianic.Core.Alerts;

namespace Ambianic.Messaging.Providers;

/// <summary>A message as Slack takes it. Slack: "Block Kit", "Formatting text".</summary>
internal static partial class SlackText
{
    // Limits of "Block Kit".
    private const int MostOfHeader = 150;
    private const int MostOfSection = 3000;

    private const string Workflows = "has a mode that Ambianic does not know; use an incoming webhook or a token of a bot";

    /// <summary>Text for the phone, and blocks for the page: title and text as they are, and the link.</summary>
    public static JsonObject Payload(AlertMessage message)
    {
        var blocks = new JsonArray(
            new JsonObject { ["type"] = "header", ["text"] = Plain(MessageText.Cut(MessageText.Line(message.Title), MostOfHeader)) },
            new JsonObject { ["type"] = "section", ["text"] = Plain(MessageText.Cut(message.Text, MostOfSection)) });
        if (MessageText.Link(message) is { } link)
        {
            var text = $"<{Escaped(link.AbsoluteUri)}|{MessageText.LinkTitle(message)}>";
            blocks.Add(new JsonObject { ["type"] = "section", ["text"] = new JsonObject { ["type"] = "mrkdwn", ["text"] = text } });
        }

        return new JsonObject { ["text"] = Escaped(MessageText.Cut(MessageText.Line(message.Title), MostOfSection)), ["blocks"] = blocks };
    }

    /// <summary>Channels, users and ids of an address.</summary>
    /// <exception cref="FormatException">One is none, or the address asks for a workflow.</exception>
    public static IReadOnlyList<string> Channels(ProviderAddress address, int skip)
    {
        if (address.Parameter("mode") is { } mode && (mode.StartsWith("wo", StringComparison.Ordinal) || mode.StartsWith("tr", StringComparison.Ordinal)))
        {
            throw new FormatException(Workflows);
        }

        var channels = address.Targets(skip);
        return channels.All(channel => ChannelRegex().IsMatch(channel))
            ? [.. channels.Select(channel => channel[0] == '+' ? channel[1..] : channel[0] is '#' or '@' ? channel : '#' + channel)]
            : throw new FormatException("has a channel that is none; write #channel, @user or +id");
    }

    private static JsonObject Plain(string text) => new() { ["type"] = "plain_text", ["text"] = text.Trim().Length == 0 ? "-" : text, ["emoji"] = false };

    private static string Escaped(string text) =>
        text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);

    [GeneratedRegex(@"^[#@+]?[\p{L}\p{N}._-]+\z")]
    private static partial Regex ChannelRegex();
}
