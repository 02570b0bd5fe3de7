using Ambianic.Core.Alerts;
using Ambianic.Core.Health;
using Ambianic.Core.Mqtt;
using Ambianic.Core.Pipelines;
using Ambianic.Core.Timeline;
using Ambianic.Inference.Sessions;
using Ambianic.Messaging.Mqtt;
using Ambianic.Server.Api;
using Ambianic.Server.Hosting;

namespace Ambianic.Server.Mqtt;

/// <summary>What tells an MQTT broker of the house.</summary>
internal static class MqttServices
{
    /// <summary>Adds the parts, and the service that runs.</summary>
    public static IServiceCollection AddMqtt(this IServiceCollection services)
    {
        services.AddSingleton<IMqttConnector, BrokerConnector>();
        services.AddSingleton(provider => new MqttParts(
            provider.GetRequiredService<IMqttConnector>(),
            provider.GetRequiredService<HealthFeed>(),
            provider.GetRequiredService<Scenes>(),
            provider.GetRequiredService<PipelineSupervisor>(),
            provider.GetRequiredService<EventFeed>(),
            provider.GetRequiredService<IEventStore>(),
            provider.GetRequiredService<IEventPictureEncoder>(),
            provider.GetRequiredService<IAlertDesk>(),
            provider.GetRequiredService<IAlertStore>(),
            provider.GetRequiredService<IAlertPictures>(),
            provider.GetRequiredService<IAnswerLinks>(),
            () => provider.GetRequiredService<CurrentConfiguration>().Result.Configuration,
            () => Inferences(provider.GetRequiredService<DetectorPool>()),
            () => provider.GetRequiredService<IEventStore>().Fault ?? provider.GetRequiredService<IAlertDesk>().Fault,
            DeviceApi.Version));
        services.AddSingleton<MqttBridge>();
        services.AddHostedService<BrokerService>();
        services.AddHostedService<MqttService>();
        return services;
    }

    private static (long Runs, TimeSpan Time) Inferences(DetectorPool pool)
    {
        var all = pool.Statistics;
        return (all.Sum(model => model.Count), all.Aggregate(TimeSpan.Zero, (sum, model) => sum + model.Time));
    }
}
