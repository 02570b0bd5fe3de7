using System.Runtime.InteropServices;
using Ambianic.Core.Configuration;
using Ambianic.Server.Access;
using Ambianic.Server.Hosting;

namespace Ambianic.Server.Api;

/// <summary>The computer, and the program on it.</summary>
internal static class SystemApi
{
    public static void MapSystem(this IEndpointRouteBuilder routes) => routes.MapGet("/api/system", async (Machine machine, TimeProvider time, CancellationToken cancellation) =>
    {
        var (version, fault) = await machine.FfmpegAsync(cancellation);
        var (total, available) = Machine.Memory;
        var uptime = machine.Uptime;
        return new SystemReport(
            "success",
            DeviceApi.Version,
            time.GetLocalNow() - uptime,
            Math.Round(uptime.TotalSeconds, 1),
            time.GetLocalNow(),
            time.LocalTimeZone.Id,
            RuntimeInformation.OSDescription,
            RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant(),
            RuntimeInformation.FrameworkDescription,
            Environment.ProcessorCount,
            Machine.Load,
            Math.Round(Environment.CpuUsage.TotalTime.TotalSeconds, 1),
            new MemoryReport(total, available, Environment.WorkingSet, GC.GetTotalMemory(forceFullCollection: false)),
            version,
            fault is null ? null : Credentials.Mask(fault));
    }).RequireAuthorization(Policies.Viewer).WithSummary("Version, uptime, clock and time zone, cores, load, memory, ffmpeg");

    internal sealed record SystemReport(
        string Status,
        string Version,
        DateTimeOffset StartedAt,
        double UptimeSeconds,
        DateTimeOffset Now,
        string TimeZone,
        string OperatingSystem,
        string Architecture,
        string Runtime,
        int Cores,
        IReadOnlyList<double>? Load,
        double ProcessorSeconds,
        MemoryReport Memory,
        string? Ffmpeg,
        string? FfmpegFault);

    internal sealed record MemoryReport(long? TotalBytes, long? AvailableBytes, long ProcessBytes, long ManagedBytes);
}
