using System.Net.Sockets;
using System.Security.Authentication;
using Ambianic.Core.Alerts;
using Ambianic.Core.Configuration;
using MQTTnet;
using MQTTnet.Exceptions;
using MQTTnet.Formatter;
using MQTTnet.Protocol;

namespace Ambianic.Messaging.Providers;

/// <summary>
/// Topics of an MQTT broker ("MQTT Version 5.0"): JSON on the topic, and the picture, when there is one, on <c>topic/picture</c> before
/// it, so that it is there when the JSON is read. By default with QoS 1: delivered is what the broker has confirmed.
/// </summary>
internal sealed class MqttProvider : IAlertProvider
{
    private readonly ProviderAddress _address;
    private readonly TimeProvider _time;
    private readonly IReadOnlyList<string> _topics;
    private readonly MqttQualityOfServiceLevel _quality;
    private readonly MqttProtocolVersion _version;
    private readonly bool _isRetained;

    /// <summary>Makes one.</summary>
    /// <exception cref="FormatException">The address is wrong.</exception>
    public MqttProvider(ProviderAddress address, TimeProvider time)
    {
        _address = address;
        _time = time;
        _ = address.Url([]);
        _topics = [.. new[] { string.Join('/', address.Path) }.Concat((address.Parameter("to") ?? "").Split(',')).Where(topic => topic.Length > 0)];
        _quality = address.Parameter("qos") switch
        {
            null or "1" => MqttQualityOfServiceLevel.AtLeastOnce,
            "0" => MqttQualityOfServiceLevel.AtMostOnce,
            "2" => MqttQualityOfServiceLevel.ExactlyOnce,
            _ => throw new FormatException("has a 'qos' that is none of 0, 1 and 2"),
        };
        _version = address.Parameter("version")?.ToLowerInvariant().TrimStart('v') switch
        {
            null or "5" or "5.0" => MqttProtocolVersion.V500,
            "3.1.1" => MqttProtocolVersion.V311,
            "3.1" => MqttProtocolVersion.V310,
            _ => throw new FormatException("has a 'version' that is none of 5, 3.1.1 and 3.1"),
        };
        _isRetained = address.Parameter("retain") is not null && !address.IsNo("retain");
        if (_topics.Count == 0)
        {
            throw new FormatException("names no topic");
        }

        if (_topics.Any(topic => topic.IndexOfAny(['#', '+', '\0']) >= 0))
        {
            throw new FormatException("has a topic with # or +, which are for subscribers only");
        }
    }

    /// <inheritdoc/>
    public string Name => $"MQTT at {_address.Authority}";

