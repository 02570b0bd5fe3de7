using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Ambianic.Core.Configuration;
using Ambianic.Core.Mqtt;
using Ambianic.Messaging.Mqtt;

namespace Ambianic.Tests.Messaging.Mqtt;

[Slow]
public sealed class EmbeddedBrokerTests
{
    private readonly ConcurrentQueue<string> _refused = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Start_WithAUser_KeepsMessagesForThoseWhoComeLater()
    {
        var options = Options();
        await using var broker = await EmbeddedBroker.StartAsync(options, _refused.Enqueue);
        await using (var writer = await ConnectAsync(options, "writer", _ => { }))
        {
            Assert.Null(await writer.PublishAsync(MqttMessage.Of("home/state", "running", isRetained: true), Cancellation));
        }

        var received = new ConcurrentQueue<MqttMessage>();
        await using var reader = await ConnectAsync(options, "reader", received.Enqueue);
        await reader.SubscribeAsync(["#"], Cancellation);
        await Eventually.TrueAsync(() => !received.IsEmpty);

        Assert.Equal([("home/state", "running", true)], received.Select(message => (message.Topic, message.Text, message.IsRetained)));
        Assert.Empty(_refused);
    }

    [Theory]
    [InlineData("")]
    [InlineData("ambianic:wrong@")]
    [InlineData("ambianic@")]
    [InlineData("other:Wren9Owl77@")]
    public async Task Start_AWrongUserOrPassword_IsRefused(string user)
    {
        var options = Options();
        await using var broker = await EmbeddedBroker.StartAsync(options, _refused.Enqueue);

        var error = await Assert.ThrowsAsync<IOException>(() => new BrokerConnector().ConnectAsync(
            new MqttOptions { Uri = $"mqtt://{user}127.0.0.1:{options.Port}" }, MqttMessage.Of("a", "b", false), _ => { }, Cancellation));

        Assert.Contains("refuses user or password", error.Message, StringComparison.Ordinal);
        Assert.StartsWith("127.0.0.1:", Assert.Single(_refused), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_ByDefault_ListensOnLoopbackAlone()
    {
        var options = Options();
        await using var broker = await EmbeddedBroker.StartAsync(options, _refused.Enqueue);

        var listening = System.Net.NetworkInformation.IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Where(point => point.Port == options.Port);

        Assert.Equal([IPAddress.Loopback], listening.Select(point => point.Address));
    }

    [Fact]
    public async Task Start_ThePortIsTaken_SaysSo()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();

        var error = await Assert.ThrowsAsync<IOException>(() => EmbeddedBroker.StartAsync(Options() with { Port = ((IPEndPoint)taken.LocalEndpoint).Port }, _refused.Enqueue));

        Assert.Contains("in use", error.Message, StringComparison.OrdinalIgnoreCase);
    }

    private static MqttBrokerOptions Options()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return new MqttBrokerOptions { Enabled = true, Port = ((IPEndPoint)listener.LocalEndpoint).Port, Password = "Wren9Owl77" };
    }

    private static Task<IMqttConnection> ConnectAsync(MqttBrokerOptions options, string client, Action<MqttMessage> receive) =>
        new BrokerConnector().ConnectAsync(new MqttOptions { Broker = options, ClientId = client }, MqttMessage.Of("a", "b", false), receive, Cancellation);
}
