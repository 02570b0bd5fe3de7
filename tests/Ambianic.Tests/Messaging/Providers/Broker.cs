using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Diagnostics;
using MQTTnet;

namespace Ambianic.Tests.Messaging.Providers;

/// <summary>A real mosquitto on a free port of the loopback interface.</summary>
internal sealed class Broker : IAsyncDisposable
{
    private static readonly string? Program = new[] { "/usr/sbin/mosquitto", "/usr/bin/mosquitto" }.FirstOrDefault(File.Exists);

    private readonly TemporaryDirectory _folder = new();
    private readonly ConcurrentQueue<MqttApplicationMessage> _messages = new();
    private ServerProcess? _process;
    private IMqttClient? _subscriber;

    private Broker(int port) => Port = port;

    public int Port { get; }

    /// <summary>What was published, oldest first.</summary>
    public IReadOnlyList<MqttApplicationMessage> Published => [.. _messages];

    /// <summary>Starts it; skips the test when it is not installed.</summary>
    /// <param name="settings">More lines of its configuration; <c>DIR</c> is the folder of the files.</param>
    /// <param name="files">Files by name.</param>
    public static async Task<Broker> StartAsync(string settings = "allow_anonymous true", params (string Name, string Text)[] files)
    {
        if (Program is null)
        {
            Assert.Skip("no MQTT broker (apt-get install mosquitto)");
        }

        for (var attempt = 1; ; attempt++)
        {
            var broker = new Broker(FreePort());
            if (await broker.TryRunAsync(settings, files) || attempt == 5)
            {
                return broker;
            }

            await broker.DisposeAsync(); // somebody else took the port
        }
    }

    /// <summary>Subscribes to everything.</summary>
    public async Task SubscribeAsync()
    {
        _subscriber = new MqttClientFactory().CreateMqttClient();
        _subscriber.ApplicationMessageReceivedAsync += received =>
        {
            _messages.Enqueue(received.ApplicationMessage);
            return Task.CompletedTask;
        };
        var options = new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", Port).WithProtocolVersion(MQTTnet.Formatter.MqttProtocolVersion.V500).Build();
        await _subscriber.ConnectAsync(options, TestContext.Current.CancellationToken);
        await _subscriber.SubscribeAsync(new MqttClientSubscribeOptionsBuilder().WithTopicFilter("#", MQTTnet.Protocol.MqttQualityOfServiceLevel.ExactlyOnce).Build(), TestContext.Current.CancellationToken);
    }

    /// <summary>What it has kept, by topic: what whoever comes now is told first.</summary>
    public async Task<IReadOnlyDictionary<string, MqttApplicationMessage>> KeptAsync()
    {
        var (kept, word) = (new ConcurrentDictionary<string, MqttApplicationMessage>(), Guid.NewGuid().ToString("N"));
        var isAll = false;
        using var client = new MqttClientFactory().CreateMqttClient();
        client.ApplicationMessageReceivedAsync += received =>
        {
            var message = received.ApplicationMessage;
            if (message.Retain)
            {
                kept[message.Topic] = message;
            }

            Volatile.Write(ref isAll, isAll || message.Topic == word);
            return Task.CompletedTask;
        };
        await client.ConnectAsync(new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", Port).Build(), TestContext.Current.CancellationToken);
        await client.SubscribeAsync("#", cancellationToken: TestContext.Current.CancellationToken);
        await client.PublishStringAsync(word, cancellationToken: TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(() => Volatile.Read(ref isAll));
        await client.DisconnectAsync(cancellationToken: TestContext.Current.CancellationToken);
        return kept;
    }

    /// <summary>Publishes, as another client.</summary>
    public async Task SendAsync(string topic, string text, bool isRetained = false)
    {
        using var client = new MqttClientFactory().CreateMqttClient();
        await client.ConnectAsync(new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", Port).Build(), TestContext.Current.CancellationToken);
        await client.PublishStringAsync(topic, text, MQTTnet.Protocol.MqttQualityOfServiceLevel.AtLeastOnce, isRetained, TestContext.Current.CancellationToken);
        await client.DisconnectAsync(cancellationToken: TestContext.Current.CancellationToken);
    }

    /// <summary>Kills it; everything that it has kept is lost.</summary>
    public void Kill()
    {
        _subscriber?.Dispose();
        _process?.Dispose();
        (_subscriber, _process) = (null, null);
    }

    /// <summary>Starts it again on the same port.</summary>
    public async Task RestartAsync()
    {
        _process = new ServerProcess(Program!, "-c", _folder["mosquitto.conf"]);
        Assert.True(await IsRunningAsync());
    }

    public ValueTask DisposeAsync()
    {
        _subscriber?.Dispose();
        _process?.Dispose();
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<bool> TryRunAsync(string settings, (string Name, string Text)[] files)
    {
        foreach (var (name, text) in files)
        {
            await File.WriteAllTextAsync(_folder[name], text, TestContext.Current.CancellationToken);
        }

        var configuration = _folder["mosquitto.conf"];
        await File.WriteAllTextAsync(
            configuration,
            $"per_listener_settings false\nuser {Environment.UserName}\nlog_dest stderr\npersistence false\nlistener {Port} 127.0.0.1\n{settings.Replace("DIR", _folder.Path, StringComparison.Ordinal)}\n",
            TestContext.Current.CancellationToken);
        HashPasswords();
        _process = new ServerProcess(Program!, "-c", configuration);
        return await IsRunningAsync();
    }

    private async Task<bool> IsRunningAsync()
    {
        try
        {
            await _process!.LineAsync(line => line.Contains("running", StringComparison.Ordinal));
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>The file <c>passwords</c> holds them in plain text until now.</summary>
    private void HashPasswords()
    {
        if (File.Exists(_folder["passwords"]))
        {
            using var process = Process.Start("/usr/bin/mosquitto_passwd", ["-U", _folder["passwords"]]);
            process.WaitForExit();
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