    /// <inheritdoc/>
    public Task<DeliveryOutcome> SendAsync(AlertMessage message, CancellationToken cancellation) =>
        Attempt.WithinAsync(Name, _time, within => PublishAsync(message, within), cancellation);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task<DeliveryOutcome> PublishAsync(AlertMessage message, CancellationToken cancellation)
    {
        try
        {
            using var client = new MqttClientFactory().CreateMqttClient();
            var connected = await client.ConnectAsync(Options(message), cancellation);
            if (connected.ResultCode != MqttClientConnectResultCode.Success)
            {
                return Judge(connected);
            }

            var outcome = DeliveryOutcome.Delivered;
            foreach (var topic in _topics)
            {
                if (message.Picture is { } picture)
                {
                    outcome = Worse(outcome, Judge(await client.PublishAsync(Message($"{topic}/picture", picture.Jpeg.ToArray(), "image/jpeg"), cancellation)));
                }

                outcome = Worse(outcome, Judge(await client.PublishAsync(Message(topic, AlertJson.Bytes(message with { Picture = null }), "application/json"), cancellation)));
            }

            await client.DisconnectAsync(new MqttClientDisconnectOptions(), cancellation);
            return outcome;
        }
        catch (MqttCommunicationException error) when (error.InnerException is OperationCanceledException || cancellation.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellation);
        }
        catch (Exception error) when (error is MqttCommunicationException or MqttProtocolViolationException or SocketException or IOException)
        {
            return DeliveryOutcome.Passing(error.GetBaseException() is AuthenticationException tls
                ? $"{Name}: no secure connection ({Credentials.Mask(tls.Message)}); is it mqtt://, or write verify=no for a broker of your own"
                : $"{Name} cannot be reached or broke the connection: {Credentials.Mask(error.GetBaseException().Message)}");
        }
    }

    private MqttClientOptions Options(AlertMessage message)
    {
        var options = new MqttClientOptionsBuilder()
            .WithTcpServer(_address.Host.Trim('[', ']'), _address.Port ?? (_address.IsSecure ? 8883 : 1883))
            .WithProtocolVersion(_version)
            .WithCleanStart()
            .WithClientId(_address.Parameter("client_id") ?? $"ambianic{message.IdempotencyKey[..15]}") // 23 characters, which every broker takes
            .WithTimeout(Attempt.Patience);
        if (_address.User is not null)
        {
            options.WithCredentials(_address.User, _address.Password ?? "");
        }

        if (_address.IsSecure)
        {
            options.WithTlsOptions(tls =>
            {
                tls.UseTls().WithTargetHost(_address.Host.Trim('[', ']')).WithRevocationMode(System.Security.Cryptography.X509Certificates.X509RevocationMode.NoCheck);
                if (_address.IsNo("verify"))
                {
                    tls.WithCertificateValidationHandler(_ => true);
                }
            });
        }

        return options.Build();
    }

    private MqttApplicationMessage Message(string topic, byte[] payload, string type)
    {
        var message = new MqttApplicationMessageBuilder().WithTopic(topic).WithPayload(payload).WithQualityOfServiceLevel(_quality).WithRetainFlag(_isRetained);
        return (_version == MqttProtocolVersion.V500 ? message.WithContentType(type) : message).Build();
    }

    private DeliveryOutcome Judge(MqttClientConnectResult result)
    {
        var said = Credentials.Mask($"{result.ResultCode} {result.ReasonString}").Trim();
        return result.ResultCode switch
        {
            MqttClientConnectResultCode.BadUserNameOrPassword or MqttClientConnectResultCode.NotAuthorized or MqttClientConnectResultCode.BadAuthenticationMethod =>
                DeliveryOutcome.Permanent($"{Name} refused user or password ({said})"),
            MqttClientConnectResultCode.UnsupportedProtocolVersion => DeliveryOutcome.Permanent($"{Name} speaks an older MQTT; write ?version=3.1.1"),
            MqttClientConnectResultCode.ClientIdentifierNotValid or MqttClientConnectResultCode.Banned => DeliveryOutcome.Permanent($"{Name} refused the client ({said})"),
            _ => DeliveryOutcome.Passing($"{Name} does not take connections now ({said})"),
        };
    }

    private DeliveryOutcome Judge(MqttClientPublishResult result)
    {
        var said = Credentials.Mask($"{result.ReasonCode} {result.ReasonString}").Trim();
        return result.ReasonCode switch
        {
            MqttClientPublishReasonCode.Success => DeliveryOutcome.Delivered,
            MqttClientPublishReasonCode.NoMatchingSubscribers => DeliveryOutcome.Delivered with { Reason = $"{Name} has it, and nobody listens to the topic" },
            MqttClientPublishReasonCode.NotAuthorized => DeliveryOutcome.Permanent($"{Name} does not allow this user to publish on the topic"),
            MqttClientPublishReasonCode.TopicNameInvalid or MqttClientPublishReasonCode.PayloadFormatInvalid => DeliveryOutcome.Permanent($"{Name} refused the message ({said})"),
            _ => DeliveryOutcome.Passing($"{Name} did not take the message ({said})"),
        };
    }

    private static DeliveryOutcome Worse(DeliveryOutcome one, DeliveryOutcome other) => Rank(other) > Rank(one) ? other : one;

    private static int Rank(DeliveryOutcome outcome) => outcome.Kind switch
    {
        DeliveryOutcomeKind.Passing => 3,
        DeliveryOutcomeKind.Permanent => 2,
        _ => outcome.Reason is null ? 0 : 1,
    };
}
