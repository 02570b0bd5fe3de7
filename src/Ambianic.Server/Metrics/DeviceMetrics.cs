using System.Diagnostics.Metrics;
using Ambianic.Core.Metrics;
using Ambianic.Server.Api;
using Ambianic.Server.Hosting;

namespace Ambianic.Server.Metrics;

/// <summary>The program and the disk of its data.</summary>
internal sealed class DeviceMetrics
{
    /// <summary>A disk that hangs says nothing, and is not waited for.</summary>
    private static readonly TimeSpan DiskPatience = TimeSpan.FromSeconds(1);

    private readonly CurrentConfiguration _configuration;
    private Task<(long Free, long Size)?>? _measuring;

    /// <param name="meters">Owns the instruments.</param>
    /// <param name="configuration">Names the data directory.</param>
    /// <param name="time">Clock.</param>
    public DeviceMetrics(IMeterFactory meters, CurrentConfiguration configuration, TimeProvider time)
    {
        _configuration = configuration;
        var started = time.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0;
        var meter = Instruments.MeterOf(meters);
        meter.CreateObservableGauge("ambianic.build.info", () => new Measurement<int>(1, Instruments.Label("version", DeviceApi.Version)), null, "Always 1, by version of Ambianic.");
        meter.CreateObservableGauge("ambianic.start.time", () => started, "s", "When the program was started, since 1970-01-01 UTC.");
        meter.CreateObservableGauge("ambianic.disk.free", () => OfDisk(disk => disk.Free), "By", "Bytes that are free for Ambianic on the disk of data_dir; absent while the disk does not answer.");
        meter.CreateObservableGauge("ambianic.disk.size", () => OfDisk(disk => disk.Size), "By", "Bytes of the disk of data_dir; absent while the disk does not answer.");
    }

    private IEnumerable<Measurement<long>> OfDisk(Func<(long Free, long Size), long> bytes)
    {
        if (_measuring is not { IsCompleted: false })
        {
            _measuring = Task.Run(Measure); // one that hangs is not asked again
        }

        return Task.WaitAny([_measuring], DiskPatience) == 0 && _measuring.GetAwaiter().GetResult() is { } disk ? [new Measurement<long>(bytes(disk))] : [];
    }

    private (long Free, long Size)? Measure()
    {
        try
        {
            var disk = new DriveInfo(_configuration.Result.Configuration.DataDir);
            return (disk.AvailableFreeSpace, disk.TotalSize);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }
}
