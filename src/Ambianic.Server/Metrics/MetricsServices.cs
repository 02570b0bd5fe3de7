using Ambianic.Core.Alerts;
using Ambianic.Core.Health;
using Ambianic.Core.Mqtt;
using Ambianic.Core.Pipelines;
using Ambianic.Core.Visibility;
using Ambianic.Inference.Sessions;
using Ambianic.Media.Sources;
using Ambianic.Storage;
using Microsoft.AspNetCore.Authorization;

namespace Ambianic.Server.Metrics;

/// <summary>Everything that measures.</summary>
internal static class MetricsServices
{
    /// <summary>Adds the instruments of all concepts, and the service that runs.</summary>
    public static IServiceCollection AddMeasurements(this IServiceCollection services)
    {
        services.AddMetrics();
        services.AddSingleton<SampleMetrics>();
        services.AddSingleton<DecodeMetrics>();
        services.AddSingleton<InferenceMetrics>();
        services.AddSingleton<StorageMetrics>();
        services.AddSingleton<AlertMetrics>();
        services.AddSingleton<OutageMetrics>();
        services.AddSingleton<HealthMetrics>();
        services.AddSingleton<MqttMetrics>();
        services.AddSingleton<DeviceMetrics>();
        services.AddSingleton(provider =>
        {
            var own = ActivatorUtilities.CreateInstance<MetricsService.OwnInstruments>(provider);
            own.Inference.Follow(provider.GetRequiredService<DetectorPool>());
            return own;
        });
        services.AddSingleton<MetricsCollector>();
        services.AddSingleton<IAuthorizationHandler, OpenMetrics>();
        services.AddHostedService<MetricsService>();
        return services;
    }
}
