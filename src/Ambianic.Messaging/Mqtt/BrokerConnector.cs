using System.Net.Sockets;
using System.Security.Authentication;
using Ambianic.Core.Configuration;
using Ambianic.Core.Mqtt;
using MQTTnet;
using MQTTnet.Exceptions;
using MQTTnet.Formatter;
using MQTTnet.Protocol;

namespace Ambianic.Messaging.Mqtt;

/// <summary>Connects to brokers with MQTTnet: MQTT 5, or 3.1.1 where the broker knows nothing newer.</summary>
public sealed class BrokerConnector : IMqttConnector
{
    /// <summary>For the connection, and for each confirmation.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <summary>A broker that is lost without a word is noticed after one and a half of it.</summary>
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(20);

    /// <inheritdoc/>
    public async Task<IMqttConnection> ConnectAsync(MqttOptions options, MqttMessage will, Action<MqttMessage> receive, CancellationToken cancellation)
    {
        try
        {
            return await ConnectAsync(options, will, receive, MqttProtocolVersion.V500, cancellation)
                ?? await ConnectAsync(options, will, receive, MqttProtocolVersion.V311, cancellation)
                ?? throw new IOException("the broker speaks neither MQTT 5 nor 3.1.1");
        }
        catch (Exception error) when (error is MqttCommunicationException or MqttProtocolViolationException or SocketException or OperationCanceledException)
        {
            cancellation.ThrowIfCancellationRequested();
            throw new IOException(Reason(error), error);
        }
    }

    /// <returns>Null when the broker does not know this version.</returns>
    private static async Task<IMqttConnection?> ConnectAsync(
        MqttOptions options, MqttMessage will, Action<MqttMessage> receive, MqttProtocolVersion version, CancellationToken cancellation)
    {
        var client = new MqttClientFactory().CreateMqttClient();
        try
        {
            var id = options.ClientId is { Length: > 0 } given ? given : TopicNames.Of(options.TopicPrefix);
            var connection = new BrokerConnection(client, id, receive);
            var connected = await client.ConnectAsync(Options(options, will, id, version), cancellation);
            if (connected.ResultCode == MqttClientConnectResultCode.Success)
            {
                return connection;
            }

            client.Dispose();
            return connected.ResultCode == MqttClientConnectResultCode.UnsupportedProtocolVersion ? null : throw new IOException(Refusal(connected));
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    private static MqttClientOptions Options(MqttOptions options, MqttMessage will, string id, MqttProtocolVersion version)
    {
        var address = MqttAddress.Of(options);
        var builder = new MqttClientOptionsBuilder()
            .WithTcpServer(address.Host, address.Port)
            .WithProtocolVersion(version)
            .WithClientId(id)
            .WithCleanStart()
            .WithTimeout(Patience)
            .WithKeepAlivePeriod(KeepAlive)
            .WithWillTopic(will.Topic)
            .WithWillPayload(will.Payload.ToArray())
            .WithWillRetain(will.IsRetained)
            .WithWillQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce);
        if (address.User is not null)
        {
            builder.WithCredentials(address.User, address.Password ?? "");
        }

        if (address.IsSecure)
        {
            builder.WithTlsOptions(tls => BrokerTls.Apply(tls, address, options));
        }

        return builder.Build();
    }

    private static string Refusal(MqttClientConnectResult result)
    {
        var said = Credentials.Mask($"{result.ResultCode} {result.ReasonString}").Trim();
        return result.ResultCode switch
        {
            MqttClientConnectResultCode.BadUserNameOrPassword or MqttClientConnectResultCode.NotAuthorized or MqttClientConnectResultCode.BadAuthenticationMethod =>
                $"the broker refuses user or password ({said}); correct mqtt.uri",
            MqttClientConnectResultCode.ClientIdentifierNotValid or MqttClientConnectResultCode.Banned => $"the broker refuses this client ({said}); look at mqtt.client_id",
            _ => $"the broker takes no connections now ({said})",
        };
    }

    private static string Reason(Exception error) => error.GetBaseException() switch
    {
        AuthenticationException tls => $"no secure connection: {Credentials.Mask(tls.Message)}; for a certificate of your own give ca_file, for a broker without TLS write mqtt://",
        OperationCanceledException => $"the broker has not answered for {Patience.TotalSeconds:0} s",
        var cause => Credentials.Mask(cause.Message),
    };
}
