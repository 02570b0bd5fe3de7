using System.Globalization;
using System.Text;

namespace Ambianic.Core.Mqtt;

/// <summary>What somebody asks for.</summary>
internal enum MqttCommandKind
{
    Enabled,
    Acknowledge,
    Resolve,
    Snooze,
}

/// <summary>A command that can be carried out.</summary>
/// <param name="Kind">What is asked for.</param>
/// <param name="Pipeline">The pipeline as topics name it; null for all of the device.</param>
internal sealed record MqttCommand(MqttCommandKind Kind, string? Pipeline)
{
    private const int LongestPayload = 200;
    private const int LongestName = 100;
    private const double LongestSnooze = 24 * 60;

    /// <summary>Who asks when the message does not say.</summary>
    private const string Somebody = "MQTT";

    /// <summary>What a button of Home Assistant sends when nothing else was agreed.</summary>
    private const string Press = "PRESS";

    /// <summary>Who asks.</summary>
    public string By { get; init; } = Somebody;

    /// <summary>Of <see cref="MqttCommandKind.Enabled"/>.</summary>
    public bool IsOn { get; init; }

    /// <summary>Of <see cref="MqttCommandKind.Snooze"/>: for how long; zero ends it.</summary>
    public TimeSpan Snooze { get; init; }

    /// <summary>True when a topic is one of a command.</summary>
    public static bool IsTopic(string topic, MqttTopics topics) => Parse(topic, topics) is not null;

    /// <summary>Reads a command.</summary>
    /// <param name="message">On a topic of a command.</param>
    /// <param name="topics">Of this device.</param>
    /// <exception cref="FormatException">It is wrong; the message says why.</exception>
    public static MqttCommand Read(MqttMessage message, MqttTopics topics)
    {
        var command = Parse(message.Topic, topics) ?? throw new FormatException("there is no such command");
        if (message.IsRetained)
        {
            throw new FormatException("the broker had kept it from before, so it is not carried out; send commands without retain");
        }

        if (message.Payload.Length > LongestPayload)
        {
            throw new FormatException($"it is longer than {LongestPayload} bytes");
        }

        var text = ReadText(message.Payload.Span);
        return command.Kind switch
        {
            MqttCommandKind.Enabled => command with { IsOn = IsOnOrOff(text) },
            MqttCommandKind.Snooze => command with { Snooze = Minutes(text) },
            _ => command with { By = Name(text) },
        };
    }

    private static MqttCommand? Parse(string topic, MqttTopics topics)
    {
        if (topic == topics.Acknowledge)
        {
            return new MqttCommand(MqttCommandKind.Acknowledge, null);
        }

        return topic.StartsWith(topics.Prefix + "/", StringComparison.Ordinal) && topic[(topics.Prefix.Length + 1)..].Split('/') is [var pipeline, var name, "set"]
            ? name switch
            {
                "enabled" => new MqttCommand(MqttCommandKind.Enabled, pipeline),
                "acknowledge" => new MqttCommand(MqttCommandKind.Acknowledge, pipeline),
                "resolve" => new MqttCommand(MqttCommandKind.Resolve, pipeline),
                "snooze" => new MqttCommand(MqttCommandKind.Snooze, pipeline),
                _ => null,
            }
            : null;
    }

    private static string ReadText(ReadOnlySpan<byte> payload)
    {
        try
        {
            var text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(payload).Trim();
            return text.Any(char.IsControl) ? throw new FormatException("it holds control characters") : text;
        }
        catch (DecoderFallbackException)
        {
            throw new FormatException("it is no UTF-8 text");
        }
    }

    private static bool IsOnOrOff(string text) => text.ToUpperInvariant() switch
    {
        MqttText.On => true,
        MqttText.Off => false,
        _ => throw new FormatException("it must be ON or OFF"),
    };

    private static TimeSpan Minutes(string text) =>
        text.Length == 0 || text.Equals(Press, StringComparison.OrdinalIgnoreCase) ? Alerts.AlertBook.SnoozeLasts
        : double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var minutes) && minutes is >= 0 and <= LongestSnooze ? TimeSpan.FromMinutes(minutes)
        : throw new FormatException($"it must be minutes from 0 to {LongestSnooze}");

    private static string Name(string text) =>
        text.Length == 0 || text.Equals(Press, StringComparison.OrdinalIgnoreCase) ? Somebody
        : text.Length <= LongestName ? text
        : throw new FormatException($"a name must not be longer than {LongestName} characters");
}
