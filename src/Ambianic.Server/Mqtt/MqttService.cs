using Ambianic.Core.Mqtt;

namespace Ambianic.Server.Mqtt;

/// <summary>Runs the bridge to the MQTT broker for as long as the program runs.</summary>
internal sealed class MqttService(MqttBridge bridge) : BackgroundService
{
    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => bridge.RunAsync(stoppingToken);
}
