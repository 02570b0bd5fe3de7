using Ambianic.Core.Alerts;
using Ambianic.Core.Configuration;
using Ambianic.Core.Health;
using Ambianic.Core.Pipelines;
using Ambianic.Core.Timeline;

namespace Ambianic.Core.Mqtt;

/// <summary>What <see cref="MqttBridge"/> works with; nothing of it is disposed.</summary>
/// <param name="Connector">Connects to the broker.</param>
/// <param name="Health">How all pipelines are.</param>
/// <param name="Scenes">What they see.</param>
/// <param name="Pipelines">Switches them.</param>
/// <param name="Feed">New events.</param>
/// <param name="Store">Earlier events.</param>
/// <param name="Encoder">Encodes pictures.</param>
/// <param name="Alerts">Open alerts, and answers to them.</param>
/// <param name="EndedAlerts">Alerts that have ended.</param>
/// <param name="Pictures">Pictures of events.</param>
/// <param name="Links">Addresses of events.</param>
/// <param name="Configuration">As it is now; an edit counts at once.</param>
/// <param name="Inferences">How often models have run since the start, and the time that this took.</param>
/// <param name="Fault">What is wrong with the device, for people; null when nothing is.</param>
/// <param name="Version">Of Ambianic.</param>
public sealed record MqttParts(
    IMqttConnector Connector,
    HealthFeed Health,
    Scenes Scenes,
    PipelineSupervisor Pipelines,
    EventFeed Feed,
    IEventStore Store,
    IEventPictureEncoder Encoder,
    IAlertDesk Alerts,
    IAlertStore EndedAlerts,
    IAlertPictures Pictures,
    IAnswerLinks Links,
    Func<AmbianicConfiguration> Configuration,
    Func<(long Runs, TimeSpan Time)> Inferences,
    Func<string?> Fault,
    string Version);
