using Ambianic.Server.Api;

namespace Ambianic.Server.Streams;

/// <summary>What tells of everything as it happens.</summary>
internal static class StreamServices
{
    /// <summary>Adds the parts, and the service that runs.</summary>
    public static IServiceCollection AddStreams(this IServiceCollection services)
    {
        services.AddSingleton<HealthReports>();
        services.AddSingleton<StreamHub>();
        services.AddHostedService(provider => provider.GetRequiredService<StreamHub>());
        return services;
    }
}
