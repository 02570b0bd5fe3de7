using Ambianic.Core.Alerts;
using Ambianic.Core.Configuration;
using Ambianic.Core.Timeline;
using Ambianic.Messaging;
using Ambianic.Messaging.Push;
using Ambianic.Server.Hosting;
using Ambianic.Storage;
using Ambianic.Storage.Alerts;

namespace Ambianic.Server.Alerts;

/// <summary>Everything that alerts need.</summary>
internal static class AlertServices
{
    /// <summary>Adds the parts, and the services that run.</summary>
    public static IServiceCollection AddAlerts(this IServiceCollection services, AmbianicConfiguration settings)
    {
        services.AddSingleton(provider => new AlertDatabase(
            settings.DataDir, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<AlertDatabase>>()));
        services.AddSingleton<IAlertStore>(provider => provider.GetRequiredService<AlertDatabase>());
        services.AddSingleton<IAlertFollower>(provider => provider.GetRequiredService<AlertDatabase>());
        services.AddSingleton<IEventFollower>(provider => provider.GetRequiredService<DeferredEventStore>());
        services.AddSingleton<IProviderCatalog, ProviderCatalog>();
        services.AddSingleton<PageAddress>();
        services.AddSingleton<AnswerLinks>();
        services.AddSingleton<IAnswerLinks>(provider => provider.GetRequiredService<AnswerLinks>());
        services.AddSingleton<AlertReader>();
        services.AddSingleton<AnswerDesk>();
        services.AddSingleton(provider => new PushProviders(
            provider.GetRequiredService<IAlertStore>(), provider.GetRequiredService<TimeProvider>(), () => provider.GetRequiredService<PageAddress>().Contact));
        services.AddSingleton<IPushProviders>(provider => provider.GetRequiredService<PushProviders>());
        services.AddSingleton<IAlertPictures>(provider => new EventPictures(provider.GetRequiredService<IEventStore>(), settings.DataDir));
        services.AddSingleton<DeviceFaults>();
        services.AddHostedService(provider => provider.GetRequiredService<DeviceFaults>());
        services.AddSingleton(provider => new AlertDesk(
            new AlertParts(
                provider.GetRequiredService<IAlertStore>(),
                provider.GetRequiredService<IEventFollower>(),
                provider.GetRequiredService<EventFeed>(),
                provider.GetRequiredService<IProviderCatalog>(),
                provider.GetRequiredService<IPushProviders>(),
                provider.GetRequiredService<IAnswerLinks>(),
                provider.GetRequiredService<IAlertPictures>(),
                () => provider.GetRequiredService<CurrentConfiguration>().Result.Configuration,
                () => provider.GetRequiredService<DeviceFaults>().Now),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<AlertDesk>>(),
            provider.GetService<AlertMetrics>()));
        services.AddSingleton<IAlertDesk>(provider => provider.GetRequiredService<AlertDesk>());
        services.AddHostedService<AlertService>();
        services.AddHostedService<HeartbeatService>();
        services.AddHostedService<DrillService>();
        return services;
    }
}
