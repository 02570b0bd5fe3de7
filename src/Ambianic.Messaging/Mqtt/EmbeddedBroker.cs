using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Ambianic.Core.Configuration;
using MQTTnet.Protocol;
using MQTTnet.Server;

namespace Ambianic.Messaging.Mqtt;

/// <summary>A broker within this process, with one user, for houses that have none. What it keeps is in memory.</summary>
public sealed class EmbeddedBroker : IAsyncDisposable
{
    /// <summary>Of a client that reads slowly; older ones are dropped.</summary>
    private const int MostWaiting = 1000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly MqttServer _server;

    private EmbeddedBroker(MqttServer server) => _server = server;

    /// <summary>Starts it.</summary>
    /// <param name="options">A section that has no problems.</param>
    /// <param name="refused">Told from where somebody came with a wrong user or password; called from any thread.</param>
    /// <exception cref="IOException">It cannot listen there; the message says why.</exception>
    public static async Task<EmbeddedBroker> StartAsync(MqttBrokerOptions options, Action<string> refused)
    {
        var address = IPAddress.Parse(options.Address);
        var builder = new MqttServerOptionsBuilder()
            .WithDefaultEndpoint()
            .WithDefaultEndpointPort(options.Port)
            .WithDefaultEndpointBoundIPAddress(address.AddressFamily == AddressFamily.InterNetwork ? address : IPAddress.None)
            .WithDefaultEndpointBoundIPV6Address(address.AddressFamily == AddressFamily.InterNetworkV6 ? address : IPAddress.None) // also of this kind it means: not at all
            .WithDefaultCommunicationTimeout(Patience)
            .WithMaxPendingMessagesPerClient(MostWaiting);
        var server = new MqttServerFactory().CreateMqttServer(builder.Build());
        server.ValidatingConnectionAsync += client =>
        {
            if (!IsSame(client.UserName, options.User) | !IsSame(client.Password, options.Password ?? ""))
            {
                client.ReasonCode = MqttConnectReasonCode.BadUserNameOrPassword;
                refused($"{client.RemoteEndPoint}");
            }

            return Task.CompletedTask;
        };
        try
        {
            await server.StartAsync();
            return new EmbeddedBroker(server);
        }
        catch (Exception error) when (error is SocketException or IOException or InvalidOperationException)
        {
            server.Dispose();
            throw new IOException(error.GetBaseException().Message, error);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        using (_server)
        {
            await _server.StopAsync(new MqttServerStopOptions());
        }
    }

    /// <summary>Takes the same time whatever is wrong.</summary>
    private static bool IsSame(string? given, string expected) =>
        CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(given ?? "")), SHA256.HashData(Encoding.UTF8.GetBytes(expected)));
}
