using System.Text;

namespace Ambianic.Core.Mqtt;

/// <summary>A message on a topic.</summary>
/// <param name="Topic">Where it is published.</param>
/// <param name="Payload">Its content; an empty one that is retained removes what the broker has kept.</param>
/// <param name="IsRetained">True when the broker keeps it for those who come later; of a received one, that it was kept.</param>
public sealed record MqttMessage(string Topic, ReadOnlyMemory<byte> Payload, bool IsRetained)
{
    /// <summary>A message of UTF-8 text.</summary>
    public static MqttMessage Of(string topic, string text, bool isRetained) => new(topic, Encoding.UTF8.GetBytes(text), isRetained);

    /// <summary>The payload as UTF-8; what is none is shown as replacement characters.</summary>
    public string Text => Encoding.UTF8.GetString(Payload.Span);
}
