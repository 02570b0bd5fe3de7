using System.Diagnostics.Metrics;
using Ambianic.Core.Metrics;

namespace Ambianic.Core.Mqtt;

/// <summary>How the connection to the MQTT broker is.</summary>
public sealed class MqttMetrics
{
    /// <param name="meters">Owns the instruments.</param>
    /// <param name="bridge">Is asked for each reading.</param>
    public MqttMetrics(IMeterFactory meters, MqttBridge bridge) => Instruments.MeterOf(meters).CreateObservableGauge(
        "ambianic.mqtt.connected",
        () => bridge.IsWanted ? [new Measurement<int>(bridge.IsConnected ? 1 : 0)] : Array.Empty<Measurement<int>>(),
        null,
        "1 while the MQTT broker takes messages, 0 while it does not; absent without a broker in the configuration.");
}
