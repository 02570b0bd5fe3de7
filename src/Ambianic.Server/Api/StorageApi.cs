using Ambianic.Core.Configuration;
using Ambianic.Core.Timeline;
using Ambianic.Server.Access;
using Ambianic.Server.Hosting;
using Ambianic.Storage;

namespace Ambianic.Server.Api;

/// <summary>How much is stored, what will be removed, and when room runs out.</summary>
internal static class StorageApi
{
    public static void MapStorage(this IEndpointRouteBuilder routes) => routes
        .MapGet("/api/storage", (DeferredEventStore store, CurrentConfiguration current, TimeProvider time) => Describe(store, current.Result.Configuration.Retention, time.GetUtcNow()))
        .RequireAuthorization(Policies.Viewer).ProducesProblem(StatusCodes.Status503ServiceUnavailable)
        .WithSummary("How much is stored, room on the disk, what retention removes within a day, and when room runs out");

    private static StorageReport Describe(DeferredEventStore store, RetentionOptions retention, DateTimeOffset now)
    {
        var usage = store.Usage();
        var policy = new RetentionPolicy(retention);
        var forecast = StorageForecast.Of(usage, retention, now);
        return new StorageReport(
            "success",
            usage.Events,
            usage.Bytes,
            usage.IsEstimate,
            usage.Oldest,
            usage.Newest,
            usage.EventsPerDay,
            (long)usage.BytesPerDay,
            new DiskReport(usage.FreeBytes, usage.DiskBytes),
            new RetentionReport(retention.MaxAgeDays, retention.MaxAgeDaysByLabel, retention.MaxSizeMb, retention.MinFreeMb),
            policy.LimitsAge ? store.CountBefore(now - policy.ShortestAge + TimeSpan.FromDays(1)) : 0,
            forecast.At,
            forecast.Outcome,
            store.Fault);
    }

    internal sealed record StorageReport(
        string Status,
        long Events,
        long Bytes,
        bool BytesAreEstimated,
        DateTimeOffset? Oldest,
        DateTimeOffset? Newest,
        double EventsPerDay,
        long BytesPerDay,
        DiskReport Disk,
        RetentionReport Retention,
        long MayExpireWithinADay,
        DateTimeOffset? RoomRunsOutAt,
        string? Then,
        string? Fault);

    internal sealed record DiskReport(long FreeBytes, long TotalBytes);

    internal sealed record RetentionReport(double MaxAgeDays, IReadOnlyDictionary<string, double> MaxAgeDaysByLabel, double MaxSizeMb, double MinFreeMb);
}
