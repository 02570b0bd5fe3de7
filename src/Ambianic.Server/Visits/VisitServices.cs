using Ambianic.Core.Configuration;
using Ambianic.Core.Visits;
using Ambianic.Server.Hosting;
using Ambianic.Storage.Visits;

namespace Ambianic.Server.Visits;

/// <summary>What visits need.</summary>
internal static class VisitServices
{
    /// <summary>Adds the parts; each is made when it is first asked for.</summary>
    public static IServiceCollection AddVisits(this IServiceCollection services, string dataDir)
    {
        services.AddSingleton<VisitFeed>();
        services.AddSingleton<VisitPages>();
        services.AddSingleton<IVisitStore>(provider =>
        {
            var current = provider.GetRequiredService<CurrentConfiguration>();
            var time = provider.GetRequiredService<TimeProvider>();
            return new VisitDatabase(
                dataDir,
                provider.GetRequiredService<VisitFeed>(),
                () => Oldest(current.Result.Configuration.Retention, time.GetUtcNow()),
                time,
                provider.GetRequiredService<ILogger<VisitDatabase>>());
        });
        return services;
    }

    /// <summary>A visit is kept as long as the longest of its events may be.</summary>
    private static DateTimeOffset? Oldest(RetentionOptions retention, DateTimeOffset now)
    {
        var days = retention.MaxAgeDaysByLabel.Values.Append(retention.MaxAgeDays).ToList();
        return days.Contains(0) ? null : now - TimeSpan.FromDays(days.Max());
    }
}
