using Ambianic.Core;
using Ambianic.Core.Configuration;
using Ambianic.Core.Frames;
using Ambianic.Core.Health;
using Ambianic.Core.Pipelines;
using Ambianic.Core.Timeline;
using Ambianic.Core.Vision;
using Ambianic.Core.Vision.Falls;
using Ambianic.Inference.Models;
using Ambianic.Inference.Sessions;
using Ambianic.Media;
using Ambianic.Media.Pictures;
using Ambianic.Storage;
using Ambianic.Storage.Files;

namespace Ambianic.Server.Hosting;

/// <summary>Everything that pipelines need, by the abstraction that they know it by.</summary>
internal static class Services
{
    /// <summary>Adds the parts; each is made when it is first asked for.</summary>
    public static IServiceCollection AddAmbianic(this IServiceCollection services, ConfigurationResult configuration)
    {
        var settings = configuration.Configuration;
        services.AddSingleton(new CurrentConfiguration(configuration));
        services.AddSingleton(settings);
        services.AddSingleton(provider => new ConfigurationHistory(Path.Combine(settings.DataDir, ConfigurationHistory.FolderName), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(TimeProvider.System);
        services.AddModels();

        services.AddSingleton(_ => new FramePool());
        services.AddSingleton<Scenes>();
        services.AddSingleton<ICertificatePins>(_ => CertificatePins.In(settings.DataDir));
        services.AddSingleton<FrameSources>();
        services.AddSingleton<FrameSourceFactory>(provider => provider.GetRequiredService<FrameSources>().Create);

        services.AddSingleton<EventFeed>();
        services.AddSingleton<IEventPictureEncoder, EventPictureEncoder>();
        services.AddSingleton(provider =>
        {
            var logger = provider.GetRequiredService<ILogger<SqliteEventStore>>();
            return new DeferredEventStore(
                settings.DataDir,
                () => SqliteEventStore.Open(
                    settings.DataDir,
                    settings.Timeline.EventLog,
                    provider.GetRequiredService<EventFeed>(),
                    provider.GetRequiredService<IEventPictureEncoder>(),
                    provider.GetRequiredService<TimeProvider>(),
                    logger,
                    Retention(provider.GetRequiredService<CurrentConfiguration>())),
                provider.GetRequiredService<TimeProvider>(),
                logger);
        });
        services.AddSingleton<IEventStore>(provider => provider.GetRequiredService<DeferredEventStore>());
        services.AddSingleton<UnsavedFalls>();
        services.AddSingleton<OpenFalls>();

        services.AddSingleton(_ => BuiltInElements.AddTo(new ElementRegistry()));
        services.AddSingleton<PipelineBuilder>();
        services.AddSingleton<HealthPolicySource>(provider =>
        {
            var current = provider.GetRequiredService<CurrentConfiguration>();
            return () => new HealthPolicy(TimeSpan.FromSeconds(current.Result.Configuration.Health.StalledSeconds));
        });
        services.AddSingleton<IWatchdog>(provider =>
        {
            var started = provider.GetRequiredService<IHostApplicationLifetime>().ApplicationStarted;
            return new SystemdWatchdog(() => started.IsCancellationRequested, Environment.GetEnvironmentVariable("NOTIFY_SOCKET"));
        });
        services.AddSingleton<PipelineSupervisor>();
        services.AddSingleton(provider => provider.GetRequiredService<PipelineSupervisor>().Health);
        return services;
    }

    /// <summary>Adds what gets models and runs them.</summary>
    /// <param name="services">Where to.</param>
    /// <param name="progress">Told of downloads.</param>
    /// <param name="longestInference">A model that takes longer for one picture is hung; null is what the configuration says.</param>
    public static IServiceCollection AddModels(
        this IServiceCollection services, IProgress<DownloadProgress>? progress = null, TimeSpan? longestInference = null)
    {
        services.AddHttpClient();
        services.AddSingleton(provider => new ModelStore(
            ModelStore.DefaultDirectory(),
            provider.GetRequiredService<IHttpClientFactory>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<ModelStore>>())
        {
            Trial = ModelTrial.RunAsync,
        });
        services.AddSingleton<ModelResolver>();
        services.AddSingleton<ModelLookup>(provider =>
        {
            var resolver = provider.GetRequiredService<ModelResolver>();
            return (role, model, labels, cancellation) => resolver.ResolveAsync(role, model, labels, progress, cancellation);
        });
        services.AddSingleton(provider => new DetectorPool(
            provider.GetRequiredService<ModelLookup>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<DetectorPool>>(),
            longestInference is { } limit ? () => limit
            : provider.GetService<CurrentConfiguration>() is { } current ? () => TimeSpan.FromSeconds(current.Result.Configuration.Health.InferenceSeconds)
            : null));
        services.AddSingleton<IDetectorFactory>(provider => provider.GetRequiredService<DetectorPool>());
        return services;
    }

    private static Func<RetentionOptions> Retention(CurrentConfiguration current) => () => current.Result.Configuration.Retention;
}
