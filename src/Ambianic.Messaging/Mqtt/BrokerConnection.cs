using System.Buffers;
using Ambianic.Core.Configuration;
using Ambianic.Core.Mqtt;
using MQTTnet;
using MQTTnet.Exceptions;
using MQTTnet.Protocol;

namespace Ambianic.Messaging.Mqtt;

/// <summary>A connection that MQTTnet has made.</summary>
internal sealed class BrokerConnection : IMqttConnection
{
    private static readonly TimeSpan LongestFarewell = TimeSpan.FromSeconds(1);

    private readonly IMqttClient _client;
    private readonly string _id;
    private readonly Action<MqttMessage> _receive;
    private readonly TaskCompletionSource<string> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="client">Not connected yet; owned from now on.</param>
    /// <param name="id">By which the broker knows it.</param>
    /// <param name="receive">Told of messages.</param>
    public BrokerConnection(IMqttClient client, string id, Action<MqttMessage> receive)
    {
        (_client, _id, _receive) = (client, id, receive);
        client.ApplicationMessageReceivedAsync += ReceiveAsync;
        client.DisconnectedAsync += EndAsync;
    }

    /// <inheritdoc/>
    public Task<string> WhenEnded => _ended.Task;

    /// <inheritdoc/>
    public Task SubscribeAsync(IReadOnlyList<string> filters, CancellationToken cancellation) => CallAsync(async () =>
    {
        var builder = new MqttClientSubscribeOptionsBuilder();
        foreach (var filter in filters)
        {
            builder.WithTopicFilter(filter, MqttQualityOfServiceLevel.AtMostOnce);
        }

        await _client.SubscribeAsync(builder.Build(), cancellation);
        return true;
    });

    /// <inheritdoc/>
    public Task UnsubscribeAsync(IReadOnlyList<string> filters, CancellationToken cancellation) => CallAsync(async () =>
    {
        var builder = new MqttClientUnsubscribeOptionsBuilder();
        foreach (var filter in filters)
        {
            builder.WithTopicFilter(filter);
        }

        await _client.UnsubscribeAsync(builder.Build(), cancellation);
        return true;
    });

    /// <inheritdoc/>
    public Task<string?> PublishAsync(MqttMessage message, CancellationToken cancellation) => CallAsync(async () =>
    {
        var result = await _client.PublishAsync(
            new MqttApplicationMessageBuilder()
                .WithTopic(message.Topic)
                .WithPayload(message.Payload.ToArray())
                .WithRetainFlag(message.IsRetained)
                .WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce)
                .Build(),
            cancellation);
        return result.ReasonCode is MqttClientPublishReasonCode.Success or MqttClientPublishReasonCode.NoMatchingSubscribers ? null
            : result.ReasonCode == MqttClientPublishReasonCode.NotAuthorized ? "the user is not allowed to publish there"
            : $"{result.ReasonCode} {result.ReasonString}".Trim();
    });

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        using (_client)
        {
            _client.DisconnectedAsync -= EndAsync;
            _ended.TrySetResult("Ambianic has ended it");
            try
            {
                if (_client.IsConnected)
                {
                    await _client.DisconnectAsync(new MqttClientDisconnectOptions(), CancellationToken.None).WaitAsync(LongestFarewell, TimeProvider.System);
                }
            }
            catch (Exception error) when (error is MqttCommunicationException or IOException or OperationCanceledException or ObjectDisposedException or TimeoutException)
            {
                // it is at its end in any case
            }
        }
    }

    private Task ReceiveAsync(MqttApplicationMessageReceivedEventArgs received)
    {
        var message = received.ApplicationMessage;
        _receive(new MqttMessage(message.Topic, message.Payload.ToArray(), message.Retain));
        return Task.CompletedTask;
    }

    private Task EndAsync(MqttClientDisconnectedEventArgs ended)
    {
        _ended.TrySetResult(ended.Reason switch
        {
            MqttClientDisconnectReason.SessionTakenOver =>
                $"another client has connected to the broker as {_id}: give each device a topic_prefix of its own",
            MqttClientDisconnectReason.KeepAliveTimeout => "the broker is silent",
            MqttClientDisconnectReason.PacketTooLarge => "a message was too large for the broker; a larger limit or pictures_every: 0 helps",
            MqttClientDisconnectReason.ServerShuttingDown => "the broker shuts down",
            _ when ended.Exception is { } error => $"the connection is broken: {Credentials.Mask(error.GetBaseException().Message)}",
            MqttClientDisconnectReason.NormalDisconnection => // mosquitto does not say that another client has taken over
                $"the broker has closed the connection; when it does so again and again, another client connects as {_id}: give each device a topic_prefix of its own",
            var reason => $"the broker has ended the connection ({reason})",
        });
        return Task.CompletedTask;
    }

    private async Task<T> CallAsync<T>(Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (Exception error) when (error is MqttCommunicationException or MqttProtocolViolationException or MqttClientNotConnectedException or ObjectDisposedException)
        {
            throw new IOException(_ended.Task.IsCompletedSuccessfully ? await _ended.Task : Credentials.Mask(error.GetBaseException().Message), error);
        }
    }
}
