using Ambianic.Core.Configuration;

namespace Ambianic.Core.Mqtt;

/// <summary>Connects to brokers.</summary>
public interface IMqttConnector
{
    /// <summary>Connects, once.</summary>
    /// <param name="options">Which broker, and who we are.</param>
    /// <param name="will">What the broker publishes when it loses us.</param>
    /// <param name="receive">Told of each message of what is subscribed, one after the other; returns quickly.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="IOException">There is no connection; the message says why and what to do, and holds no secret.</exception>
    Task<IMqttConnection> ConnectAsync(MqttOptions options, MqttMessage will, Action<MqttMessage> receive, CancellationToken cancellation);
}

/// <summary>A connection to a broker. One call at a time; the end of it disconnects without the will.</summary>
public interface IMqttConnection : IAsyncDisposable
{
    /// <summary>Completes when the connection has ended, with the reason for people.</summary>
    Task<string> WhenEnded { get; }

    /// <summary>Asks for topics; what the broker has kept of them comes first.</summary>
    /// <exception cref="IOException">The connection is broken.</exception>
    Task SubscribeAsync(IReadOnlyList<string> filters, CancellationToken cancellation);

    /// <summary>Ends subscriptions.</summary>
    /// <exception cref="IOException">The connection is broken.</exception>
    Task UnsubscribeAsync(IReadOnlyList<string> filters, CancellationToken cancellation);

    /// <summary>Publishes a message at least once.</summary>
    /// <returns>Null when the broker has it, or why it refuses it, for people.</returns>
    /// <exception cref="IOException">The connection is broken.</exception>
    Task<string?> PublishAsync(MqttMessage message, CancellationToken cancellation);
}
