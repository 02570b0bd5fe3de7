using Ambianic.Server.Hosting;
using Ambianic.Server.Live;
using Ambianic.Server.Sources;

namespace Ambianic.Server.Api;

/// <summary>What the calls about the present need.</summary>
internal static class LiveResources
{
    /// <summary>Adds it.</summary>
    public static void AddLiveResources(this IServiceCollection services)
    {
        services.AddSingleton(new Machine(TimeProvider.System));
        services.AddSingleton<LivePictures>();
        services.AddSingleton<LiveListeners>();
        services.AddSingleton<SourceTest>();
        services.AddSingleton<SavedSources>();
    }
}
