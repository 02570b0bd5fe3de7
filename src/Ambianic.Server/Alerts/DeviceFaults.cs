using System.Globalization;
using Ambianic.Core.Alerts;
using Ambianic.Core.Timeline;
using Ambianic.Server.Hosting;

namespace Ambianic.Server.Alerts;

/// <summary>Looks every ten seconds what is wrong with the device itself: storage, disk, configuration.</summary>
internal sealed class DeviceFaults(IEventStore store, CurrentConfiguration configuration, TimeProvider time) : BackgroundService
{
    /// <summary>10^6 bytes; a day of events of a few cameras.</summary>
    private const long LowMegabytes = 500;

    /// <summary>A fault is an alert once it has lasted: a card that is busy for a moment is none.</summary>
    private static readonly TimeSpan Lasts = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan DiskPatience = TimeSpan.FromSeconds(3);

    private Task<long?>? _measuring; // of a disk that hangs: not asked again
    private readonly Dictionary<AlertKind, long> _since = [];
    private volatile IReadOnlyDictionary<AlertKind, string> _now = new Dictionary<AlertKind, string>();

    /// <summary>What is wrong now, for people; asks no disk.</summary>
    public IReadOnlyDictionary<AlertKind, string> Now => _now;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            using var timer = new PeriodicTimer(LookEvery, time);
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await Task.Run(Look, stoppingToken).WaitAsync(stoppingToken); // a disk that hangs holds up this alone
            }
        }
        catch (OperationCanceledException)
        {
            // the program stops
        }
    }

    private void Look()
    {
        var (now, found) = (time.GetTimestamp(), Found().ToDictionary());
        foreach (var gone in _since.Keys.Except(found.Keys).ToList())
        {
            _since.Remove(gone);
        }

        foreach (var kind in found.Keys)
        {
            _since.TryAdd(kind, now);
        }

        _now = found.Where(fault => time.GetElapsedTime(_since[fault.Key], now) >= Lasts).ToDictionary();
    }

    private IEnumerable<(AlertKind Kind, string Reason)> Found()
    {
        if (store.Fault is { } fault)
        {
            yield return (AlertKind.Storage, fault);
        }

        if (FreeMegabytes() is { } free and < LowMegabytes)
        {
            yield return (AlertKind.Disk, string.Create(CultureInfo.InvariantCulture, $"{free} MB are free on the disk of {configuration.Result.Configuration.DataDir}; delete something, or set retention"));
        }

        if (configuration.Rejected is [var problem, ..])
        {
            yield return (AlertKind.Configuration, $"the configuration as it was edited has errors and is not in force: {problem}");
        }
    }

    /// <summary>Null when it is not known: a disk that hangs says nothing, and keeps no other fault from being told.</summary>
    private long? FreeMegabytes()
    {
        _measuring = _measuring is { IsCompleted: false } ? _measuring : Task.Run(Measured);
        return Task.WaitAny([_measuring], DiskPatience) == 0 ? _measuring.GetAwaiter().GetResult() : null;
    }

    private long? Measured()
    {
        try
        {
            return new DriveInfo(configuration.Result.Configuration.DataDir).AvailableFreeSpace / 1_000_000;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }
}
